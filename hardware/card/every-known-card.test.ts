/** Every answer to reset that pcsc-tools knows: none may crash the kiosk, and none may be taken for a card that it is not. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test, type TestContext } from 'vitest';
import type { CardPresence, CardReader, TransmitResult } from '../reader/card-reader.ts';
import { historicalBytes, isStorageCard, mayBeTypeB } from './answer-to-reset.ts';
import { recogniseCard } from './recognise-card.ts';

const LIST = '/usr/share/pcsc/smartcard_list.txt';

interface KnownCard {
  readonly atr: Uint8Array;
  readonly names: string;
}

/** What stands in the list for any digit is filled with each of these; a choice of digits becomes its first or its last. */
const SAMPLE_DIGITS = ['0', '7', 'F'] as const;

function knownCards(context: TestContext): KnownCard[] {
  if (!existsSync(LIST)) context.skip(`${LIST} is missing: apt-get install pcsc-tools`);
  const cards: KnownCard[] = [];
  for (const entry of readFileSync(LIST, 'utf8').split(/\n\s*\n/)) {
    const lines = entry.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const names = lines.filter((line) => line.startsWith('\t')).join(' ');
    for (const mask of lines.filter((line) => /^[0-9A-F.]{2} /.test(line))) {
      const samples = new Set(SAMPLE_DIGITS.map((digit) => filled(mask, digit)));
      for (const sample of samples) cards.push({ atr: Uint8Array.from(Buffer.from(sample, 'hex')), names });
    }
  }
  return cards;
}

function filled(mask: string, digit: string): string {
  const hex = mask
    .replaceAll('.*', `${digit}${digit}`)
    .replaceAll('.', digit)
    .replaceAll(/\[([0-9A-F])[^\]]*?([0-9A-F])\]/g, digit === 'F' ? '$2' : '$1')
    .replaceAll(' ', '');
  if (!/^([0-9A-F]{2})+$/.test(hex)) throw new Error(`Not an answer to reset: ${mask}`);
  return hex;
}

/** A reader whose card says the same to everything. */
class StubbornReader implements CardReader {
  readonly #presence: Extract<CardPresence, { kind: 'present' }>;
  readonly #answer: Uint8Array;

  constructor(atr: Uint8Array, answer: Uint8Array) {
    this.#presence = { kind: 'present', generation: 1, reader: 'stubborn', atr, arrivedAt: 0 };
    this.#answer = answer;
  }
  status() {
    return { kind: 'ready', readers: ['stubborn'] } as const;
  }
  presence() {
    return this.#presence;
  }
  onChange() {
    return () => undefined;
  }
  async transmit(): Promise<TransmitResult> {
    return { kind: 'answered', response: this.#answer };
  }
  async connect() {
    return 'connected' as const;
  }
  async disconnect() {}
  async close() {}
}

const OPTIONS = {
  cardKeys: { keysOf: async () => ({ kind: 'unknown-card' }) as const },
  pocketNames: () => [],
  profileOf: () => undefined,
  random: (bytes: number) => new Uint8Array(bytes),
};

test('every answer to reset of the list is taken apart without reading beyond it', (context) => {
  const cards = knownCards(context);
  expect(cards.length).toBeGreaterThan(4_000);
  for (const { atr } of cards) {
    const historical = historicalBytes(atr);
    if (!historical) continue;
    expect(historical.length).toBe(atr[1]! & 0x0f);
    expect(Buffer.from(atr).indexOf(historical)).toBeGreaterThanOrEqual(0);
  }
});

test('only what bears the mark of PC/SC is a storage card, and no storage card is taken for type B', (context) => {
  const storage = knownCards(context).filter(({ atr }) => isStorageCard(atr));
  expect(storage.length).toBeGreaterThan(50);
  for (const { atr, names } of storage) {
    expect([names, Buffer.from(atr).toString('hex').slice(6, 24)]).toEqual([names, '01804f0ca000000306']);
    expect([names, mayBeTypeB(atr)]).toEqual([names, false]);
    expect(names).not.toMatch(/jpki|mynumber|個人番号|visa|mastercard|\(bank\)/i);
  }
  expect(storage.filter(({ names }) => /felica/i.test(names)).length).toBeGreaterThan(0);
});

test.for(['6A82', '6D00', '6E00'])('a card that answers %s to everything is nobody, whatever its answer to reset', async (status, context) => {
  const cards = knownCards(context);
  const answer = Uint8Array.from(Buffer.from(status, 'hex'));
  expect(cards.length).toBeGreaterThan(4_000);
  for (const { atr, names } of cards) {
    const reader = new StubbornReader(atr, answer);
    expect([names, await recogniseCard(reader, reader.presence(), OPTIONS)]).toEqual([names, { kind: 'unrecognised' }]);
  }
});
