import { expect, test } from 'vitest';
import { diversifiedKey } from './diversification.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const MASTER = bytes('00112233445566778899AABBCCDDEEFF');

test('the key of a card is that of AN10922', () => {
  const key = diversifiedKey(MASTER, bytes('04782E21801D803042F54E585020416275'));
  expect(Buffer.from(key).toString('hex')).toBe('a8dd63a3b89d54b37ca802473fda9175');
});

test.each([15, 32])('an input of %i bytes, which AN10922 would pad otherwise, is refused', (length) => {
  expect(() => diversifiedKey(MASTER, new Uint8Array(length))).toThrow(RangeError);
});
