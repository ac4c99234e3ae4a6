import { expect, test } from 'vitest';
import { TRANSACTION_MAC_KEY, TownCard, UID, CARD_KEYS, credit, debit, operationId } from '../../simulator/desfire/town-card.ts';
import { DirectReader } from '../../simulator/direct-reader.ts';
import { virtualCardOf } from '../../simulator/virtual-card.ts';
import { DesfireCard } from '../../simulator/virtual-card-desfire.ts';
import type { Evidence } from '../stored-value.ts';
import { selectDesfireApplication } from './card-session.ts';
import { schemeReference } from './card-state.ts';
import { VALUE_FILES } from './layout.ts';
import { INS } from './native-commands.ts';
import { transactionMacValue } from './test-support/checked-transaction.ts';

const REFUSED = { kind: 'not-committed', why: 'refused' };

async function pockets(town: TownCard) {
  const read = await (await town.tap()).read();
  if (read.kind !== 'read') throw new Error(read.kind);
  return Object.fromEntries(read.pockets);
}

function expectProof(evidence: Evidence): void {
  if (evidence.kind !== 'transaction-mac') throw new Error(evidence.kind);
  const value = transactionMacValue(TRANSACTION_MAC_KEY, evidence.transactionCounter, UID, evidence.input);
  expect(Buffer.from(evidence.value).toString('hex')).toBe(Buffer.from(value).toString('hex'));
}

test('a new card has no pockets and has counted nothing', async () => {
  const card = await new TownCard().tap();
  expect(await card.read()).toEqual({ kind: 'read', pockets: new Map(), counter: 0 });
  expect(await card.history()).toEqual({ kind: 'read', operations: [] });
});

test('what was loaded is there at the next tap, in the value file and in the table', async () => {
  const town = await TownCard.after([credit('points', 500)], [debit('points', 120), credit('voucher', 3000)]);
  expect(await pockets(town)).toEqual({ points: 380, voucher: 3000 });
  expect(town.values.slice(0, 3)).toEqual([380, 3000, 0]);
  expect(town.state.counter).toBe(2);
});

test('each operation leaves a proof over exactly what was done', async () => {
  const town = new TownCard();
  const card = await town.tap();
  const outcome = await card.apply({ operationId: operationId(1), movements: [credit('points', 500)] });
  if (outcome.kind !== 'committed') throw new Error(outcome.kind);
  expect(outcome.evidence).toMatchObject({ kind: 'transaction-mac', counter: 1, transactionCounter: 1 });
  expectProof(outcome.evidence);
  const next = await card.apply({ operationId: operationId(2), movements: [debit('points', 120), credit('voucher', 3000)] });
  if (next.kind !== 'committed') throw new Error(next.kind);
  expect(next.evidence).toMatchObject({ counter: 2, transactionCounter: 2 });
  expectProof(next.evidence);
});

