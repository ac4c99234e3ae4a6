import { beforeEach, describe, expect, test } from 'vitest';
import { DirectReader, type Tear } from '../../simulator/direct-reader.ts';
import { HeldFelicaKeys, STYLE_OF, random } from '../../simulator/felica-lite-s/issued-card.ts';
import { VIRTUAL_READER_STYLES, type VirtualReaderStyle } from '../../simulator/felica-lite-s/reader-front.ts';
import { FelicaLiteSCard as VirtualFelicaCard } from '../../simulator/virtual-card-felica-lite-s.ts';
import type { VirtualCard } from '../../simulator/virtual-card.ts';
import { felicaLiteSCard } from './felica-lite-s-card.ts';
import { issueFelicaLiteS } from './issue-felica-lite-s.ts';

const IDM = Uint8Array.of(0x01, 0x2e, 0x41, 0x28, 0x72, 0x8c, 0x7e, 0x8b);
const KEY = Uint8Array.from(Buffer.from('00112233445566778899aabbccddeeff', 'hex'));
const TEARS: readonly Tear[] = ['command-lost', 'answer-lost', 'answer-garbled'];
const MC_PLACE = 21 * 16;
const LOCK = MC_PLACE + 2;

let reader: DirectReader;
let keys: HeldFelicaKeys;

beforeEach(() => {
  reader = new DirectReader();
  keys = new HeldFelicaKeys();
  keys.hold(IDM, { kind: 'keys', keys: { profile: 'felica-lite-s', version: 1, card: KEY } });
});

const blank = (readerStyle: VirtualReaderStyle = 'acr125x') => new VirtualFelicaCard('blank', IDM, { readerStyle });
const isLocked = (card: VirtualFelicaCard) => card.exportMemory()[LOCK] === 0x00;
const issue = (on: VirtualCard, readerStyle: VirtualReaderStyle = 'acr125x') =>
  issueFelicaLiteS(reader, reader.insert(on), IDM, keys, { style: STYLE_OF[readerStyle], random });
const counterOf = async (card: VirtualFelicaCard, readerStyle: VirtualReaderStyle = 'acr125x') => {
  const read = await felicaLiteSCard(reader, reader.insert(card), IDM, keys, { style: STYLE_OF[readerStyle], random, pockets: [] }).read();
  return read.kind === 'read' ? read.counter : read.kind;
};
/** Issues a card with the command `index` torn. @returns how many commands were sent */
async function torn(card: VirtualFelicaCard, readerStyle: VirtualReaderStyle, index: number, tear: Tear): Promise<number> {
  reader.sent.length = 0;
  reader.tear = (at) => (at === index ? tear : undefined);
  await issue(card, readerStyle);
  reader.tear = undefined;
  return reader.sent.length;
}

test('a blank card becomes one of ours: marked, locked, with an empty mirror and a write counter of its own', async () => {
  const card = blank();
  expect(await issue(card)).toEqual({ kind: 'issued' });
  expect(await counterOf(card)).toBe(0);
  const memory = Buffer.from(card.exportMemory());
  expect(memory.subarray(15 * 16, 16 * 16).toString('hex')).toBe(`${Buffer.from(IDM).toString('hex')}0000${Buffer.from('KAZASU').toString('hex')}`);
  expect(memory.subarray(MC_PLACE, MC_PLACE + 16).toString('hex')).toBe('ff3f000007010000' + '0000ff3f01000000');
  expect(memory.subarray(22 * 16, 23 * 16).toString('hex')).toBe('0'.repeat(32));
});

test('issued again it is left as it is', async () => {
  const card = blank();
  await issue(card);
  const before = card.exportMemory();
  expect(await issue(card)).toEqual({ kind: 'issued' });
  expect(card.exportMemory()).toEqual(before);
});

