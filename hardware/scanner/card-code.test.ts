/** The code on a paper card. The examples were made by another program from the text of BIP-350. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBech32m } from './bech32m.ts';
import { CARD_CODE_LENGTH, readCardCode, writeCardCode } from './card-code.ts';

const EXAMPLES: ReadonlyArray<[string, string]> = [
  ['8f3a61d20c5be7940ab1c6d37e52f819', 'KZ1P3UAXR5SVT0NEGZ43CMFHU5HCRYTX90XK'],
  ['000102030405060708090a0b0c0d0e0f', 'KZ1PQQQSYQCYQ5RQWZQFPG9SCRGWPUQ28TK8'],
  ['ffffffffffffffffffffffffffffffff', 'KZ1PLLLLLLLLLLLLLLLLLLLLLLLLLUQJPC3S'],
];
const [[IDENTIFIER, CODE]] = EXAMPLES as [[string, string]];
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const identifiers = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('the code of a paper card', () => {
  it.each(EXAMPLES)('of %s is %s', (identifier, code) => {
    expect(writeCardCode(bytes(identifier))).toBe(code);
    expect(readCardCode(code)).toEqual({ kind: 'card', identifier: bytes(identifier) });
  });

  it('fits into the alphanumeric mode of a QR code of version 2, whatever its identifier', () => {
    fc.assert(
      fc.property(identifiers, (identifier) => {
        const code = writeCardCode(identifier);
        expect(code).toMatch(/^[0-9A-Z]{36}$/);
        expect(code).toHaveLength(CARD_CODE_LENGTH);
        expect(code.slice(3)).not.toMatch(/[1BIO]/);
        expect(readCardCode(code)).toEqual({ kind: 'card', identifier });
      }),
    );
  });

  it('is read in small letters too, as a scanner with its capitals turned round sends it', () => {
    expect(readCardCode(CODE.toLowerCase())).toEqual({ kind: 'card', identifier: bytes(IDENTIFIER) });
  });

  it('belongs to an identifier of 16 bytes and no other', () => {
    expect(() => writeCardCode(bytes('0011223344556677'))).toThrow(/16 bytes/);
  });
});

describe('a code that is damaged', () => {
  it.each([
    ['cut off', CODE.slice(0, 20)],
    ['cut off behind its beginning', CODE.slice(0, 3)],
    ['read twice in one line', CODE + CODE],
    ['one character longer', `${CODE}Q`],
    ['with a blank', `${CODE} `],
    ['partly in small letters', CODE.slice(0, 10) + CODE.slice(10).toLowerCase()],
    ['with a letter no code has', CODE.replace('X', 'B')],
  ])('%s is worth another try', (_, text) => {
    expect(readCardCode(text)).toEqual({ kind: 'damaged' });
  });

  it('by a single character anywhere is never another card', () => {
    fc.assert(
      fc.property(identifiers, fc.integer({ min: 0, max: CARD_CODE_LENGTH - 1 }), fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'), (identifier, place, character) => {
        const code = writeCardCode(identifier);
        fc.pre(code[place] !== character);
        expect(readCardCode(code.slice(0, place) + character + code.slice(place + 1)).kind).not.toBe('card');
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a code that is no card', () => {
  it.each([
    ['a page', 'https://www.town.tomamae.lg.jp/'],
    ['a contact', 'MECARD:N:SUZUKI;;'],
    ['a product', '4901234567894'],
    ['the number on a My Number card', '123456789018'],
    ['another Bech32m text', 'split1checkupstagehandshakeupstreamerranterredcaperredlc445v'],
    ['Japanese in bytes', Buffer.from('苫前町のお知らせ').toString('latin1')],
    ['nothing', ''],
  ])('%s is foreign', (_, text) => {
    expect(readCardCode(text)).toEqual({ kind: 'foreign' });
  });

  const symbols = [...new Array<number>(26).fill(0)];
  it.each([
    ['a version that is not known here', { prefix: 'kz', symbols: [2, ...symbols] }],
    ['a longer identifier', { prefix: 'kz', symbols: [1, ...symbols, 0] }],
    ['an identifier with bits to spare', { prefix: 'kz', symbols: [1, ...symbols.slice(1), 1] }],
    ['nothing in it', { prefix: 'kz', symbols: [] }],
    ['a longer prefix', { prefix: 'kz1q', symbols: [1, ...symbols] }],
  ])('with right check characters but %s is foreign: reading it again would not help', (_, code) => {
    expect(readCardCode(encodeBech32m(code))).toEqual({ kind: 'foreign' });
  });

  it('is told apart from any other text without a fault', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readCardCode(text).kind).not.toBe('card');
        expect(['damaged', 'foreign']).toContain(readCardCode(`KZ1${text}`).kind);
      }),
    );
  });
});
