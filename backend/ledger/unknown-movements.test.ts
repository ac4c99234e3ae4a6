import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperationId, type EntitlementId } from '../../contract/ids.ts';
import type { Entitlement, Movement } from '../../contract/value.ts';
import { ENGINES } from '../test-support/engines.ts';
import { TEST_CARD_KEYS, TestCard } from '../test-support/test-card.ts';
import { uuidV7, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { readBooks } from './books.ts';

const someOperation = () => OperationId.parse(uuidV7(0));

describe.each(ENGINES)('a movement of unknown outcome on $name', (engine) => {
  let town: TestTown;
  let here: TestDevice;
  let there: TestDevice;
  const offers: Entitlement[] = [];
  beforeAll(async () => {
    town = await testTown(engine, 320, { cardKeys: TEST_CARD_KEYS });
    here = await town.device();
    await here.pullAll();
    offers.push(...here.offers());
    there = await town.device('kotanbetsu');
    await there.pullAll();
  });
  afterAll(() => town.close());

  const offer = (): Entitlement => {
    const next = offers.pop();
    if (!next) throw new Error('Nobody may receive anything any more');
    return next;
  };
  const push = async (device: TestDevice) => void valueOf(await device.push(device.entries.slice(-8)));
  /** A card with the counter 5 that was torn away from `device` in the middle of a load. @param report false: the device has no network */
  const torn = async (options: { readonly device?: TestDevice; readonly entitlement?: Entitlement; readonly report?: boolean } = {}) => {
    const { device = here, entitlement = offer(), report = true } = options;
    const card = await TestCard.issue(town, entitlement.accountId);
    card.counter = 5;
    const movement = device.load(entitlement);
    const entry = device.append({ type: 'movement-unknown', movement, card: { ...card.named, counterBefore: 5 } });
    if (report) await push(device);
    return { card, movement, operation: movement.operationId, seq: entry.seq };
  };
  const see = async (device: TestDevice, card: TestCard, counter: number, log: Record<number, OperationId> = {}, answers?: OperationId[]) => {
    const lines = Object.entries(log).map(([number, operationId]) => ({ operationId, counter: Number(number) }));
    const { seq } = device.append({ type: 'card-seen', card: card.named, counter, log: lines.reverse(), ...(answers ? { answers } : {}) });
    await push(device);
    return seq;
  };
  const stateOf = async (operation: OperationId) => (await town.database.kysely.selectFrom('unknown_movement').select('state').where('operation_id', '=', operation).executeTakeFirst())?.state;
  const source = (operation: OperationId) => town.database.kysely.selectFrom('movement').select(['device_id', 'seq']).where('operation_id', '=', operation).execute();
  const anomalies = async (device: TestDevice, seq: number) =>
    (await town.database.kysely.selectFrom('anomaly').select('what').where('device_id', '=', device.deviceId).where('seq', '=', seq).execute()).map(({ what }) => what);
  const cardState = async ({ cardRef }: TestCard) => (await town.database.kysely.selectFrom('card').select('state').where('card_ref', '=', cardRef).executeTakeFirst())?.state;
  const moved = (device: TestDevice, movement: Movement, card: TestCard, counter: number) => device.appendMoved(movement, { ...card.named, evidence: { kind: 'log', counter } });

  it('is told to every device, which may see the card next', async () => {
    await there.pullAll();
    const { operation, card } = await torn();
    expect(await stateOf(operation)).toBe('open');
    for (const device of [here, there]) expect(await device.pullAll()).toContainEqual({ type: 'movement-open', operationId: operation, cardRef: card.cardRef });
  });

  it('is posted as its device’s own when another device finds it in the card’s log, and once only', async () => {
    const { operation, card, movement, seq } = await torn();
    await here.pullAll();
    await there.pullAll();
    const seen = await see(there, card, 6, { 6: operation });
    expect([await stateOf(operation), await source(operation), await anomalies(there, seen)]).toEqual(['happened', [{ device_id: here.deviceId, seq }], []]);
    for (const device of [here, there]) expect(await device.pullAll()).toContainEqual({ type: 'movement', movement });
    // Its own device finds out as well, and says so: the books have it already.
    card.counter = 5;
    valueOf(await here.cardKeys({ profile: 'desfire', identifier: card.identifier.toString('hex') }));
    const own = here.appendMoved(movement, { ...card.named, evidence: card.commit(movement) });
    await push(here);
    expect([await anomalies(here, own.seq), await source(operation)]).toEqual([[], [{ device_id: here.deviceId, seq }]]);
    expect((await readBooks(town.database)).faults).toEqual([]);
  });

  it('is kept for staff when its own device then reports another movement under the same operation', async () => {
    const { operation, card, movement } = await torn();
    await see(there, card, 6, { 6: operation });
    const own = moved(here, { ...movement, postings: movement.postings.map((posting) => ({ ...posting, amount: posting.amount + 1 })) }, card, 6);
    await push(here);
    expect(await anomalies(here, own.seq)).toEqual(['differs']);
  });

  it('is posted when its own device finds out, and a later reading elsewhere changes nothing', async () => {
    const { operation, card, movement } = await torn();
    const own = moved(here, movement, card, 6);
    await push(here);
    expect([await stateOf(operation), await source(operation)]).toEqual(['happened', [{ device_id: here.deviceId, seq: own.seq }]]);
    const seen = await see(there, card, 6, { 6: operation });
    expect([await anomalies(there, seen), (await source(operation)).length]).toEqual([[], 1]);
  });

  it('that was in the books before its device said it did not know is nothing new', async () => {
    const entitlement = offer();
    const card = await TestCard.issue(town, entitlement.accountId);
    const movement = here.load(entitlement);
    moved(here, movement, card, 1);
    const { seq } = here.append({ type: 'movement-unknown', movement, card: { ...card.named, counterBefore: 0 } });
    const again = here.append({ type: 'movement-unknown', movement, card: { ...card.named, counterBefore: 0 } });
    const plain = here.load(offer());
    const plainCard = { cardRef: here.cardOf(plain.accountId), profile: 'plain-identifier' as const };
    here.appendMoved(plain);
    here.append({ type: 'movement-unknown', movement: plain, card: { ...plainCard, counterBefore: null } });
    await push(here);
    expect([await stateOf(movement.operationId), (await source(movement.operationId)).length, await stateOf(plain.operationId)]).toEqual(['happened', 1, 'happened']);
    expect([await anomalies(here, seq), await anomalies(here, again.seq)]).toEqual([[], []]);
    expect(await here.pullAll()).not.toContainEqual(expect.objectContaining({ type: 'movement-open', operationId: movement.operationId }));
  });

  it('did not happen when a device that knew of it reads the counter from before', async () => {
    const { operation, card, movement } = await torn();
    await there.pullAll();
    await see(there, card, 5, {}, [operation]);
    expect([await stateOf(operation), await source(operation)]).toEqual(['void', []]);
    for (const device of [here, there]) expect(await device.pullAll()).toContainEqual({ type: 'movement-void', operationId: operation });
    // Should anybody say later that it did happen, staff must look: the entitlement may have been given again.
    const own = moved(here, movement, card, 6);
    await push(here);
    expect([await anomalies(here, own.seq), await source(operation)]).toEqual([['operation-void'], []]);
    const seen = await see(there, card, 6, { 6: operation });
    expect(await anomalies(there, seen)).toEqual(['operation-void']);
  });

  it('is not decided by a reading from before it, however late that arrives', async () => {
    const { operation, card } = await torn();
    await see(there, card, 5);
    await see(there, card, 5, {}, [someOperation()]);
    expect(await stateOf(operation)).toBe('open');
    await see(here, card, 5);
    expect(await stateOf(operation)).toBe('void');
  });

  it('did not happen when another operation has its counter, by a movement or by the card’s log', async () => {
    const first = await torn();
    const other = here.load({ ...offer(), accountId: first.movement.accountId });
    moved(here, other, first.card, 6);
    await push(here);
    const second = await torn();
    await see(there, second.card, 8, { 6: someOperation(), 7: someOperation(), 8: someOperation() });
    expect([await stateOf(first.operation), await stateOf(second.operation)]).toEqual(['void', 'void']);
  });

  it('stays open when the card is further on and its log does not reach back, until the other device reports', async () => {
    const { operation, card, movement } = await torn();
    await there.pullAll();
    await see(there, card, 40, { 39: someOperation(), 40: someOperation() }, [operation]);
    expect(await stateOf(operation)).toBe('open');
    const late = await town.device();
    await late.pullAll();
    const taken = late.append({ type: 'value-moved', movement: here.load({ ...offer(), accountId: movement.accountId }), card: { ...card.named, evidence: { kind: 'log', counter: 6 } } });
    await push(late);
    // Its lease is another's, so staff must look at the load; whose the counter is, is certain all the same.
    expect([await anomalies(late, taken.seq), await stateOf(operation)]).toEqual([['not-leased'], 'void']);
  });

  it('is decided at once when the card was seen before its device could report', async () => {
    const { operation, card, seq } = await torn({ report: false });
    await see(there, card, 6, { 6: operation });
    expect(await source(operation)).toEqual([]);
    await push(here);
    expect([await stateOf(operation), await source(operation)]).toEqual(['happened', [{ device_id: here.deviceId, seq }]]);
    expect(await there.pullAll()).not.toContainEqual(expect.objectContaining({ type: 'movement-open', operationId: operation }));
  });

  const giveBack = async (device: TestDevice, entitlements: ReadonlyArray<{ readonly id: EntitlementId }>) => {
    device.append({ type: 'leases-returned', leases: entitlements.map(({ id }) => ({ kind: 'entitlement', id })) });
    await push(device);
  };

  it('keeps its entitlement: it passes to no other device while it is open, even if it was given back, and does when it did not happen', async () => {
    const [kept, free] = [offer(), offer()];
    const { operation, card } = await torn({ entitlement: kept });
    await giveBack(here, [kept, free]);
    const second = await town.device();
    await second.pullAll();
    expect([second.leases().has(kept.id), second.leases().has(free.id)]).toEqual([false, true]);
    await see(here, card, 5);
    await second.pullAll();
    expect([await stateOf(operation), second.leases().has(kept.id)]).toEqual(['void', true]);
    await giveBack(second, [kept, free]);
    await here.pullAll();
  });

  it('asks for its entitlement back from a device that was given it meanwhile, but only if its own device held it once', async () => {
    const [kept, never] = [offer(), offer()];
    await giveBack(here, [kept, never]);
    const stranger = await town.device('rikibiru');
    await stranger.pullAll();
    stranger.changes.push(...here.changes.filter((change) => change.type === 'scheme'));
    const second = await town.device();
    await second.pullAll();
    expect([second.leases().has(kept.id), second.leases().has(never.id)]).toEqual([true, true]);
    await torn({ device: stranger, entitlement: never });
    // It had said that it would not use it any more.
    await torn({ entitlement: kept });
    const told = await second.pullAll();
    expect(told).toContainEqual({ type: 'lease-recalled', entitlementId: kept.id });
    expect(told).not.toContainEqual({ type: 'lease-recalled', entitlementId: never.id });
    await giveBack(second, [kept, never]);
    await here.pullAll();
  });

  it('that happened on the card but cannot be posted any more is kept for staff', async () => {
    const { operation, card, movement } = await torn();
    await town.database.kysely.updateTable('entitlement').set({ state: 'withdrawn' }).where('entitlement_id', '=', movement.entitlementId).execute();
    const seen = await see(there, card, 6, { 6: operation });
    expect([await stateOf(operation), await source(operation), await anomalies(there, seen)]).toEqual(['happened', [], ['withdrawn']]);
  });

  it('of a card without a count is asked of nobody, and decided by its own device', async () => {
    const movement = here.load(offer());
    const card = { cardRef: here.cardOf(movement.accountId), profile: 'plain-identifier' as const };
    here.append({ type: 'movement-unknown', movement, card: { ...card, counterBefore: null } });
    await push(here);
    expect(await here.pullAll()).not.toContainEqual(expect.objectContaining({ type: 'movement-open', operationId: movement.operationId }));
    expect(await stateOf(movement.operationId)).toBe('open');
    here.appendMoved(movement);
    await push(here);
    expect([await stateOf(movement.operationId), (await source(movement.operationId)).length]).toEqual(['happened', 1]);
  });

  it('is not believed of another’s card, nor under an operation that another device has', async () => {
    const { operation, movement, card } = await torn();
    const repeated = there.append({ type: 'movement-unknown', movement, card: { ...card.named, counterBefore: 5 } });
    const foreign = here.load(offer());
    const stolen = there.append({ type: 'movement-unknown', movement: foreign, card: { ...card.named, counterBefore: 5 } });
    await push(there);
    expect([await anomalies(there, repeated.seq), await anomalies(there, stolen.seq)]).toEqual([['operation-repeated'], ['card-not-of-account']]);
    expect([await stateOf(operation), await stateOf(foreign.operationId)]).toEqual(['open', undefined]);
  });

  it('is left to staff, and the card is stopped, when the card is behind what it had shown', async () => {
    const { operation, card } = await torn();
    await see(there, card, 4);
    expect(await cardState(card)).toBe('active');
    const seen = await see(there, card, 4, {}, [operation]);
    expect([await stateOf(operation), await anomalies(there, seen), await cardState(card)]).toEqual(['open', ['card-rolled-back'], 'stopped']);
  });

  it('is left to staff, and the card is stopped, when readings give its counter to two operations', async () => {
    const { operation, card } = await torn();
    const [first, second] = [someOperation(), someOperation()];
    await see(there, card, 9, { 9: first });
    const seen = await see(there, card, 9, { 6: operation, 9: second });
    expect([await stateOf(operation), await anomalies(there, seen), await cardState(card)]).toEqual(['open', ['card-counter-repeated'], 'stopped']);
    const other = await torn();
    const moving = await see(there, other.card, 9, { 8: first, 9: second });
    expect([await anomalies(there, moving), await cardState(other.card)]).toEqual([['card-counter-repeated'], 'stopped']);
  });

  it('is decided by readings that nobody can change afterwards', async () => {
    const { kysely } = town.database;
    for (const table of ['card_sighting', 'card_log_line'] as const) {
      await expect(kysely.deleteFrom(table).execute()).rejects.toThrow('append-only');
      await expect(kysely.updateTable(table).set({ counter: 0 }).execute()).rejects.toThrow('append-only');
    }
  });

  it('leaves books that balance', async () => {
    expect((await readBooks(town.database)).faults).toEqual([]);
  });
});
