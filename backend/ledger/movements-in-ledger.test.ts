import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActivityId, EntitlementId, LotId, type OperationId } from '../../contract/ids.ts';
import { exchangeValue, giveValue, unknownLotOf, voidOfLoad } from '../../contract/movements.ts';
import { addDays, dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { AMOUNT_MAX, issuedAccount, pocketAccount, type Lot, type Movement } from '../../contract/value.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import type { DeviceBooks } from '../test-support/device-books.ts';
import { ENGINES } from '../test-support/engines.ts';
import type { TestDevice } from '../test-support/test-device.ts';
import type { TestTown } from '../test-support/test-town.ts';
import { made, ONE_OF_STAFF, ValueTown } from '../test-support/value-town.ts';
import { announce, asOnlyWriter } from './change-feed.ts';
import { checkIntegrity } from './integrity.ts';
import { insertMovements } from './stored-value.ts';

describe.each(ENGINES)('movements of value in the ledger on $name', (engine) => {
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

  it('take it out of the lots that end first, when the device holds the account and staff agree', async () => {
    const premium = books.schemeNamed('premium');
    const account = t.holder(premium, 900);
    await t.hold(account);
    const before = await t.total(account, premium);
    const movement = t.spend(account, premium, 700);
    const entry = here.appendMoved(movement);
    await t.push(here);
    expect([(await t.whatOf(here, entry))[0], await t.isPosted(movement)]).toEqual([[], true]);
    expect(before - (await t.total(account, premium))).toBe(700);
    expect(await t.inBooks(account)).toEqual(books.image(account));
    expect((await there.pullAll()).filter((change) => change.type === 'movement' && change.movement.accountId === account)).toEqual([{ type: 'movement', movement }]);
  });

  it('are left to staff without the hold, without staff, and from a lot that nobody knows', async () => {
    const premium = books.schemeNamed('premium');
    const account = t.holder(premium, 900);
    const withoutHold = here.appendMoved(t.spend(account, premium, 100));
    await t.push(here);
    await t.hold(account);
    const withoutStaff = here.appendMoved(t.spend(account, premium, 100, { staff: [] }));
    const fromNowhere = here.appendMoved(t.spend(account, premium, 100, { lots: [], onCard: 100 }));
    const tooMuch = here.appendMoved(t.spend(account, premium, 500_000, { lots: books.lots(account).map(({ lot }) => ({ lot, amount: 900_000 })) }));
    await t.push(here);
    expect(await t.whatOf(here, withoutHold, withoutStaff, fromNowhere, tooMuch)).toEqual([
      ['not-held'], ['against-the-rules'], ['differs'], ['overdrawn'],
    ]);
  });

  it('follow the rules of the scheme: where it is used, in which steps, for what', async () => {
    const points = books.schemeNamed('points');
    const account = t.holder(points, 220);
    await t.hold(account);
    const input = { accountId: account, scheme: points, lots: books.lots(account), onCard: null, staff: ONE_OF_STAFF };
    const lunch = ActivityId.parse('school-lunch');
    const loose = { ...points, rules: { ...points.rules, give: { activities: [{ id: lunch, name: '別の活動' }, { id: ActivityId.parse('elsewhere'), name: '別の活動' }], step: 1 } } };
    const entries = [
      giveValue({ ...input, ...t.occasion(), amount: 20, activity: lunch }),
      giveValue({ ...input, ...t.occasion(), scheme: loose, amount: 15, activity: lunch }),
      giveValue({ ...input, ...t.occasion(), scheme: loose, amount: 10, activity: ActivityId.parse('elsewhere') }),
    ].map((built) => here.appendMoved(made(built)));
    await t.push(here);
    expect(await t.whatOf(here, ...entries)).toEqual([[], ['against-the-rules'], ['against-the-rules']]);
  });

  it('exchange points for a voucher, at the rate of the scheme only', async () => {
    const [points, kurashi] = [books.schemeNamed('points'), books.schemeNamed('kurashi')];
    const account = t.holder(points, 220);
    await t.hold(account);
    const input = { accountId: account, scheme: points, lots: books.lots(account), onCard: null, staff: ONE_OF_STAFF, to: kurashi, balanceOfTo: 0 };
    const good = made(exchangeValue({ ...input, ...t.occasion(), times: 1 }));
    const generous = made(exchangeValue({ ...input, ...t.occasion(), times: 1, scheme: { ...points, rules: { ...points.rules, exchange: points.rules?.exchange?.map((terms) => ({ ...terms, get: 101 })) } } }));
    const [first, second] = [here.appendMoved(generous), here.appendMoved(good)];
    await t.push(here);
    expect(await t.whatOf(here, first, second)).toEqual([['differs'], []]);
    expect((await t.inBooks(account))[good.lots[0]?.id ?? '']).toBe(100);
  });

  it('are put right, and told to all, when the backend knows of a lot that ends earlier', async () => {
    const kurashi = books.schemeNamed('kurashi');
    const entitlement = t.offer();
    const account = entitlement.accountId;
    here.appendMoved(here.load(entitlement));
    await t.push(here);
    await t.hold(account);
    // Another kiosk has exchanged points into a lot that ends earlier, and this one has not heard of it.
    const [lot] = here.load({ ...entitlement }).lots;
    if (!lot) throw new Error('A load has a lot');
    const { operationId, occurredAt } = t.occasion();
    const other: Lot = { id: LotId.parse(`lot-${operationId}`), accountId: account, schemeId: kurashi.id, kind: 'free', issuedOn: dateInTokyo(occurredAt), lastDay: addDays(dateInTokyo(occurredAt), 40) };
    const heard = here.cursor;
    await asOnlyWriter(town.database, TOMAMAE.id, async (work) => {
      const movement: Movement = {
        operationId, kind: 'load', accountId: account, schemeId: kurashi.id, entitlementId: null, occurredAt, lots: [other],
        postings: [{ debit: issuedAccount(kurashi.id), credit: pocketAccount(account, other.id), amount: 300 }],
      };
      await insertMovements(work, TOMAMAE.id, [{ movement, source: null }], town.clock.nowMs);
      await announce(work, [{ change: { type: 'movement', movement } }]);
    });
    const movement = t.spend(account, kurashi, 500);
    const entry = here.appendMoved(movement);
    await t.push(here);
    expect(await t.whatOf(here, entry)).toEqual([[]]);
    expect(here.cursor).toBe(heard);
    expect((await t.inBooks(account))[other.id]).toBeUndefined();
    await here.pullAll();
    expect(books.image(account)).toEqual(await t.inBooks(account));
    expect(await t.total(account, kurashi)).toBe(4_800);
    const told = (await there.pullAll()).flatMap((change) => (change.type === 'movement' && change.movement.accountId === account ? [change.movement.kind] : []));
    expect(told.slice(-2)).toEqual(['spend', 'reallocate']);
  });

  it('void a load on its own day, once, and let the grant be received again', async () => {
    const kurashi = books.schemeNamed('kurashi');
    const entitlement = t.offer();
    const account = entitlement.accountId;
    const load = here.load(entitlement);
    here.appendMoved(load);
    await t.push(here);
    await t.hold(account);
    const voided = made(voidOfLoad({ ...t.occasion(), load, lots: books.lots(account), scheme: kurashi, staff: ONE_OF_STAFF }));
    const again = { ...voided, operationId: t.occasion().operationId };
    const [first, second] = [here.appendMoved(voided), here.appendMoved(again)];
    await t.push(here);
    expect([...(await t.whatOf(here, first, second)), await t.total(account, kurashi)]).toEqual([[], ['against-the-rules'], 0]);
    expect(await here.pullAll()).toContainEqual(expect.objectContaining({ type: 'lease', entitlement }));
    const reloaded = here.load(entitlement);
    const third = here.appendMoved(reloaded);
    await t.push(here);
    expect([(await t.whatOf(here, third))[0], await t.inBooks(account, kurashi)]).toEqual([[], { [reloaded.lots[0]?.id ?? '']: 5_000 }]);
    const tomorrow = { ...made(voidOfLoad({ ...t.occasion(), load: reloaded, lots: await t.lotsInBooks(account), scheme: kurashi, staff: ONE_OF_STAFF })), occurredAt: momentFromEpoch(town.clock.nowMs + 20 * 3_600_000) };
    const fourth = here.appendMoved(tomorrow);
    await t.push(here);
    expect(await t.whatOf(here, fourth)).toEqual([['against-the-rules']]);
  });

  it('give a grant again after its load was taken back, before the town has said anything of either', async () => {
    const kurashi = books.schemeNamed('kurashi');
    for (const together of [false, true]) {
      const entitlement = t.offer();
      const account = entitlement.accountId;
      const load = here.load(entitlement);
      const first = here.appendMoved(load);
      await t.hold(account);
      if (!together) await t.push(here);
      const lots = load.lots.map((lot) => ({ lot, amount: entitlement.amount }));
      const second = here.appendMoved(made(voidOfLoad({ ...t.occasion(), load, lots, scheme: kurashi, staff: ONE_OF_STAFF })));
      if (together) await t.push(here);
      const third = here.appendMoved(here.load(entitlement));
      await t.push(here);
      expect([await t.whatOf(here, first, second, third), await t.total(account, kurashi)]).toEqual([[[], [], []], entitlement.amount]);
    }
  });

  it('refuse a load that would be too much, whether the account has the rest or is given both at once', async () => {
    const kurashi = books.schemeNamed('kurashi');
    const { kysely } = town.database;
    for (const together of [false, true]) {
      const most = { ...t.offer(), amount: AMOUNT_MAX };
      const more = { ...most, id: EntitlementId.parse(`${most.id}-more`), amount: 1 };
      const { accountId: account } = most;
      await kysely.updateTable('entitlement').set({ amount: AMOUNT_MAX }).where('entitlement_id', '=', most.id).execute();
      const held = { municipality_id: TOMAMAE.id, entitlement_id: more.id };
      await kysely.insertInto('entitlement').values({ ...held, account_id: account, scheme_id: kurashi.id, amount: 1, lot_kind: more.lotKind, first_day: more.firstDay, last_day: more.lastDay, state: 'open', operation_id: null }).execute();
      await kysely.insertInto('lease').values({ ...held, device_id: here.deviceId, until_ms: town.clock.nowMs + 1, state: 'held', how_ended: null }).execute();
      const first = here.appendMoved(here.load(most));
      if (!together) await t.push(here);
      const second = here.appendMoved(here.load(more));
      await t.push(here);
      expect([await t.whatOf(here, first, second), await t.total(account, kurashi)]).toEqual([[[], ['against-the-rules']], AMOUNT_MAX]);
    }
  });

  it('that only the town makes are not taken from a device', async () => {
    const premium = books.schemeNamed('premium');
    const account = t.holder(premium, 500);
    const [held] = books.lots(account).filter(({ lot, amount }) => lot.schemeId === premium.id && amount > 0);
    const movement: Movement = {
      ...t.occasion(), kind: 'reallocate', accountId: account, schemeId: premium.id, entitlementId: null, lots: [], ofOperation: held?.lot.id.slice(4, 40) as OperationId,
      postings: [{ debit: `pocket/${account}/${held?.lot.id ?? ''}`, credit: `pocket/${account}/${unknownLotOf(premium.id)}`, amount: 1 }],
    };
    const entry = here.appendMoved(movement);
    await t.push(here);
    expect(await t.whatOf(here, entry)).toEqual([['against-the-rules']]);
  });

  it('leave books in which everything holds', async () => {
    expect((await checkIntegrity(town.database)).faults).toEqual([]);
  });
});
