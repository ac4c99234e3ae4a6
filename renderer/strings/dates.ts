/**
 * Days and times as people here read them. Reads the parts straight from the written forms of contract/time.ts; the contract's own
 * functions come with a schema library that the first screen does not need (dates.test.ts holds both to the same calendar). What is
 * returned has the readings behind its kanji, as a string of the catalogue.
 */
import type { LocalDate, Moment } from '../../contract/time.ts';
import type { Form } from './wording.ts';

const TOKYO_OFFSET_MS = 9 * 3_600_000;
const WEEKDAYS = ['日《にち》', '月《げつ》', '火《か》', '水《すい》', '木《もく》', '金《きん》', '土《ど》'] as const;
const WEEKDAYS_EASY = ['にち', 'げつ', 'か', 'すい', 'もく', 'きん', 'ど'] as const;
const WEEKDAYS_EN = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS_EN = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Days of the month that are not read as their number and にち. */
const DAY_READINGS: Readonly<Record<number, string>> = {
  1: 'ついたち', 2: 'ふつか', 3: 'みっか', 4: 'よっか', 5: 'いつか', 6: 'むいか', 7: 'なのか', 8: 'ようか', 9: 'ここのか', 10: 'とおか',
  14: 'じゅうよっか', 20: 'はつか', 24: 'にじゅうよっか',
};
/** Minutes that end so are read with ぷん; none at all is れいふん. */
const PUN = /^(?!00)\d[134680]$/;

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

/** 「12月31日」 with its readings. */
function monthAndDay(month: number, day: number): string {
  const read = DAY_READINGS[day];
  return `${month}月《がつ》${read === undefined ? `${day}日《にち》` : `｜${day}日《${read}》`}`;
}

/** 「12月31日」, 「来年2月28日」 or 「2029年3月31日」, seen from `now`. */
export function dayAsRead(day: LocalDate, now: Moment, form: Form): string {
  const [year = 0, month = 1, dayOfMonth = 1] = day.split('-').map(Number);
  const years = year - inTokyo(now).year;
  if (form === 'en') {
    const short = `${MONTHS_EN[month - 1] ?? ''} ${dayOfMonth}`;
    return years === 0 ? short : `${short}, ${year}`;
  }
  const short = monthAndDay(month, dayOfMonth);
  if (years === 0) return short;
  if (years === 1) return form === 'easy' ? `らいねん ${short}` : `来年《らいねん》${short}`;
  return `${year}年《ねん》${short}`;
}

/** 「12月31日まで」 */
export function untilDay(day: LocalDate, now: Moment, form: Form): string {
  const read = dayAsRead(day, now, form);
  return form === 'en' ? `Until ${read}` : `${read}まで`;
}

/** 「あと40日」 when the last day is near, 「今日まで」 on it, and nothing when it is far. */
export function daysLeftAsRead(daysLeft: number, form: Form): string | null {
  if (daysLeft > SOON_DAYS_MAX) return null;
  if (form === 'en') return daysLeft <= 0 ? 'last day' : daysLeft === 1 ? '1 day left' : `${daysLeft} days left`;
  if (daysLeft <= 0) return form === 'easy' ? 'きょうまで' : '今日《きょう》まで';
  const read = daysLeft === 1 ? undefined : DAY_READINGS[daysLeft];
  const days = read === undefined ? `${daysLeft}日《にち》` : `｜${daysLeft}日《${read}》`;
  return form === 'easy' ? `あと ${days}` : `あと${days}`;
}

/** 「11月21日（土）」 */
export function weekdayAndDay(now: Moment, form: Form): string {
  const { month, day, weekday } = inTokyo(now);
  if (form === 'en') return `${WEEKDAYS_EN[weekday] ?? ''}, ${MONTHS_EN[month - 1] ?? ''} ${day}`;
  return `${monthAndDay(month, day)}（${(form === 'easy' ? WEEKDAYS_EASY : WEEKDAYS)[weekday] ?? ''}）`;
}

/** 「午前10時05分」; midnight is 午前0時, noon is 午後0時. */
export function timeOfDay(now: Moment, form: Form): string {
  const { hour, minute } = inTokyo(now);
  const minutes = String(minute).padStart(2, '0');
  if (form === 'en') return `${hour % 12 === 0 ? 12 : hour % 12}:${minutes} ${hour < 12 ? 'am' : 'pm'}`;
  const half = form === 'easy' ? (hour < 12 ? 'ごぜん ' : 'ごご ') : hour < 12 ? '午前《ごぜん》' : '午後《ごご》';
  return `${half}${hour % 12}時《じ》${minutes}分《${PUN.test(minutes) ? 'ぷん' : 'ふん'}》`;
}

/** When something was last known: only the time for today, the day before it otherwise. */
export function whenKnown(known: Moment, now: Moment, form: Form): string {
  const then = inTokyo(known);
  const today = inTokyo(now);
  const time = timeOfDay(known, form);
  if (then.year === today.year && then.month === today.month && then.day === today.day) return time;
  return form === 'en' ? `${MONTHS_EN[then.month - 1] ?? ''} ${then.day}, ${time}` : `${monthAndDay(then.month, then.day)}　${time}`;
}
