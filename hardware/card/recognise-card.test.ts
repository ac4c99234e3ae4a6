import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CardPresence, CardReader, TransmitResult } from '../reader/card-reader.ts';
import { virtualCardOf, type VirtualCard } from '../simulator/virtual-card.ts';
import { recogniseCard, type RecogniseOptions } from './recognise-card.ts';

type Present = Extract<CardPresence, { kind: 'present' }>;
const ASK = 'FFCA000000';
const PAYMENT = '00A404000E325041592E5359532E444446303100';
const TOWN = '00A4040C08F04B415A41535531';
const JPKI = '00A4040C0AD392F000260100000001';
const ISO_ATR = '3B8180018080';

/** A reader that gives the answers of a script, or of a virtual card, and remembers every command. */
class ScriptedReader implements CardReader {
  readonly sent: string[] = [];
  present: CardPresence;
  readonly #answer: (command: Uint8Array, index: number) => Uint8Array | TransmitResult;

  constructor(atr: string, answer: (command: Uint8Array, index: number) => Uint8Array | TransmitResult) {
    this.present = { kind: 'present', generation: 7, reader: 'scripted', atr: Uint8Array.from(Buffer.from(atr, 'hex')), arrivedAt: 0 };
    this.#answer = answer;
  }
  status() {
    return { kind: 'ready', readers: ['scripted'] } as const;
  }
  presence() {
    return this.present;
  }
  onChange() {
    return () => undefined;
  }
  async transmit(generation: number, command: Uint8Array): Promise<TransmitResult> {
    if (this.present.kind !== 'present' || this.present.generation !== generation) return { kind: 'card-moved' };
    this.sent.push(Buffer.from(command).toString('hex').toUpperCase());
    const answer = this.#answer(command, this.sent.length - 1);
    return answer instanceof Uint8Array ? { kind: 'answered', response: answer } : answer;
  }
  async connect() {
    return 'connected' as const;
  }
  async disconnect() {}
  async close() {}
}

const withCard = (card: VirtualCard) => new ScriptedReader(Buffer.from(card.atr).toString('hex'), (command) => card.respond(command));
const withAnswers = (atr: string, ...answers: (string | TransmitResult)[]) =>
  new ScriptedReader(atr, (_command, index) => {
    const answer = answers[index];
    if (answer === undefined) throw new Error('one command too many');
    return typeof answer === 'string' ? Uint8Array.from(Buffer.from(answer, 'hex')) : answer;
  });
const OPTIONS: RecogniseOptions = {
  cardKeys: { keysOf: async () => ({ kind: 'not-here' }) },
  pocketNames: () => [],
  profileOf: () => undefined,
  random: (bytes) => new Uint8Array(bytes),
};
const recognise = (reader: ScriptedReader) => recogniseCard(reader, reader.present as Present, OPTIONS);

test('a storage card is asked for its identifier at once, and for nothing else', async () => {
  const reader = withCard(virtualCardOf({ name: 'hanako', model: 'identifier', uid: '0114B34A5F2C1D00' }));
  const card = await recognise(reader);
  expect(card.kind === 'stored-value' && Buffer.from(card.card.identifier).toString('hex')).toBe('0114b34a5f2c1d00');
  expect(reader.sent).toEqual([ASK]);
});

test('a card with applications that is neither payment nor My Number gives its identifier after both were tried', async () => {
  const reader = withCard(virtualCardOf({ name: 'taro', model: 'iso-identifier', uid: '04A1B2C3D4E5F6' }));
  expect((await recognise(reader)).kind).toBe('stored-value');
  expect(reader.sent).toEqual([TOWN, PAYMENT, JPKI, ASK]);
});

test('a bank card is asked whether it is the town’s and whether it is a bank card, and nothing more', async () => {
  const card = virtualCardOf({ name: 'bank', model: 'payment', uid: '04112233445566' });
  const reader = withCard(card);
  expect(await recognise(reader)).toEqual({ kind: 'payment' });
  expect(reader.sent).toEqual([TOWN, PAYMENT]);
  expect(card.alarms).toEqual([]);
});

test.each(['6117', '6283', '6F009000'])('a card that answers %s to the payment directory is a bank card', async (answer) => {
  const reader = withAnswers(ISO_ATR, '6A82', answer);
  expect(await recognise(reader)).toEqual({ kind: 'payment' });
});

test('a My Number card is recognised by its application; its identifier is never asked', async () => {
  const card = virtualCardOf({ name: 'mynumber', model: 'my-number', uid: '00000000' });
  const reader = withCard(card);
  expect(await recognise(reader)).toEqual({ kind: 'my-number' });
  expect(reader.sent).toEqual([TOWN, PAYMENT, JPKI]);
  expect(card.alarms).toEqual([]);
});

test.each([
  ['a random four-byte identifier', '3B8F8001804F0CA000000306030001000000006A', ['081122339000']],
  ['an identifier of an odd length', '3B8F8001804F0CA000000306030001000000006A', ['11223344559000']],
  ['no identifier', '3B8F8001804F0CA000000306030001000000006A', ['9000']],
  ['zeros', '3B8F8001804F0CA000000306030001000000006A', ['000000000000009000']],
  ['a refusal', '3B8F8001804F0CA000000306030001000000006A', ['6A81']],
  ['a warning that the answer is cut', '3B8F8001804F0CA000000306030001000000006A', ['112233446282']],
  ['four bytes of a type B card', '3B888001004B51FF0081D100BC', ['6A82', '6A82', '6A82', '112233449000']],
])('%s is not recognised', async (_what, atr, answers) => {
  expect(await recognise(withAnswers(atr, ...answers))).toEqual({ kind: 'unrecognised' });
});

