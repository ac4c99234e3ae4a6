/** Every command of every operation is torn in every way, and what comes of it is compared with what the card really holds. */
import { expect, test } from 'vitest';
import { DirectReader, type Tear } from '../../simulator/direct-reader.ts';
import { STYLE_OF, issuedFelicaCard, random, type HeldFelicaKeys } from '../../simulator/felica-lite-s/issued-card.ts';
import { VIRTUAL_READER_STYLES, type VirtualReaderStyle } from '../../simulator/felica-lite-s/reader-front.ts';
import type { FelicaLiteSCard as VirtualFelicaCard } from '../../simulator/virtual-card-felica-lite-s.ts';
import type { ApplyOutcome, CardOperation, SettleOutcome } from '../stored-value.ts';
import { felicaLiteSCard, type FelicaLiteSCard } from './felica-lite-s-card.ts';

const IDM = Uint8Array.of(0x01, 0x2e, 0x41, 0x28, 0x72, 0x8c, 0x7e, 0x8b);
const KEY = Uint8Array.from(Buffer.from('00112233445566778899aabbccddeeff', 'hex'));
const TEARS: readonly Tear[] = ['command-lost', 'answer-lost', 'answer-garbled'];
const operation = (number: number): CardOperation => ({
  operationId: `019aa000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`,
  movements: [{ pocket: 'premium-2026', kind: 'credit', amount: 500 }, { pocket: 'points-2026', kind: 'debit', amount: 3 }],
});
/** The card has two operations behind it when the one that is torn comes. */
const BEFORE = 2;
const OURS = operation(BEFORE + 1);
const OTHER = operation(BEFORE + 2);

class Bench {
  readonly reader = new DirectReader();
  readonly #style: VirtualReaderStyle;
  readonly #keys: HeldFelicaKeys;
  readonly #card: VirtualFelicaCard;
  #memory: Uint8Array;

  private constructor(style: VirtualReaderStyle, card: VirtualFelicaCard, keys: HeldFelicaKeys) {
    this.#style = style;
    this.#card = card;
    this.#keys = keys;
    this.#memory = card.exportMemory();
  }

  static async of(style: VirtualReaderStyle): Promise<Bench> {
    const { card, keys } = await issuedFelicaCard(IDM, KEY, style);
    const bench = new Bench(style, card, keys);
    for (let number = 1; number <= BEFORE; number += 1) await bench.tap((laid) => laid.apply(operation(number)));
    bench.#memory = card.exportMemory();
    return bench;
  }

  putBack(memory = this.#memory): void {
    this.reader.remove();
    this.#card.importMemory(memory);
  }

  get memory(): Uint8Array {
    return this.#card.exportMemory();
  }

