import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountInWords, grouped } from './amounts.ts';

describe('amounts', () => {
  it('separates the thousands and loses no digit', () => {
    expect([0, 999, 1_000, 13_500, 1_000_000_000].map(grouped)).toEqual(['0', '999', '1,000', '13,500', '1,000,000,000']);
    fc.assert(
      fc.property(fc.nat(1_000_000_000), (amount) => {
        expect(Number(grouped(amount).replaceAll(',', ''))).toBe(amount);
        expect(grouped(amount)).toMatch(/^\d{1,3}(,\d{3})*$/);
      }),
    );
  });

  it('refuses what is not an integer', () => {
    expect(() => grouped(0.1)).toThrow('integer');
  });

  it('says the unit of the scheme', () => {
    expect(amountInWords(5_000, 'yen', 'ja')).toBe('5,000円《えん》分《ぶん》');
    expect(amountInWords(500, 'point', 'ja')).toBe('500ポイント');
    expect(amountInWords(4, 'ticket', 'ja')).toBe('4枚《まい》');
    expect(amountInWords(5_000, 'yen', 'easy')).toBe('5,000円《えん》');
    expect(amountInWords(4, 'ticket', 'easy')).toBe('4まい');
    expect(amountInWords(5_000, 'yen', 'en')).toBe('5,000 yen');
    expect(amountInWords(1, 'ticket', 'en')).toBe('1 ticket');
  });
});
