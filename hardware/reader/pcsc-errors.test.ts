import { expect, test } from 'vitest';
import { pcscCode, pcscFailure } from './pcsc-errors.ts';

const error = (code: string) => new Error(`SCardTransmit error: Some text.(0x${code})`);

test('the code is the one at the end of the text, also sign-extended to 64 bits', () => {
  expect(pcscCode(error('80100069'))).toBe(0x80100069);
  expect(pcscCode(error('ffffffff80100069'))).toBe(0x80100069);
  expect(pcscCode(new Error('Card Reader not connected'))).toBeUndefined();
});

test.each([
  ...['80100069', '80100068', '80100016', '8010000c', '80100067', '80100066', '8010000f'].map((code) => [code, 'card-moved']),
  ...['80100017', '80100009', '8010001d', '8010001e'].map((code) => [code, 'reader-lost']),
  ['8010000b', 'in-use'],
  ['80100001', 'reader-lost'],
])('%s means %s', (code, failure) => {
  expect(pcscFailure(error(code))).toBe(failure);
});
