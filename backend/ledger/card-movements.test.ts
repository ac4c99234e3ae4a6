import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CardEvidence } from '../../contract/card.ts';
import { CardRef, OperationId } from '../../contract/ids.ts';
import type { Entitlement } from '../../contract/value.ts';
import { ENGINES } from '../test-support/engines.ts';
import { TEST_CARD_KEYS, TestCard } from '../test-support/test-card.ts';
import { uuidV7, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { readBooks } from './books.ts';

const NONE: CardEvidence = { kind: 'none' };

describe.each(ENGINES)('movements with cards that prove themselves, on $name', (engine) => {
  let town: TestTown;
  let device: TestDevice;
  const offers: Entitlement[] = [];
  beforeAll(async () => {
    town = await testTown(engine, 420, { cardKeys: TEST_CARD_KEYS });
    device = await town.device();
    await device.pullAll();
    offers.push(...device.offers());
  });
  afterAll(() => town.close());

  const offer = (): Entitlement => {
    const next = offers.pop();
    if (!next) throw new Error('Nobody may receive anything any more');
    return next;
  };
  /** A card of the holder of the next entitlement. @param known the backend was asked for its keys, as always before a card is loaded */
  const cardOf = async (profile: TestCard['profile'] = 'desfire', known = true) => {
    const entitlement = offer();
    const card = await TestCard.issue(town, entitlement.accountId, profile);
    if (known) valueOf(await device.cardKeys({ profile, identifier: card.identifier.toString('hex') }));
    return { card, movement: device.load(entitlement), entitlement };
  };
  const push = async () => void valueOf(await device.push(device.entries.slice(-8)));
  const posted = async ({ operationId }: { operationId: OperationId }) =>
    (await town.database.kysely.selectFrom('movement').select('seq').where('operation_id', '=', operationId).execute()).length === 1;
  const anomalies = async (seq: number) =>
    (await town.database.kysely.selectFrom('anomaly').select('what').where('device_id', '=', device.deviceId).where('seq', '=', seq).orderBy('what').execute()).map(({ what }) => what);
  const operations = ({ cardRef }: TestCard) =>
    town.database.kysely.selectFrom('card_operation').select(['counter', 'evidence', 'proved']).where('card_ref', '=', cardRef).orderBy('counter').execute();
  const stateOf = async ({ cardRef }: TestCard) => (await town.database.kysely.selectFrom('card').select('state').where('card_ref', '=', cardRef).executeTakeFirst())?.state;

  it('are posted with the card’s proof, and the counter belongs to the operation for ever', async () => {
    const { card, movement } = await cardOf();
    const { seq } = device.appendMoved(movement, { ...card.named, evidence: card.commit(movement) });
    await push();
    expect([await posted(movement), await anomalies(seq), await operations(card)]).toEqual([true, [], [{ counter: 1, evidence: 'transaction-mac', proved: 1 }]]);
    const { kysely } = town.database;
    const [row] = await kysely.selectFrom('card_operation').selectAll().where('card_ref', '=', card.cardRef).execute();
    if (!row) throw new Error('The operation was not kept');
    await expect(kysely.insertInto('card_operation').values({ ...row, operation_id: uuidV7(0) }).execute()).rejects.toThrow(/unique/i);
    await expect(kysely.insertInto('card_operation').values({ ...row, counter: 9 }).execute()).rejects.toThrow(/unique/i);
    await expect(kysely.updateTable('card_operation').set({ proved: 0 }).execute()).rejects.toThrow('append-only');
    await expect(kysely.deleteFrom('card_operation').execute()).rejects.toThrow('append-only');
  });

  it('are posted with the weaker word of the card’s log as well, which is remembered', async () => {
    const { card, movement } = await cardOf();
    card.commit(movement);
    const { seq } = device.appendMoved(movement, { ...card.named, evidence: { kind: 'log', counter: 1 } });
    await push();
    expect([await posted(movement), await anomalies(seq), await operations(card)]).toEqual([true, [], [{ counter: 1, evidence: 'log', proved: 0 }]]);
  });

  it('are posted with the write counter of a FeliCa Lite-S card, or without a word of it, for the value is not on it', async () => {
    const { card, movement } = await cardOf('felica-lite-s');
    device.appendMoved(movement, { ...card.named, evidence: card.commit(movement) });
    const second = await cardOf('felica-lite-s');
    device.appendMoved(second.movement, { ...second.card.named, evidence: NONE });
    await push();
    expect([await posted(movement), await posted(second.movement)]).toEqual([true, true]);
    expect([await operations(card), await operations(second.card)]).toEqual([[{ counter: 1, evidence: 'write-counter', proved: 0 }], []]);
  });

  it('are posted when the card was re-keyed between the movement and its report', async () => {
    const { card, movement } = await cardOf();
    const { seq } = device.appendMoved(movement, { ...card.named, evidence: card.commit(movement, { keyVersion: 2 }) });
    await push();
    expect([await posted(movement), await anomalies(seq)]).toEqual([true, []]);
  });

  it('are posted, and staff are told, when the backend cannot check the proof', async () => {
    const { card, movement } = await cardOf('desfire', false);
    const { seq } = device.appendMoved(movement, { ...card.named, evidence: card.commit(movement) });
    await push();
    expect([await posted(movement), await anomalies(seq), await operations(card)]).toEqual([true, ['card-evidence-unchecked'], [{ counter: 1, evidence: 'transaction-mac', proved: 0 }]]);
  });

  it('are not posted when the proof is of another amount, movement, counter or card, or was changed', async () => {
    const wrong: Array<(card: TestCard, movement: Parameters<TestCard['commit']>[0]) => CardEvidence | Promise<CardEvidence>> = [
      (card, movement) => card.commit(movement, { amount: 50_000 }),
      (card, movement) => card.commit({ ...movement, operationId: OperationId.parse(uuidV7(0)) }),
      (card, movement) => ({ ...card.commit(movement), counter: 2 }),
      (card, movement) => ({ ...card.commit(movement), transactionCounter: 2 }) as CardEvidence,
      (card, movement) => ({ ...card.commit(movement), value: '0011223344556677' }) as CardEvidence,
      (card, movement) => ({ ...card.commit(movement), input: '00' }) as CardEvidence,
      async (_, movement) => (await TestCard.issue(town, movement.accountId)).commit(movement),
    ];
    for (const make of wrong) {
      const { card, movement } = await cardOf();
      const { seq } = device.appendMoved(movement, { ...card.named, evidence: await make(card, movement) });
      await push();
      expect([await posted(movement), await anomalies(seq), await operations(card), await stateOf(card)], String(make)).toEqual([false, ['card-evidence-wrong'], [], 'stopped']);
    }
  });

  it('stop the card when it has committed a transaction that is no operation of the town', async () => {
    const first = await cardOf();
    device.appendMoved(first.movement, { ...first.card.named, evidence: first.card.commit(first.movement) });
    await push();
    expect([await posted(first.movement), await stateOf(first.card)]).toEqual([true, 'active']);
    first.card.foreignTransactions = 1;
    const next = device.load(first.entitlement);
    const { seq } = device.appendMoved(next, { ...first.card.named, evidence: first.card.commit(next) });
    await push();
    expect([await posted(next), await anomalies(seq), await stateOf(first.card)]).toEqual([false, ['card-counter-gap'], 'stopped']);
  });

  it('take a card whose count of transactions was ahead from the beginning, as issuing leaves it', async () => {
    const { card, movement } = await cardOf();
    card.foreignTransactions = 1;
    device.appendMoved(movement, { ...card.named, evidence: card.commit(movement) });
    await push();
    expect([await posted(movement), await stateOf(card)]).toEqual([true, 'active']);
  });

  it('are not posted without evidence when the value is on the card, nor with evidence that such a card cannot leave', async () => {
    const { card, movement } = await cardOf();
    const without = device.appendMoved(movement, { ...card.named, evidence: NONE });
    const other = await cardOf();
    const foreign = device.appendMoved(other.movement, { ...other.card.named, evidence: { kind: 'write-counter', counter: 1, writeCounter: 1 } });
    const plain = device.load(offer());
    const boasting = device.appendMoved(plain, { evidence: { kind: 'log', counter: 1 } });
    await push();
    expect([await anomalies(without.seq), await anomalies(foreign.seq), await anomalies(boasting.seq)]).toEqual([['card-evidence-missing'], ['card-evidence-wrong'], ['card-evidence-wrong']]);
    expect([await posted(movement), await posted(other.movement), await posted(plain)]).toEqual([false, false, false]);
  });

  it('are not posted with a card that is unknown, another’s, or of another profile than the device says', async () => {
    const [first, second, third] = [device.load(offer()), device.load(offer()), await cardOf()];
    const cases = [
      device.appendMoved(first, { cardRef: CardRef.parse('0'.repeat(32)) }),
      device.appendMoved(second, { cardRef: device.cardOf(first.accountId) }),
      device.appendMoved(third.movement, { cardRef: third.card.cardRef, profile: 'plain-identifier' }),
    ];
    await push();
    expect(await Promise.all(cases.map(({ seq }) => anomalies(seq)))).toEqual([['card-unknown'], ['card-not-of-account'], ['card-profile-differs']]);
    expect([await posted(first), await posted(second), await posted(third.movement)]).toEqual([false, false, false]);
  });

  it('are posted although the card was stopped meanwhile: what happened, happened', async () => {
    const { card, movement } = await cardOf();
    await town.database.kysely.updateTable('card').set({ state: 'stopped' }).where('card_ref', '=', card.cardRef).execute();
    const { seq } = device.appendMoved(movement, { ...card.named, evidence: card.commit(movement) });
    await push();
    expect([await posted(movement), await anomalies(seq)]).toEqual([true, []]);
  });

  it('under a counter that belongs to another operation show a copy: the second is kept for staff, and the card is stopped everywhere', async () => {
    const { card, movement } = await cardOf();
    const copy = card.copy();
    device.appendMoved(movement, { ...card.named, evidence: card.commit(movement) });
    await push();
    const watching = await town.device('rikibiru');
    await watching.pullAll();
    // The same account has another entitlement, and somebody else has its card.
    const again = { ...offer(), accountId: movement.accountId };
    const second = device.load(again);
    const { seq } = device.appendMoved(second, { ...copy.named, evidence: copy.commit(second) });
    await push();
    expect([await posted(second), await anomalies(seq), await stateOf(card)]).toEqual([false, ['card-counter-repeated'], 'stopped']);
    expect(await operations(card)).toHaveLength(1);
    expect(await watching.pullAll()).toContainEqual({ type: 'card', cardRef: card.cardRef, accountId: movement.accountId, profile: 'desfire', state: 'stopped' });
  });

  it('in one batch are compared with one another as well', async () => {
    const { card, movement } = await cardOf();
    const copy = card.copy();
    const second = device.load({ ...offer(), accountId: movement.accountId });
    device.appendMoved(movement, { ...card.named, evidence: card.commit(movement) });
    const { seq } = device.appendMoved(second, { ...copy.named, evidence: copy.commit(second) });
    await push();
    expect([await posted(movement), await posted(second), await anomalies(seq), await stateOf(card)]).toEqual([true, false, ['card-counter-repeated'], 'stopped']);
  });

  it('stand under one counter: the same operation under another, or on another card, is kept for staff', async () => {
    const { card, movement } = await cardOf();
    device.appendMoved(movement, { ...card.named, evidence: { kind: 'log', counter: 1 } });
    const { seq } = device.appendMoved(movement, { ...card.named, evidence: { kind: 'log', counter: 2 } });
    await push();
    expect([await anomalies(seq), await operations(card)]).toEqual([['operation-repeated'], [{ counter: 1, evidence: 'log', proved: 0 }]]);
    const [one, other] = [await cardOf(), await cardOf()];
    device.append({ type: 'card-seen', card: one.card.named, counter: 1, log: [{ operationId: other.movement.operationId, counter: 1 }] });
    const elsewhere = device.appendMoved(other.movement, { ...other.card.named, evidence: other.card.commit(other.movement) });
    await push();
    expect([await anomalies(elsewhere.seq), await posted(other.movement), await operations(other.card)]).toEqual([['operation-repeated'], false, []]);
  });

  it('leave the counter to the card’s operation even when the ledger refuses it', async () => {
    const { card, movement } = await cardOf();
    await town.database.kysely.updateTable('entitlement').set({ state: 'withdrawn' }).where('entitlement_id', '=', movement.entitlementId).execute();
    const { seq } = device.appendMoved(movement, { ...card.named, evidence: card.commit(movement) });
    await push();
    expect([await posted(movement), await anomalies(seq), await operations(card)]).toEqual([false, ['withdrawn'], [{ counter: 1, evidence: 'transaction-mac', proved: 1 }]]);
  });

  it('a card that a device no longer believes is stopped everywhere, and staff are told why', async () => {
    const { card, movement } = await cardOf();
    const watching = await town.device('rikibiru');
    await watching.pullAll();
    const { seq } = device.append({ type: 'card-suspect', card: card.named, why: 'rolled-back' });
    device.append({ type: 'card-suspect', card: card.named, why: 'not-genuine' });
    const unknown = device.append({ type: 'card-suspect', card: { ...card.named, cardRef: CardRef.parse('0'.repeat(32)) }, why: 'not-genuine' });
    await push();
    expect([await stateOf(card), await anomalies(seq), await anomalies(unknown.seq)]).toEqual(['stopped', ['card-suspect'], ['card-unknown']]);
    const kept = await town.database.kysely.selectFrom('anomaly').select('detail').where('device_id', '=', device.deviceId).where('seq', '=', seq).executeTakeFirst();
    expect(kept?.detail).toContain('rolled-back');
    const changes = (await watching.pullAll()).filter((change) => change.type === 'card');
    expect(changes).toEqual([{ type: 'card', cardRef: card.cardRef, accountId: movement.accountId, profile: 'desfire', state: 'stopped' }]);
    expect(valueOf(await device.cardKeys({ profile: 'desfire', identifier: card.identifier.toString('hex') }))).toEqual({ kind: 'unknown-card' });
  });

  it('leave books that balance', async () => {
    expect((await readBooks(town.database)).faults).toEqual([]);
  });
});
