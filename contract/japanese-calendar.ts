/** The Japanese calendar: eras and their years, for dates that people say and read. Pure. */
import { ERA_NAMES, ERAS, FIRST_DAY, YEAR_ONE, type Era } from './eras.ts';
import { LocalDate } from './time.ts';

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
