/** Bech32m against the examples of BIP-350, and the errors it promises to find. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBech32m, encodeBech32m } from './bech32m.ts';

const RIGHT = [
  'A1LQFN3A',
  'a1lqfn3a',
  'an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6',
  'abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx',
  '11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8',
  'split1checkupstagehandshakeupstreamerranterredcaperredlc445v',
  '?1v759aa',
];
const WRONG: ReadonlyArray<[string, string]> = [
  ['\u00201xj0phk', 'a blank in the prefix'],
  ['an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6pts4', 'longer than 90'],
  ['qyrz8wqd2c9m', 'without a separator'],
  ['1qyrz8wqd2c9m', 'without a prefix'],
  ['y1b0jsk6g', 'a character that is none'],
  ['in1muywd', 'too few check characters'],
  ['M1VUXWEZ', 'a check made over capitals'],
  ['A1lqfn3a', 'capitals and small letters mixed'],
  ['A12UEL5L', 'the older check of BIP-173'],
];

describe('Bech32m', () => {
  it.each(RIGHT)('reads %s and writes it again', (text) => {
    const decoded = decodeBech32m(text);
    expect(decoded && encodeBech32m(decoded)).toBe(text.toLowerCase());
  });

  it.each(WRONG)('refuses %j: %s', (text) => {
    expect(decodeBech32m(text)).toBeUndefined();
  });

  it('finds every error in up to four places', () => {
    const symbol = fc.integer({ min: 0, max: 31 });
    const errors = fc.uniqueArray(fc.record({ place: fc.integer({ min: 0, max: 32 }), by: fc.integer({ min: 1, max: 31 }) }), {
      selector: ({ place }) => place,
      minLength: 1,
      maxLength: 4,
    });
    const characters = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
    fc.assert(
      fc.property(fc.array(symbol, { minLength: 27, maxLength: 27 }), errors, (symbols, wrong) => {
        const text = [...encodeBech32m({ prefix: 'kz', symbols })];
        for (const { place, by } of wrong) text[3 + place] = characters[(characters.indexOf(text[3 + place] ?? '') + by) % 32] ?? '';
        expect(decodeBech32m(text.join(''))).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
  });

  it('writes no symbol above 31', () => {
    expect(() => encodeBech32m({ prefix: 'kz', symbols: [32] })).toThrow(/from 0 to 31/);
  });
});
