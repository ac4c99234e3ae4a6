import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AcceptorId, SchemeId, StaffId } from '../../contract/ids.ts';
import { sellSets } from '../../contract/movements.ts';
import type { Change } from '../../contract/sync.ts';
import { spentAccount, type Movement } from '../../contract/value.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import type { DeviceBooks } from '../test-support/device-books.ts';
import { ENGINES } from '../test-support/engines.ts';
import { TEST_CARD_KEYS } from '../test-support/test-card.ts';
import type { TestDevice } from '../test-support/test-device.ts';
import type { TestTown } from '../test-support/test-town.ts';
import { made, ONE_OF_STAFF, ValueTown } from '../test-support/value-town.ts';
import { listAnomalies } from './list-anomalies.ts';
import { resolveAnomaly } from './resolve-anomaly.ts';

const of = (...changes: ReadonlyArray<readonly [Change['type'], Movement]>) => changes.map(([type, movement]) => (type === 'movement' ? { type, movement } : { type, operationId: movement.operationId }));

describe.each(ENGINES)('a movement that is not posted, on $name', (engine) => {
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

  /** What the device hears of movements of these accounts, refused ones and posted ones. */
  const heard = async (device: TestDevice, ...movements: Movement[]) => {
    const known = new Set<string>(movements.map(({ operationId }) => operationId));
    return (await device.pullAll()).filter((change) => known.has(change.type === 'movement' ? change.movement.operationId : change.type === 'movement-refused' ? change.operationId : ''));
  };
  const premium = () => books.schemeNamed('premium');
  const resolveLast = async (decision: 'accepted' | 'rejected') => {
    const number = (await listAnomalies(town.database, TOMAMAE.id, false)).at(-1)?.number ?? 0;
    return resolveAnomaly(town.database, TOMAMAE.id, { number, decision, staff: StaffId.parse('s-7'), reason: '本人に確かめた' }, { nowMs: town.clock.nowMs, cardKeys: TEST_CARD_KEYS });
  };

  it('is told to the device that reports it, once, and to no other', async () => {
    const account = t.holder(premium(), 500);
    const [one, two] = [t.spend(account, premium(), 100), t.spend(account, premium(), 200)];
    here.appendMoved(one);
    const entry = here.appendMoved(two);
    await there.pullAll();
    await t.push(here);
    await t.push(here);
    expect(await t.whatOf(here, entry)).toEqual([['not-held']]);
    expect(await heard(here, one, two)).toEqual(of(['movement-refused', one], ['movement-refused', two]));
    expect(await heard(there, one, two)).toEqual([]);
    expect(books.image(account)).toEqual(await t.inBooks(account));
  });

  it('is told beside those of the same push that are posted', async () => {
    const { card, entitlement } = await t.townCard();
    const [good, bad] = [here.load(entitlement), { ...here.load(t.offer()), entitlementId: null }];
    here.appendMoved(bad);
    t.withCard(here, card, good);
    await t.push(here);
    expect(await heard(here, good, bad)).toEqual(of(['movement', good], ['movement-refused', bad]));
  });

  it('is posted as it was reported when staff accept it, and told after the refusal; never when they reject it', async () => {
    const account = t.holder(premium(), 500);
    const [first, second] = [t.spend(account, premium(), 100), t.spend(account, premium(), 50)];
    here.appendMoved(first);
    await t.push(here);
    await resolveLast('accepted');
    expect(await heard(here, first)).toEqual(of(['movement-refused', first], ['movement', first]));
    here.appendMoved(second);
    await t.push(here);
    await resolveLast('rejected');
    expect(await heard(here, second)).toEqual(of(['movement-refused', second]));
    expect(books.image(account)).toEqual(await t.inBooks(account));
  });

  it('is told when it begins to wait, not again while it waits, and is posted when what it waits for was reported', async () => {
    const { card, entitlement, account } = await t.townCard();
    await t.keysOf(card, there);
    const load = here.load(entitlement);
    t.withCard(here, card, load);
    // Used at another device before anybody has heard of the load; it covers only the first.
    const spend = (amount: number): Movement => {
      town.clock.nowMs += 1;
      return {
        ...t.occasion(), kind: 'spend', accountId: account, schemeId: entitlement.schemeId, entitlementId: null, lots: [],
        postings: load.postings.map(({ credit }) => ({ debit: credit, credit: spentAccount(entitlement.schemeId, AcceptorId.parse('morning-market')), amount })),
      };
    };
    const [first, second] = [spend(entitlement.amount - 1), spend(2)];
    const entries = [first, second].map((movement) => t.withCard(there, card, movement));
    await t.push(there);
    expect(await t.whatOf(there, ...entries)).toEqual([['overdrawn'], ['overdrawn']]);
    expect(await heard(there, first, second)).toEqual(of(['movement-refused', first], ['movement-refused', second]));
    await t.push(here);
    expect(await heard(there, first, second)).toEqual(of(['movement', first]));
    expect(await heard(here, first, second)).toEqual(of(['movement', first]));
    await resolveLast('accepted');
    expect(await heard(there, second)).toEqual(of(['movement', second]));
  });

  it('is not told of one that is in the books, whatever staff must look at', async () => {
    const account = t.holder(premium(), 500);
    await t.hold(account);
    const spent = t.spend(account, premium(), 100);
    here.appendMoved(spent);
    const repeated = here.appendMoved(spent);
    await t.push(here);
    expect(await t.whatOf(here, repeated)).toEqual([['operation-repeated']]);
    expect(await heard(here, spent)).toEqual(of(['movement', spent]));
    here.appendMoved(spent);
    await t.push(here);
    expect(await heard(here, spent)).toEqual([]);
  });

  it('is not money that is kept without its sets: that is told as it was posted', async () => {
    const account = t.holder(premium(), 0);
    const right = books.rights().find(({ schemeId }) => schemeId === premium().id);
    const [stock] = books.stock(premium().id);
    if (!right || !stock) throw new Error('The device may sell nothing');
    const sold = { ...made(sellSets({ ...t.occasion(), accountId: right.accountIds[0]!, device: here.deviceId, scheme: premium(), right, standing: undefined, bought: { underRight: 0, byAccount: 0 }, stock: { id: stock.id, left: stock.sets }, sets: 1, staff: ONE_OF_STAFF })), entitlementId: null };
    const strange = { ...sold, ...t.occasion(), accountId: account, schemeId: SchemeId.parse('no-such-scheme') };
    const entries = [sold, strange].map((movement) => here.append({ type: 'cash-moved', movement }));
    await t.push(here);
    expect(await t.whatOf(here, ...entries)).toEqual([['against-the-rules'], ['differs']]);
    const { sets: _sets, perSet: _perSet, stockLease: _stock, ...bare } = sold;
    expect(await heard(here, sold, strange)).toEqual(of(['movement', bare], ['movement-refused', strange]));
  });

  it('is told to the device that made it when another has found it on a card', async () => {
    const { card, entitlement } = await t.townCard();
    const movement = { ...here.load(entitlement), entitlementId: null };
    here.append({ type: 'movement-unknown', movement, card: { ...card.named, counterBefore: 0 } });
    await t.push(here);
    await there.pullAll();
    there.append({ type: 'card-seen', card: card.named, counter: 1, log: [{ operationId: movement.operationId, counter: 1 }], answers: [movement.operationId] });
    await t.push(there);
    expect(await heard(here, movement)).toEqual(of(['movement-refused', movement]));
    expect(await heard(there, movement)).toEqual([]);
    // When it has found out for itself, it is told again: only now its books have it.
    t.withCard(here, card, movement);
    await t.push(here);
    expect(await heard(here, movement)).toEqual(of(['movement-refused', movement]));
  });
});