  /** Lays the card down, does `work` with its command `index` torn, and takes it away. @returns also how many commands were sent */
  async tap<T>(work: (card: FelicaLiteSCard) => Promise<T>, index = -1, tear?: Tear): Promise<{ readonly result: T; readonly sent: number }> {
    const presence = this.reader.insert(this.#card);
    const options = { style: STYLE_OF[this.#style], random, pockets: ['premium-2026', 'points-2026'] };
    const laid = felicaLiteSCard(this.reader, presence, IDM, this.#keys, options);
    this.reader.sent.length = 0;
    this.reader.tear = (at) => (at === index ? tear : undefined);
    const result = await work(laid);
    const sent = this.reader.sent.length;
    this.reader.tear = undefined;
    this.reader.remove();
    return { result, sent };
  }

  /** What the card really holds: the ids of its last two operations, newest first, and the sum of one pocket. */
  async truth(): Promise<{ readonly ids: readonly string[]; readonly sum: number | undefined; readonly counter: number }> {
    const { result: history } = await this.tap((laid) => laid.history());
    const { result: mirror } = await this.tap((laid) => laid.mirror());
    if (history.kind !== 'read' || mirror.kind !== 'mirror') throw new Error(`${history.kind}, ${mirror.kind}`);
    return { ids: history.operations.map(({ operationId }) => operationId), sum: mirror.moved.get('premium-2026'), counter: mirror.counter };
  }
}

const settle = (laid: FelicaLiteSCard) => laid.settle(OURS.operationId, BEFORE);

/** The outcome that holds in the end, after an undisturbed touch if it is needed. */
async function decided(bench: Bench, outcome: ApplyOutcome): Promise<'committed' | 'not-committed'> {
  if (outcome.kind !== 'unknown') return outcome.kind;
  const { result } = await bench.tap(settle);
  if (result.kind !== 'committed' && result.kind !== 'not-committed') throw new Error(`One undisturbed touch did not decide it: ${result.kind}`);
  return result.kind;
}

async function expectExactlyOnceOrNotAtAll(bench: Bench, outcome: ApplyOutcome, what: string): Promise<void> {
  const verdict = await decided(bench, outcome);
  const truth = await bench.truth();
  const happened = verdict === 'committed' ? 1 : 0;
  expect([what, truth.ids.includes(OURS.operationId)]).toEqual([what, happened === 1]);
  expect([what, truth.counter, truth.sum]).toEqual([what, BEFORE + happened, 500 * (BEFORE + happened)]);
}

test.each(VIRTUAL_READER_STYLES)('an operation torn anywhere happens exactly once or not at all, through an %s', async (style) => {
  const bench = await Bench.of(style);
  const { sent: length } = await bench.tap((laid) => laid.apply(OURS));
  const outcomes = new Set<string>();
  for (const tear of TEARS) {
    for (let index = 0; index < length; index += 1) {
      bench.putBack();
      const { result } = await bench.tap((laid) => laid.apply(OURS), index, tear);
      outcomes.add(result.kind);
      if (result.kind === 'not-committed') expect([tear, index, result.why === 'suspect' || result.why === 'no-key']).toEqual([tear, index, false]);
      await expectExactlyOnceOrNotAtAll(bench, result, `${tear} at ${index}`);
      // What was lost in between does not stand in the way of the next operation.
      expect((await bench.tap((laid) => laid.apply(OTHER))).result.kind).toBe('committed');
      expect((await bench.truth()).ids[0]).toBe(OTHER.operationId);
    }
  }
  expect([...outcomes].sort()).toEqual(['committed', 'not-committed', 'unknown']);
});

test.each(VIRTUAL_READER_STYLES)('a torn operation and a torn settlement, and then one touch decides, through an %s', async (style) => {
  const bench = await Bench.of(style);
  const { sent: length } = await bench.tap((laid) => laid.apply(OURS));
  const { sent: settling } = await bench.tap(settle);
  let cases = 0;
  for (const tear of TEARS) {
    for (let index = 0; index < length; index += 1) {
      bench.putBack();
      const { result } = await bench.tap((laid) => laid.apply(OURS), index, tear);
      const memory = bench.memory;
      for (const second of TEARS) {
        for (let at = 0; at < settling; at += 1) {
          bench.putBack(memory);
          const { result: settled } = await bench.tap(settle, at, second);
          const what = `${tear} at ${index}, then ${second} at ${at}`;
          expect([what, settled.kind]).not.toEqual([what, 'suspect']);
          const isDecided = settled.kind === 'committed' || settled.kind === 'not-committed';
          if (isDecided) expect([what, (await bench.tap(settle)).result]).toEqual([what, settled]);
          await expectExactlyOnceOrNotAtAll(bench, result, what);
          cases += 1;
        }
      }
    }
  }
  expect(cases).toBeGreaterThan(300);
});

test.each(VIRTUAL_READER_STYLES)('another operation in between leaves what is known of a torn one known, through an %s', async (style) => {
  const bench = await Bench.of(style);
  const { sent: length } = await bench.tap((laid) => laid.apply(OURS));
  for (const tear of TEARS) {
    for (let index = 0; index < length; index += 1) {
      bench.putBack();
      await bench.tap((laid) => laid.apply(OURS), index, tear);
      const happened = (await bench.truth()).ids.includes(OURS.operationId);
      await bench.tap((laid) => laid.apply(OTHER));
      const { result } = await bench.tap(settle);
      expect([tear, index, result.kind]).toEqual([tear, index, happened ? 'committed' : 'not-committed']);
    }
  }
});

test.each(VIRTUAL_READER_STYLES)('reading torn anywhere changes nothing and never makes a card suspect, through an %s', async (style) => {
  const bench = await Bench.of(style);
  bench.putBack();
  const before = bench.memory;
  for (const work of ['read', 'history', 'mirror'] as const) {
    const { sent: length } = await bench.tap((laid): Promise<unknown> => laid[work]());
    for (const tear of TEARS) {
      for (let index = 0; index < length; index += 1) {
        const { result } = await bench.tap(async (laid) => (await laid[work]()).kind, index, tear);
        const expected = work === 'mirror' ? 'mirror' : 'read';
        expect([expected, 'card-moved']).toContain(result);
        expect(bench.memory).toEqual(before);
      }
    }
  }
});

test('until the deciding write is sent nothing is in doubt, and from then on nothing is called undone', async () => {
  const bench = await Bench.of('acr125x');
  const { sent: length } = await bench.tap((laid) => laid.apply(OURS));
  // The last command asks the card what became of it; the one before is the deciding write.
  const deciding = length - 2;
  for (const tear of ['command-lost', 'answer-lost'] as const) {
    for (let index = 0; index < length; index += 1) {
      bench.putBack();
      const { result } = await bench.tap((laid) => laid.apply(OURS), index, tear);
      expect([tear, index, result.kind]).toEqual([tear, index, index < deciding ? 'not-committed' : 'unknown']);
    }
  }
});

test('a block that lost its power half written is no slot, and the slot before still holds', async () => {
  const bench = await Bench.of('acr125x');
  const { sent: length } = await bench.tap((laid) => laid.apply(OURS));
  let halves = 0;
  for (let index = 0; index < length; index += 1) {
    bench.putBack();
    const { result } = await bench.tap((laid) => laid.apply(OURS), index, 'command-lost');
    const command = bench.reader.sent[index]!;
    // A write of one block and MAC_A; its data begins after the frame's head and the list of two blocks.
    if (command[6] !== 0x08 || command[18] !== 2) continue;
    const memory = bench.memory;
    memory.set(command.slice(23, 31), command[20]! * 16);
    bench.putBack(memory);
    await expectExactlyOnceOrNotAtAll(bench, result, `half a block at ${index}`);
    const settled: SettleOutcome = (await bench.tap(settle)).result;
    expect(settled.kind).toBe('not-committed');
    halves += 1;
  }
  expect(halves).toBe(4);
});
