import fc from 'fast-check';
import { expect, test } from 'vitest';
import { historicalBytes, isFelica, isStorageCard, mayBeTypeB } from './answer-to-reset.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

test.each([
  ['FeliCa', '3B8F8001804F0CA00000030611003B0000000042', true],
  ['MIFARE Ultralight', '3B8F8001804F0CA0000003060300030000000068', true],
  ['MIFARE Classic', '3B8F8001804F0CA000000306030001000000006A', true],
  ['FeliCa behind an ACR122U', '3B8F8001804F0CA000000306F011000000008A', true],
  ['ISO-DEP without historical bytes', '3B8180018080', false],
  ['My Number card', '3B888001004B51FF0081D100BC', false],
  ['My Number card by its contacts', '3BE000FF8131FE4514', false],
  ['nothing', '', false],
  ['the mark of a storage card in the wrong place', '3B8F800100804F0CA0000003061100000000', false],
])('%s', (_name, atr, storage) => {
  expect(isStorageCard(bytes(atr))).toBe(storage);
});

test.each([
  ['FeliCa', '3B8F8001804F0CA00000030611003B0000000042', true],
  ['FeliCa behind an ACR122U', '3B8F8001804F0CA000000306F011000000008A', true],
  ['FeliCa at twice the speed behind an ACR122U', '3B8F8001804F0CA000000306F0120000000089', true],
  ['MIFARE Ultralight', '3B8F8001804F0CA0000003060300030000000068', false],
  ['Jewel behind an ACR122U', '3B8F8001804F0CA000000306F004000000009F', false],
  ['a card with applications', '3B8180018080', false],
  ['nothing', '', false],
])('%s is a FeliCa card or not', (_name, atr, felica) => {
  expect(isFelica(bytes(atr))).toBe(felica);
});

test('a type B card is told by its eight historical bytes', () => {
  expect(mayBeTypeB(bytes('3B888001004B51FF0081D100BC'))).toBe(true);
  expect(mayBeTypeB(bytes('3B8180018080'))).toBe(false);
  expect(mayBeTypeB(bytes('3B8F8001804F0CA00000030611003B0000000042'))).toBe(false);
});

test('no bytes whatever make the parser fail or read beyond them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (atr) => {
      expect((historicalBytes(atr) ?? new Uint8Array()).length).toBeLessThanOrEqual(15);
    }),
  );
});
