/** What is believed of a card, what is held against it, and what is said of an operation whose outcome is not known. */
import { expect, test } from 'vitest';
import { issuedMemory } from '../../simulator/desfire/issued-memory.ts';
import { CARD_KEYS, TRANSACTION_MAC_KEY, TownCard, UID, credit, debit, operationId } from '../../simulator/desfire/town-card.ts';
import { DirectReader } from '../../simulator/direct-reader.ts';
import { desfireCard } from './desfire-card.ts';
import { STATE_FILE, VALUE_FILES } from './layout.ts';

/** Recognition: SELECT and the identifier. */
const RECOGNITION = 2;

test('a balance that its value file does not have is suspect, and nothing is moved', async () => {
  const town = await TownCard.after([credit('points', 500)]);
  town.alter(VALUE_FILES.first, (file) => ({ ...file, value: 501 }) as typeof file);
  expect(await (await town.tap()).apply({ operationId: operationId(2), movements: [debit('points', 1)] })).toEqual({ kind: 'not-committed', why: 'suspect' });
  expect(town.values[0]).toBe(501);
});

test.each([
  ['of another format', '02'],
  ['with a value beyond the limit', `01000000${'00000000'}${'11'.repeat(8)}FFFFFF7F`],
  ['with a scheme in two slots', `01000000${'00000000'}${`${'11'.repeat(8)}01000000`.repeat(2)}`],
  ['with value in a slot of no scheme', `01000000${'00000000'}${'00'.repeat(8)}01000000`],
])('a state %s contradicts itself', async (_, state) => {
  const town = new TownCard();
  town.alter(STATE_FILE.number, (file) => ({ ...file, data: state.padEnd(256, '0') }) as typeof file);
  expect(await (await town.tap()).read()).toEqual({ kind: 'suspect', why: 'inconsistent' });
});

test('a log that does not agree with the counter is suspect', async () => {
  const town = await TownCard.after([credit('points', 1)], [credit('points', 2)]);
  town.alter(0x0a, (file) => ('records' in file ? { ...file, records: [file.records[1]!, file.records[0]!] } : file));
  expect(await (await town.tap()).history()).toEqual({ kind: 'suspect', why: 'inconsistent' });
  expect(await (await town.tap()).settle(operationId(2), 1)).toEqual({ kind: 'suspect', why: 'inconsistent' });
});

test('keys that cannot be had say nothing against the card, and nothing is sent', async () => {
  const town = new TownCard();
  for (const kind of ['unknown-card', 'not-here'] as const) {
    town.keys = { kind };
    const card = await town.tap();
    expect(await card.read()).toEqual({ kind: 'no-key', why: kind });
    expect(await card.history()).toEqual({ kind: 'no-key', why: kind });
    expect(await card.settle(operationId(1), 0)).toEqual({ kind: 'no-key', why: kind });
    expect(await card.apply({ operationId: operationId(1), movements: [] })).toEqual({ kind: 'not-committed', why: 'no-key' });
    expect(town.reader.sent).toHaveLength(RECOGNITION);
  }
});

test('a card that does not have its own key is not genuine', async () => {
  const town = new TownCard(issuedMemory({ ...CARD_KEYS, spend: CARD_KEYS.load, transactionMac: TRANSACTION_MAC_KEY }));
  expect(await (await town.tap()).read()).toEqual({ kind: 'suspect', why: 'not-genuine' });
  expect(await (await town.tap()).apply({ operationId: operationId(1), movements: [] })).toEqual({ kind: 'not-committed', why: 'suspect' });
});

test('a card that was re-keyed since is not suspected: these keys are just not its keys any more', async () => {
  const town = new TownCard(issuedMemory({ ...CARD_KEYS, version: 4, spend: CARD_KEYS.load, transactionMac: TRANSACTION_MAC_KEY }));
  expect(await (await town.tap()).read()).toEqual({ kind: 'no-key', why: 'not-here' });
});

test('a card whose MACs are wrong, again after a fresh start, is not genuine', async () => {
  const town = new TownCard();
  town.card.wrongMac = true;
  const card = await town.tap();
  expect(await card.read()).toEqual({ kind: 'suspect', why: 'not-genuine' });
  expect(await card.settle(operationId(1), 0)).toEqual({ kind: 'suspect', why: 'not-genuine' });
});

