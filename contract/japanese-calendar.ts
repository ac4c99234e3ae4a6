/** The Japanese calendar: eras and their years, for dates that people say and read. Pure. */
import { LocalDate } from './time.ts';

export const ERAS = ['meiji', 'taisho', 'showa', 'heisei', 'reiwa'] as const;
export type Era = (typeof ERAS)[number];

/** First days, as the cabinet's orders and the Era Name Act have them; Meiji from the day the solar calendar began. */
const FIRST_DAY: Readonly<Record<Era, string>> = { meiji: '1873-01-01', taisho: '1912-07-30', showa: '1926-12-25', heisei: '1989-01-08', reiwa: '2019-05-01' };
/** The calendar year in which year 1 lies. */
const YEAR_ONE: Readonly<Record<Era, number>> = { meiji: 1868, taisho: 1912, showa: 1926, heisei: 1989, reiwa: 2019 };
export const ERA_NAMES: Readonly<Record<Era, string>> = { meiji: '明治', taisho: '大正', showa: '昭和', heisei: '平成', reiwa: '令和' };

/** @returns the era of a day and its year in it, from 1; undefined before 1873 */
export function eraOfDate(date: LocalDate): { readonly era: Era; readonly year: number } | undefined {
  const era = ERAS.findLast((name) => FIRST_DAY[name] <= date);
  return era && { era, year: Number(date.slice(0, 4)) - YEAR_ONE[era] + 1 };
}

/** @returns the day; undefined where there is no such day, or it lies in another era (昭和64年1月8日) */
export function dateOfEra(era: Era, year: number, month: number, day: number): LocalDate | undefined {
  const written = `${String(YEAR_ONE[era] + year - 1).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
  const date = LocalDate.safeParse(written);
  if (!date.success || year < 1) return undefined;
  return eraOfDate(date.data)?.era === era ? date.data : undefined;
}

/** 「令和8年」; the first year of an era is 元年. */
export function eraYearText(date: LocalDate): string {
  const found = eraOfDate(date);
  if (!found) return `${Number(date.slice(0, 4))}年`;
  return `${ERA_NAMES[found.era]}${found.year === 1 ? '元' : found.year}年`;
}

/** 「昭和22年3月4日」 */
export function eraDateText(date: LocalDate): string {
  const [, month, day] = date.split('-').map(Number);
  return `${eraYearText(date)}${month}月${day}日`;
}