test('a card that was locked with another key is not blank, and is not touched', async () => {
  const card = blank();
  await issue(card);
  const before = card.exportMemory();
  keys.hold(IDM, { kind: 'keys', keys: { profile: 'felica-lite-s', version: 1, card: KEY.toReversed() } });
  expect(await issue(card)).toEqual({ kind: 'not-blank' });
  expect(card.exportMemory()).toEqual(before);
});

test('what an earlier owner left on an open card is gone', async () => {
  const card = blank();
  for (let block = 0; block < 14; block += 1) card.chip.damage(block, new Uint8Array(16).fill(0x55));
  expect(await issue(card)).toEqual({ kind: 'issued' });
  expect(card.exportMemory().slice(2 * 16, 14 * 16).every((byte) => byte === 0)).toBe(true);
  expect(await counterOf(card)).toBe(0);
});

/** A card of which one block does not take what is written into it. */
function deaf(card: VirtualFelicaCard, block: number): VirtualCard {
  const answer = Uint8Array.of(0x0c, 0x09, ...IDM, 0x00, 0x00, 0x90, 0x00);
  const respond = (command: Uint8Array) => (command[6] === 0x08 && command[20] === block ? answer : card.respond(command));
  return { name: card.name, atr: card.atr, alarms: [], powerOn: () => undefined, powerOff: () => card.powerOff(), reset: () => undefined, respond };
}

test.each([
  ['the key', 0x87],
  ['the key version', 0x86],
  ['the mark', 0x82],
  ['the mirror', 0x00],
])('a card that says it took %s and did not is never locked', async (_what, block) => {
  const card = blank();
  expect(await issue(deaf(card, block))).toEqual({ kind: 'refused' });
  expect(isLocked(card)).toBe(false);
});

test('a card that does not take the lock is not called issued', async () => {
  const card = blank();
  expect(await issue(deaf(card, 0x88))).toEqual({ kind: 'refused' });
});

test('a card without a key here is not touched', async () => {
  keys.hold(IDM, { kind: 'not-here' });
  expect(await issue(blank())).toEqual({ kind: 'no-key', why: 'not-here' });
  expect(reader.sent).toEqual([]);
});

test('a key version that no card can hold is a bug of the caller', async () => {
  keys.hold(IDM, { kind: 'keys', keys: { profile: 'felica-lite-s', version: 0, card: KEY } });
  await expect(issue(blank())).rejects.toThrow(RangeError);
});

describe.each(VIRTUAL_READER_STYLES)('through an %s', (style) => {
  test('torn at any command it can be finished, and is never locked without its key', async () => {
    const length = await torn(blank(style), style, -1, 'answer-lost');
    for (const tear of TEARS) {
      for (let index = 0; index < length; index += 1) {
        const card = blank(style);
        await torn(card, style, index, tear);
        if (isLocked(card)) expect([tear, index, await counterOf(card, style)]).toEqual([tear, index, 0]);
        expect([tear, index, await issue(card, style)]).toEqual([tear, index, { kind: 'issued' }]);
        expect(await counterOf(card, style)).toBe(0);
      }
    }
  });
});

test('torn twice at any two commands it can still be finished', async () => {
  const length = await torn(blank(), 'acr125x', -1, 'answer-lost');
  let cases = 0;
  for (let first = 0; first < length; first += 1) {
    const halfDone = blank();
    // A command that was lost leaves the card as the answer before it that was lost does.
    await torn(halfDone, 'acr125x', first, 'answer-lost');
    const memory = halfDone.exportMemory();
    for (const tear of ['answer-lost', 'answer-garbled'] as const) {
      for (let second = 0; second < length; second += 1) {
        const card = blank();
        card.importMemory(memory);
        const sent = await torn(card, 'acr125x', second, tear);
        if ((await issue(card)).kind !== 'issued') throw new Error(`Torn at ${first}, then ${tear} at ${second}`);
        cases += 1;
        if (sent <= second) break;
      }
    }
  }
  expect(cases).toBeGreaterThan(500);
});
