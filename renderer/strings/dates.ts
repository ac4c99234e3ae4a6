/**
 * Days and times as people here read them. Reads the parts straight from the written forms of contract/time.ts; the contract's own
 * functions come with a schema library that the first screen does not need (dates.test.ts holds both to the same calendar).
 */
import type { LocalDate, Moment } from '../../contract/time.ts';
import type { Language } from './catalogue.ts';

const TOKYO_OFFSET_MS = 9 * 3_600_000;
const WEEKDAYS = ['日', '月', '火', '水', '木', '金', '土'] as const;
const WEEKDAYS_EN = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS_EN = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** From how many days before the end a last day is marked as near. */
export const SOON_DAYS_MAX = 45;

/** The calendar and the clock in Tokyo at a moment: month 1–12, day 1–31, weekday 0 (Sunday) – 6, hour 0–23, minute 0–59. */
export function inTokyo(moment: Moment): { year: number; month: number; day: number; weekday: number; hour: number; minute: number } {
  const there = new Date(Date.parse(moment) + TOKYO_OFFSET_MS);
  return {
    year: there.getUTCFullYear(),
    month: there.getUTCMonth() + 1,
    day: there.getUTCDate(),
    weekday: there.getUTCDay(),
    hour: there.getUTCHours(),
    minute: there.getUTCMinutes(),
  };
}

/** 「12月31日」, 「来年2月28日」 or 「2029年3月31日」, seen from `now`. */
export function dayAsRead(day: LocalDate, now: Moment, language: Language): string {
  const [year = 0, month = 1, dayOfMonth = 1] = day.split('-').map(Number);
  const years = year - inTokyo(now).year;
  if (language === 'en') {
    const short = `${MONTHS_EN[month - 1] ?? ''} ${dayOfMonth}`;
    return years === 0 ? short : `${short}, ${year}`;
  }
  const short = `${month}月${dayOfMonth}日`;
  return years === 0 ? short : years === 1 ? `来年${short}` : `${year}年${short}`;
}

/** 「12月31日まで」 */
export function untilDay(day: LocalDate, now: Moment, language: Language): string {
  const read = dayAsRead(day, now, language);
  return language === 'en' ? `Until ${read}` : `${read}まで`;
}

/** 「あと40日」 when the last day is near, 「今日まで」 on it, and nothing when it is far. */
export function daysLeftAsRead(daysLeft: number, language: Language): string | null {
  if (daysLeft > SOON_DAYS_MAX) return null;
  if (daysLeft <= 0) return language === 'en' ? 'last day' : '今日まで';
  if (language === 'en') return daysLeft === 1 ? '1 day left' : `${daysLeft} days left`;
  return `あと${daysLeft}日`;
}

/** 「11月21日（土）」 */
export function weekdayAndDay(now: Moment, language: Language): string {
  const { month, day, weekday } = inTokyo(now);
  if (language === 'en') return `${WEEKDAYS_EN[weekday] ?? ''}, ${MONTHS_EN[month - 1] ?? ''} ${day}`;
  return `${month}月${day}日（${WEEKDAYS[weekday] ?? ''}）`;
}

/** 「午前10時05分」; midnight is 午前0時, noon is 午後0時. */
export function timeOfDay(now: Moment, language: Language): string {
  const { hour, minute } = inTokyo(now);
  const minutes = String(minute).padStart(2, '0');
  if (language === 'en') return `${hour % 12 === 0 ? 12 : hour % 12}:${minutes} ${hour < 12 ? 'am' : 'pm'}`;
  return `${hour < 12 ? '午前' : '午後'}${hour % 12}時${minutes}分`;
}

/** When something was last known: only the time for today, the day before it otherwise. */
export function whenKnown(known: Moment, now: Moment, language: Language): string {
  const then = inTokyo(known);
  const today = inTokyo(now);
  const time = timeOfDay(known, language);
  if (then.year === today.year && then.month === today.month && then.day === today.day) return time;
  return language === 'en' ? `${MONTHS_EN[then.month - 1] ?? ''} ${then.day}, ${time}` : `${then.month}月${then.day}日　${time}`;
}