test('the log tells the last twelve operations, newest first', async () => {
  const town = await TownCard.after(...Array.from({ length: 14 }, (_, index) => [credit('points', index + 1)]));
  const history = await (await town.tap()).history();
  if (history.kind !== 'read') throw new Error(history.kind);
  expect(history.operations).toHaveLength(12);
  expect(history.operations[0]).toEqual({ operationId: operationId(14), counter: 14, movements: [credit('points', 14)] });
  expect(history.operations.map(({ counter }) => counter)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
});

test('an operation without movements is counted and logged', async () => {
  const town = await TownCard.after([]);
  expect(await (await town.tap()).history()).toEqual({ kind: 'read', operations: [{ operationId: operationId(1), counter: 1, movements: [] }] });
});

const EIGHT = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

async function fullCard(): Promise<TownCard> {
  const town = await TownCard.after(...EIGHT.map((pocket) => [credit(pocket, 10)]));
  town.schemes = EIGHT;
  return town;
}

/** Recognition: SELECT and the identifier. */
const RECOGNITION = 2;
const bytesOf = (town: TownCard) => town.reader.sent.reduce((sum, { length }) => sum + length, town.bytesAnswered);

test('from the first command to the balance of eight pockets it takes 5 round trips and 262 bytes', async () => {
  const town = await fullCard();
  const read = await (await town.tap()).read();
  expect(read).toMatchObject({ kind: 'read', counter: 8, pockets: new Map(EIGHT.map((pocket) => [pocket, 10])) });
  expect(town.reader.sent).toHaveLength(5);
  expect(bytesOf(town)).toBe(262);
});

test.each([
  ['a load', [credit('a', 1)], 8, 574],
  ['a debit', [debit('a', 1)], 8, 574],
  ['an exchange', [debit('a', 1), credit('b', 1)], 10, 632],
])('%s takes no more round trips and bytes than it must', async (_, movements, roundTrips, bytes) => {
  const town = await fullCard();
  const card = await town.tap();
  const recognition = bytesOf(town);
  expect((await card.apply({ operationId: operationId(20), movements })).kind).toBe('committed');
  expect(town.reader.sent).toHaveLength(RECOGNITION + roundTrips);
  expect(bytesOf(town) - recognition).toBe(bytes);
});

test.each([
  ['taking more than there is', debit('points', 501)],
  ['taking from a pocket that is not there', debit('bus', 1)],
  ['putting on more than a pocket holds', credit('points', 999_501)],
])('the card says no to %s, and nothing has moved', async (_, movement) => {
  const town = await TownCard.after([credit('points', 500)]);
  const card = await town.tap();
  expect(await card.apply({ operationId: operationId(2), movements: [credit('voucher', 1), movement] })).toEqual(REFUSED);
  expect(town.reader.sent.map(([, ins]) => ins)).not.toContain(INS.credit);
  expect(await pockets(town)).toEqual({ points: 500 });
  expect(town.logged).toBe(1);
});

test('the card itself says no beyond its limits, whatever the table says', async () => {
  const town = await TownCard.after([credit('points', 500)]);
  town.alter(VALUE_FILES.first, (file) => ({ ...file, upper: 600 }) as typeof file);
  const card = await town.tap();
  expect(await card.apply({ operationId: operationId(2), movements: [credit('points', 101)] })).toEqual(REFUSED);
  expect(town.values[0]).toBe(500);
});

test('a ninth scheme has no room while all eight are in use or hold something', async () => {
  const town = await fullCard();
  const card = await town.tap();
  expect((await card.apply({ operationId: operationId(20), movements: [debit('c', 10)] })).kind).toBe('committed');
  expect(await card.apply({ operationId: operationId(21), movements: [credit('i', 1)] })).toEqual(REFUSED);
  town.schemes = EIGHT.filter((scheme) => scheme !== 'd');
  expect(await card.apply({ operationId: operationId(22), movements: [credit('i', 1)] })).toEqual(REFUSED);
});

test('a slot whose scheme is over and empty goes to a new scheme, and the log still names the old one', async () => {
  const town = await fullCard();
  const card = await town.tap();
  expect((await card.apply({ operationId: operationId(20), movements: [debit('c', 10)] })).kind).toBe('committed');
  town.schemes = [...EIGHT.filter((scheme) => scheme !== 'c'), 'i'];
  const outcome = await card.apply({ operationId: operationId(21), movements: [credit('i', 7)] });
  if (outcome.kind !== 'committed') throw new Error(outcome.kind);
  expectProof(outcome.evidence);
  expect(town.state.slots[2]).toEqual({ scheme: schemeReference('i'), balance: 7 });
  const history = await card.history();
  expect(history).toMatchObject({ operations: [{ movements: [credit('i', 7)] }, { movements: [debit(`unknown-scheme-${schemeReference('c')}`, 10)] }, {}, {}, {}, {}, {}, {}, {}, {}] });
  // Whose slot it was is not on the card any more, so the proof's input cannot be made again: the log has to do.
  expect(await (await town.tap()).settle(operationId(21), 9)).toEqual({ kind: 'committed', evidence: { kind: 'log', counter: 10 } });
});

test('value of a scheme that is not known here is shown all the same; an empty pocket of it is not', async () => {
  const town = await TownCard.after([credit('points', 5), credit('voucher', 6)], [debit('points', 5)]);
  town.schemes = [];
  expect(await pockets(town)).toEqual({ [`unknown-scheme-${schemeReference('voucher')}`]: 6 });
});

test('calls at the same time wait for each other', async () => {
  const town = await TownCard.after([credit('points', 500)]);
  const card = await town.tap();
  const [applied, read, again] = await Promise.all([
    card.apply({ operationId: operationId(2), movements: [debit('points', 100)] }),
    card.read(),
    card.apply({ operationId: operationId(3), movements: [debit('points', 100)] }),
  ]);
  expect([applied.kind, again.kind]).toEqual(['committed', 'committed']);
  expect(read).toMatchObject({ pockets: new Map([['points', 400]]) });
});

test.each([
  ['no amount', /Not an amount/, { operationId: operationId(2), movements: [credit('points', 0)] }],
  ['half a yen', /Not an amount/, { operationId: operationId(2), movements: [credit('points', 0.5)] }],
  ['a pocket twice', /once/, { operationId: operationId(2), movements: [credit('points', 1), debit('points', 1)] }],
  ['five movements', /5 movements/, { operationId: operationId(2), movements: ['a', 'b', 'c', 'd', 'e'].map((pocket) => credit(pocket, 1)) }],
  ['an id that is none', /UUID/, { operationId: 'two', movements: [credit('points', 1)] }],
])('an operation with %s is a bug and reaches no value', async (_, message, operation) => {
  const town = await TownCard.after([credit('points', 5)]);
  const card = await town.tap();
  await expect(card.apply(operation)).rejects.toThrow(message);
  expect(await card.read()).toMatchObject({ counter: 1, pockets: new Map([['points', 5]]) });
});

test('a device without the load key takes value off and puts none on', async () => {
  const town = await TownCard.after([credit('points', 500)]);
  const { load: _, ...spendOnly } = CARD_KEYS;
  town.keys = { kind: 'keys', keys: spendOnly };
  const card = await town.tap();
  expect(await card.apply({ operationId: operationId(2), movements: [debit('points', 1), credit('voucher', 1)] })).toEqual({ kind: 'not-committed', why: 'no-key' });
  expect((await card.apply({ operationId: operationId(3), movements: [debit('points', 1)] })).kind).toBe('committed');
});

test('our application is found by its name alone', async () => {
  const reader = new DirectReader();
  const other = virtualCardOf({ name: 'other', model: 'iso-identifier', uid: '04A1B2C3D4E5F6' });
  expect(await selectDesfireApplication(reader, reader.insert(other).generation)).toBe('no');
  expect(await selectDesfireApplication(reader, reader.insert(new DesfireCard({ name: 'empty', uid: UID })).generation)).toBe('no');
  const { generation } = reader.insert(new TownCard().card);
  expect(await selectDesfireApplication(reader, generation)).toBe('yes');
  expect(Buffer.from(reader.sent[0]!).toString('hex').toUpperCase()).toBe('00A4040C08F04B415A41535531');
  reader.remove();
  expect(await selectDesfireApplication(reader, generation)).toBe('card-moved');
  reader.unplug();
  expect(await selectDesfireApplication(reader, generation)).toBe('reader-lost');
});
