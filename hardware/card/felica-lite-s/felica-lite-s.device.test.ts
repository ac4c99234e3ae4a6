/** The FeliCa Lite-S card through the real pcscd: issued, proved, written, torn and settled. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CardPresence, CardReader } from '../../reader/card-reader.ts';
import { createPcscCardReader } from '../../reader/pcsc-card-reader.ts';
import { HeldFelicaKeys, STYLE_OF, random } from '../../simulator/felica-lite-s/issued-card.ts';
import { VIRTUAL_READER_STYLES, type VirtualReaderStyle } from '../../simulator/felica-lite-s/reader-front.ts';
import { PrivatePcscd } from '../../simulator/private-pcscd.ts';
import { FelicaLiteSCard as VirtualFelicaCard } from '../../simulator/virtual-card-felica-lite-s.ts';
import { VirtualReader } from '../../simulator/virtual-reader.ts';
import { askIdentifier } from '../plain-identifier.ts';
import type { CardOperation } from '../stored-value.ts';
import { felicaLiteSCard } from './felica-lite-s-card.ts';
import { issueFelicaLiteS } from './issue-felica-lite-s.ts';

type Present = Extract<CardPresence, { kind: 'present' }>;
const IDM = Uint8Array.of(0x01, 0x2e, 0x41, 0x28, 0x72, 0x8c, 0x7e, 0x8b);
const operation = (number: number): CardOperation => ({
  operationId: `019aa000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`,
  movements: [{ pocket: 'premium-2026', kind: 'credit', amount: 5000 }],
});
const keys = new HeldFelicaKeys();
keys.hold(IDM, { kind: 'keys', keys: { profile: 'felica-lite-s', version: 1, card: random(16) } });

let pcscd: PrivatePcscd;
let virtual: VirtualReader;
let reader: CardReader;

beforeAll(async () => {
  pcscd = new PrivatePcscd();
  await pcscd.start();
  virtual = new VirtualReader();
  reader = createPcscCardReader({ allow: () => true });
});
afterAll(async () => {
  virtual.remove();
  await reader.close();
  await pcscd.close();
});

/** Waits until the presence is as wanted. */
async function presence<T extends CardPresence>(wanted: (now: CardPresence) => now is T): Promise<T> {
  return new Promise((resolve) => {
    const look = () => {
      const now = reader.presence();
      if (!wanted(now)) return;
      stop();
      resolve(now);
    };
    const stop = reader.onChange(look);
    look();
  });
}
let last = 0;
async function present(): Promise<Present> {
  const card = await presence((now): now is Present => now.kind === 'present' && now.generation > last);
  last = card.generation;
  return card;
}
async function lay(card: VirtualFelicaCard): Promise<Present> {
  virtual.insert(card);
  return present();
}
async function take(): Promise<void> {
  virtual.remove();
  await presence((now): now is CardPresence & { kind: 'none' } => now.kind === 'none');
}
const cardAt = (at: Present, style: VirtualReaderStyle) =>
  felicaLiteSCard(reader, at, IDM, keys, { style: STYLE_OF[style], random, pockets: ['premium-2026'] });

test.each(VIRTUAL_READER_STYLES)('a card is issued, proves itself and takes an operation through pcscd and an %s', async (style) => {
  const card = new VirtualFelicaCard('felica', IDM, { readerStyle: style });
  const first = await lay(card);
  expect(await askIdentifier(reader, first.generation)).toEqual({ kind: 'identifier', identifier: IDM });
  expect(await issueFelicaLiteS(reader, first, IDM, keys, { style: STYLE_OF[style], random })).toEqual({ kind: 'issued' });
  await take();
  const touched = cardAt(await lay(card), style);
  expect(await touched.apply(operation(1))).toMatchObject({ kind: 'committed', evidence: { kind: 'write-counter', counter: 1 } });
  expect(touched.capabilities.authenticated).toBe(true);
  await take();
  const again = cardAt(await lay(card), style);
  expect(await again.read()).toMatchObject({ kind: 'read', counter: 1 });
  expect(await again.history()).toMatchObject({ kind: 'read', operations: [operation(1)] });
  await take();
});

test.each([
  // The fault of a command is armed while the one before it is answered.
  ['lost-command', 3, 'not-committed'],
  ['lost-answer', 4, 'committed'],
] as const)('the deciding write with a %s is unknown, and decided at the next touch', async (fault, armedAt, verdict) => {
  const card = new VirtualFelicaCard('felica', IDM);
  await issueFelicaLiteS(reader, await lay(card), IDM, keys, { style: 'direct', random });
  await take();
  const at = await lay(card);
  // Frames that write a block with MAC_A; the fourth writes the slot's first block.
  let writes = 0;
  virtual.beforeAnswer = (command) => {
    if (command[6] === 0x08 && command[18] === 2 && (writes += 1) === armedAt) virtual.faults.failNext(fault);
  };
  expect(await cardAt(at, 'acr125x').apply(operation(2))).toEqual({ kind: 'unknown' });
  virtual.beforeAnswer = undefined;
  const back = cardAt(await present(), 'acr125x');
  expect((await back.settle(operation(2).operationId, 0)).kind).toBe(verdict);
  await take();
});
