import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERA_NAMES } from './eras.ts';
import { dateOfEra, eraDateText, eraOfDate } from './japanese-calendar.ts';
import { addDays, LocalDate } from './time.ts';

const day = (text: string) => LocalDate.parse(text);

describe('the Japanese calendar', () => {
  it.each([
    ['1926-12-24', '大正15年12月24日'],
    ['1926-12-25', '昭和元年12月25日'],
    ['1947-03-04', '昭和22年3月4日'],
    ['1989-01-07', '昭和64年1月7日'],
    ['1989-01-08', '平成元年1月8日'],
    ['2019-04-30', '平成31年4月30日'],
    ['2019-05-01', '令和元年5月1日'],
    ['2026-11-22', '令和8年11月22日'],
  ])('says %s as %s', (date, text) => {
    expect(eraDateText(day(date))).toBe(text);
  });

  it('knows no day that is in another era, or in no month', () => {
    expect(dateOfEra('showa', 64, 1, 7)).toBe('1989-01-07');
    expect(dateOfEra('showa', 64, 1, 8)).toBeUndefined();
    expect(dateOfEra('heisei', 1, 1, 7)).toBeUndefined();
    expect(dateOfEra('taisho', 15, 2, 29)).toBeUndefined();
    expect(dateOfEra('showa', 3, 2, 29)).toBe('1928-02-29');
    expect(dateOfEra('reiwa', 0, 5, 1)).toBeUndefined();
  });

  it('agrees with the calendar of the platform on every day since 1873', () => {
    const platform = new Intl.DateTimeFormat('ja-JP-u-ca-japanese', { timeZone: 'UTC', era: 'long', year: 'numeric' });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60_000 }), (days) => {
        const date = addDays(day('1873-01-01'), days);
        const found = eraOfDate(date);
        const parts = platform.formatToParts(new Date(`${date}T00:00:00Z`));
        const part = (type: string) => parts.find((one) => one.type === type)?.value;
        expect(found && [ERA_NAMES[found.era], found.year === 1 ? '元' : String(found.year)]).toEqual([part('era'), part('year')?.replace(/^1$/, '元')]);
        const [, month = 0, dayOfMonth = 0] = date.split('-').map(Number);
        expect(found && dateOfEra(found.era, found.year, month, dayOfMonth)).toBe(date);
      }),
    );
  });
});