test.each([0, 1, 2, 3])('a card that leaves during command %i is sent nothing more', async (index) => {
  for (const kind of ['card-moved', 'reader-lost'] as const) {
    const reader = withAnswers(ISO_ATR, ...['6A82', '6A82', '6A82'].slice(0, index), { kind });
    expect(await recognise(reader)).toEqual({ kind });
    expect(reader.sent).toHaveLength(index + 1);
  }
});

const sameAnswer = (bytes: Uint8Array, status: string) => Buffer.from(bytes).subarray(-2).equals(Buffer.from(status, 'hex')) && bytes.length >= 2;

test('whatever a card answers: after an application is found, or after a non-answer, it is sent nothing more', async () => {
  const answer = fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.constantFrom('9000', '6A82', '6110', '6D00').map((text) => Uint8Array.from(Buffer.from(text, 'hex'))));
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { minLength: 4, maxLength: 4 }), async (answers) => {
      const reader = new ScriptedReader(ISO_ATR, (_command, index) => answers[index]!);
      const card = await recognise(reader);
      const town = sameAnswer(answers[0]!, '9000');
      expect(reader.sent).toEqual((town ? [TOWN, ASK] : [TOWN, PAYMENT, JPKI, ASK]).slice(0, reader.sent.length));
      const stoppedAt = card.kind === 'payment' ? 2 : card.kind === 'my-number' ? 3 : reader.sent.length;
      expect(reader.sent).toHaveLength(stoppedAt);
      for (const [index, bytes] of town ? [] : answers.slice(0, Math.min(3, reader.sent.length - 1)).entries()) {
        const sw1 = bytes.at(-2) ?? 0;
        // Ours must be selected without a doubt; another's is found by any sign of it.
        expect([index, bytes.length >= 2 && sw1 >= (index === 0 ? 0x61 : 0x64)]).toEqual([index, true]);
      }
    }),
  );
});

test('the plain identifier profile claims nothing: no value on the card, no proof, not genuine', async () => {
  const reader = withCard(virtualCardOf({ name: 'guest', model: 'identifier', uid: '11223344' }));
  const recognised = await recognise(reader);
  if (recognised.kind !== 'stored-value') throw new Error(recognised.kind);
  const { card } = recognised;
  expect(card.profile).toBe('plain-identifier');
  expect(card.capabilities).toEqual({ valueOnCard: false, offlineProof: false, authenticated: false });
  expect(await card.read()).toEqual({ kind: 'read', pockets: new Map(), counter: null });
  expect(await card.history()).toEqual({ kind: 'read', operations: [] });
  const movements = [{ pocket: 'p', kind: 'credit', amount: 1 }] as const;
  expect(await card.apply({ operationId: 'operation', movements })).toEqual({ kind: 'committed', evidence: { kind: 'none' } });
  expect(await card.settle('operation', null)).toEqual({ kind: 'not-committed' });
});

test('value leaves through a plain identifier only when staff agree, and nothing is even sent without them', async () => {
  const reader = withCard(virtualCardOf({ name: 'guest', model: 'identifier', uid: '11223344' }));
  const recognised = await recognise(reader);
  if (recognised.kind !== 'stored-value') throw new Error(recognised.kind);
  const sent = reader.sent.length;
  const movements = [{ pocket: 'p', kind: 'credit', amount: 5 }, { pocket: 'q', kind: 'debit', amount: 5 }] as const;
  expect(await recognised.card.apply({ operationId: 'o', movements })).toEqual({ kind: 'not-committed', why: 'needs-staff' });
  expect(reader.sent).toHaveLength(sent);
  expect((await recognised.card.apply({ operationId: 'o', movements, approval: 'staff' })).kind).toBe('committed');
});

const NOTHING = { operationId: 'o', movements: [] } as const;

test('nothing is applied when the card left, another one answers, or the answer is lost', async () => {
  const uids = ['112233449000', '556677889000', { kind: 'reader-lost' } as const, '6A81'];
  const reader = withAnswers('3B8F8001804F0CA000000306030001000000006A', ...uids);
  const recognised = await recognise(reader);
  if (recognised.kind !== 'stored-value') throw new Error(recognised.kind);
  expect(await recognised.card.apply(NOTHING)).toEqual({ kind: 'not-committed', why: 'card-moved' });
  expect(await recognised.card.apply(NOTHING)).toEqual({ kind: 'not-committed', why: 'reader-lost' });
  expect(await recognised.card.apply(NOTHING)).toEqual({ kind: 'not-committed', why: 'refused' });
  reader.present = { kind: 'none' };
  expect(await recognised.card.apply(NOTHING)).toEqual({ kind: 'not-committed', why: 'card-moved' });
  expect(await recognised.card.read()).toEqual({ kind: 'card-moved' });
  expect(reader.sent).toHaveLength(4);
});