test('a card that wants to be asked later after too many wrong keys is not suspected', async () => {
  const reader = new DirectReader();
  const answers = ['91AD', '9000', '91AD'].map((answer) => Uint8Array.from(Buffer.from(answer, 'hex')));
  const town = new TownCard();
  const presence = reader.insert({ name: '', atr: town.card.atr, alarms: [], powerOn() {}, powerOff() {}, reset() {}, respond: () => answers.shift()! });
  const card = desfireCard(reader, presence, UID, { keysOf: async () => town.keys }, { pocketNames: [], random: (bytes) => new Uint8Array(bytes) });
  expect(await card.read()).toEqual({ kind: 'card-moved' });
});

test('one garbled answer freezes no card: it is asked once more from the selection on', async () => {
  for (let garbled = 0; garbled < 3; garbled += 1) {
    const town = await TownCard.after([credit('points', 500)]);
    const card = await town.tap();
    town.reader.tear = (index) => (index === RECOGNITION + garbled ? 'answer-garbled' : undefined);
    expect(await card.read()).toMatchObject({ kind: 'read', counter: 1 });
  }
});

test.each([
  ['all of them', () => true],
  ['all but that to SELECT', (index: number) => index !== RECOGNITION + 1],
  ['the first, and then that to SELECT', (index: number) => index === RECOGNITION || index === RECOGNITION + 1],
])('answers that are none prove nothing, however often they come: %s', async (_, garbled) => {
  const town = new TownCard();
  const card = await town.tap();
  town.reader.tear = (index) => (garbled(index) ? 'answer-garbled' : undefined);
  expect(await card.read()).toEqual({ kind: 'card-moved' });
});

test('a card that left, and a reader that left, are said as such', async () => {
  const town = new TownCard();
  const card = await town.tap();
  town.reader.remove();
  expect(await card.read()).toEqual({ kind: 'card-moved' });
  town.reader.unplug();
  expect(await card.history()).toEqual({ kind: 'reader-lost' });
  expect(await card.apply({ operationId: operationId(1), movements: [] })).toEqual({ kind: 'not-committed', why: 'reader-lost' });
  expect(town.reader.sent).toHaveLength(RECOGNITION);
});

test('an operation is settled by what the card counted and logged', async () => {
  const town = await TownCard.after(...Array.from({ length: 14 }, (_, index) => [credit('points', index + 1)]));
  const card = await town.tap();
  expect(await card.settle(operationId(99), 14)).toEqual({ kind: 'not-committed' });
  expect(await card.settle(operationId(99), 13)).toEqual({ kind: 'not-committed' });
  expect(await card.settle(operationId(13), 12)).toEqual({ kind: 'committed', evidence: { kind: 'log', counter: 13 } });
  expect(await card.settle(operationId(3), 2)).toEqual({ kind: 'committed', evidence: { kind: 'log', counter: 3 } });
  expect(await card.settle(operationId(2), 1)).toEqual({ kind: 'unknown' });
  expect(await card.settle(operationId(99), null)).toEqual({ kind: 'unknown' });
  expect(await card.settle(operationId(99), 15)).toEqual({ kind: 'suspect', why: 'rolled-back' });
});

test('the proof of the last operation can still be had later, and is the same', async () => {
  const town = await TownCard.after([credit('points', 500)]);
  const applied = await (await town.tap()).apply({ operationId: operationId(2), movements: [debit('points', 120), credit('voucher', 3000)] });
  const settled = await (await town.tap()).settle(operationId(2).toUpperCase(), 1);
  expect(applied.kind).toBe('committed');
  expect(settled).toEqual(applied);
});

test('an operation that followed another one unknown to the caller is found', async () => {
  const town = await TownCard.after([credit('points', 1)], [credit('points', 2)]);
  expect(await (await town.tap()).settle(operationId(2), 0)).toMatchObject({ kind: 'committed', evidence: { counter: 2 } });
});

test('a memory that was put back is behind what the card already showed', async () => {
  const town = await TownCard.after([credit('points', 500)]);
  const earlier = town.memory;
  expect((await (await town.tap()).apply({ operationId: operationId(2), movements: [debit('points', 500)] })).kind).toBe('committed');
  town.card.importMemory(earlier);
  expect(await (await town.tap()).settle(operationId(3), 2)).toEqual({ kind: 'suspect', why: 'rolled-back' });
});

