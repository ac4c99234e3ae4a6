import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountId } from '../../contract/ids.ts';
import { transferOf, voidOfLoad } from '../../contract/movements.ts';
import { systemRandomness } from '../ports.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { DeviceBooks } from '../test-support/device-books.ts';
import { ENGINES } from '../test-support/engines.ts';
import { TestCard } from '../test-support/test-card.ts';
import type { TestDevice } from '../test-support/test-device.ts';
import type { TestTown } from '../test-support/test-town.ts';
import { made, ONE_OF_STAFF, ValueTown } from '../test-support/value-town.ts';
import { asOnlyWriter } from './change-feed.ts';
import { checkIntegrity } from './integrity.ts';
import { openReplacement } from './replacement-account.ts';

describe.each(ENGINES)('movements of value on cards on $name', (engine) => {
  let t: ValueTown;
  let town: TestTown;
  let here: TestDevice;
  let there: TestDevice;
  let books: DeviceBooks;
  beforeAll(async () => {
    t = await ValueTown.make(engine);
    ({ town, here, there, books } = t);
  });
  afterAll(() => town.close());

  it('wait, when they spend what no device has reported yet, and are posted with the load', async () => {
    const kurashi = books.schemeNamed('kurashi');
    const { card, entitlement, account } = await t.townCard();
    const load = here.load(entitlement);
    const loaded = t.withCard(here, card, load);
    await t.keysOf(card, there);
    const movement = t.spend(account, kurashi, 1_200, { lots: [], onCard: 5_000, staff: [] });
    const entry = t.withCard(there, card, movement);
    await t.push(there);
    expect([(await t.whatOf(there, entry))[0], await t.isPosted(movement), await t.inBooks(account, kurashi)]).toEqual([['overdrawn'], false, {}]);
    await t.push(here);
    expect([(await t.whatOf(here, loaded))[0], (await t.whatOf(there, entry))[0], await t.isPosted(movement)]).toEqual([[], [], true]);
    expect(await t.inBooks(account, kurashi)).toEqual({ [load.lots[0]?.id ?? '']: 3_800 });
    for (const device of [here, there]) {
      await device.pullAll();
      expect(new DeviceBooks(device).image(account)).toEqual(await t.inBooks(account));
    }
  });

  it('are believed only as the card did them', async () => {
    const kurashi = books.schemeNamed('kurashi');
    const { card, entitlement, account } = await t.townCard();
    t.withCard(here, card, here.load(entitlement));
    const movement = t.spend(account, kurashi, 500, { staff: [], onCard: 5_000 });
    const entry = here.appendMoved(movement, { ...card.named, evidence: card.commit(movement, { amount: 700 }) });
    await t.push(here);
    expect([(await t.whatOf(here, entry))[0], await t.isPosted(movement)]).toEqual([['card-evidence-wrong'], false]);
  });

  it('cannot be moved with another card of the account', async () => {
    const { entitlement } = await t.townCard();
    const entry = here.appendMoved(here.load(entitlement));
    await t.push(here);
    expect(await t.whatOf(here, entry)).toEqual([['value-on-other-card']]);
  });

  it('take a load back whole, although another device had used a part of it unknowingly', async () => {
    const kurashi = books.schemeNamed('kurashi');
    const { card, entitlement, account } = await t.townCard();
    const load = here.load(entitlement);
    t.withCard(here, card, load);
    await t.push(here);
    await there.pullAll();
    const spent = t.spend(account, kurashi, 1_000, { staff: [], onCard: 5_000, lots: new DeviceBooks(there).lots(account) });
    t.withCard(there, card, spent);
    // The card itself would have refused this: only 4,000 are on it.
    const entry = t.withCard(here, card, made(voidOfLoad({ ...t.occasion(), load, lots: books.lots(account), scheme: kurashi, staff: ONE_OF_STAFF })));
    await t.push(there);
    await t.push(here);
    expect(await t.whatOf(here, entry)).toEqual([['overdrawn']]);
    expect(await t.total(account, kurashi)).toBe(4_000);
  });

  describe('for a lost card', () => {
    const transfer = (from: AccountId, to: AccountId, lots = books.lots(from)) => made(transferOf({ ...t.occasion(), from, to, lots, staff: ONE_OF_STAFF }));
    const replace = async (from: AccountId) => {
      const opened = await asOnlyWriter(town.database, TOMAMAE.id, (work) => openReplacement(work, from, systemRandomness));
      if (opened.kind !== 'opened') throw new Error('No second account was opened');
      const told = { type: 'account', accountId: opened.accountId, open: true, follows: from };
      expect(await there.pullAll()).toContainEqual(told);
      const card = await TestCard.issue(town, opened.accountId);
      await t.keysOf(card);
      return { to: opened.accountId, card };
    };
    const stop = (account: AccountId) => town.database.kysely.updateTable('card').set({ state: 'stopped' }).where('account_id', '=', account).execute();

    it('go to the person’s new account; the old one is closed, and what may still be received is made anew', async () => {
      const premium = books.schemeNamed('premium');
      const entitlement = t.offer((account) => t.heldHere(account, premium) > 0);
      const from = entitlement.accountId;
      const { to, card } = await replace(from);
      await t.hold(from);
      const before = await t.total(from);
      const early = here.appendMoved(transfer(from, to), { ...card.named, evidence: card.commit(transfer(from, to)) });
      await t.push(here);
      expect(await t.whatOf(here, early)).toEqual([['card-evidence-wrong']]);
      await town.database.kysely.updateTable('card').set({ state: 'active' }).where('card_ref', '=', card.cardRef).execute();
      const unstopped = t.withCard(here, card, transfer(from, to, await t.lotsInBooks(from)));
      await t.push(here);
      expect(await t.whatOf(here, unstopped)).toEqual([['against-the-rules']]);
      await stop(from);
      const movement = transfer(from, to, await t.lotsInBooks(from));
      const entry = t.withCard(here, card, movement);
      here.append({ type: 'leases-returned', leases: [{ kind: 'entitlement', id: entitlement.id }] });
      await t.push(here);
      expect([(await t.whatOf(here, entry))[0], await t.total(from), await t.total(to)]).toEqual([[], 0, before]);
      const pulled = await here.pullAll();
      expect(pulled).toContainEqual({ type: 'account', accountId: from, open: false });
      const { id: _id, accountId: _old, ...same } = entitlement;
      expect(pulled).toContainEqual(expect.objectContaining({ type: 'lease', entitlement: expect.objectContaining({ ...same, accountId: to }) as unknown }));
      expect(await town.database.kysely.selectFrom('entitlement').select('state').where('account_id', 'in', [from, to]).orderBy('state').execute()).toEqual([{ state: 'open' }, { state: 'withdrawn' }]);
    });

    it('go to the older account when it is the newer card that was lost', async () => {
      const older = t.holder(books.schemeNamed('premium'), 500);
      const { to: newer } = await replace(older);
      expect(await asOnlyWriter(town.database, TOMAMAE.id, (work) => openReplacement(work, newer, systemRandomness))).toEqual({ kind: 'already', accountId: older });
      expect((await there.pullAll()).filter(({ type }) => type === 'account')).toEqual([{ type: 'account', accountId: older, open: true, follows: newer }]);
    });

    it('do not go to somebody else, nor without the hold', async () => {
      const premium = books.schemeNamed('premium');
      const from = t.holder(premium, 500);
      const { card, account } = await t.townCard();
      await stop(from);
      const other = t.withCard(here, card, transfer(from, account));
      const own = await replace(from);
      const withoutHold = t.withCard(here, own.card, transfer(from, own.to, await t.lotsInBooks(from)));
      await t.push(here);
      expect(await t.whatOf(here, other, withoutHold)).toEqual([['against-the-rules'], ['not-held']]);
    });
  });

  it('leave books in which everything holds', async () => {
    expect((await checkIntegrity(town.database)).faults).toEqual([]);
  });
});
