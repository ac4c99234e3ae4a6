/**
 * Dates and moments. A date is a day in Asia/Tokyo, written `2026-11-21`; a moment is UTC, written `2026-11-21T01:05:00.000Z`.
 * Japan has had one offset and no summer time since 1951, so the day follows from the moment by adding nine hours.
 */
import { z } from 'zod';

const MS_PER_DAY = 86_400_000;
const TOKYO_OFFSET_MS = 9 * 3_600_000;

export const LocalDate = z.iso.date().brand('LocalDate');
export type LocalDate = z.infer<typeof LocalDate>;
export const Moment = z.iso.datetime({ precision: 3 }).brand('Moment');
export type Moment = z.infer<typeof Moment>;

/** @param epochMs milliseconds since 1970-01-01T00:00:00Z */
export function momentFromEpoch(epochMs: number): Moment {
  return new Date(epochMs).toISOString() as Moment;
}

/** @returns milliseconds since 1970-01-01T00:00:00Z */
export function epochOfMoment(moment: Moment): number {
  return Date.parse(moment);
}

/** The day in Asia/Tokyo on which `moment` falls. */
export function dateInTokyo(moment: Moment): LocalDate {
  return new Date(Date.parse(moment) + TOKYO_OFFSET_MS).toISOString().slice(0, 10) as LocalDate;
}

/** Whole days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / MS_PER_DAY);
}

/** `date` moved by `days` whole days. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(date) + days * MS_PER_DAY).toISOString().slice(0, 10) as LocalDate;
}

/** The parts people read: year, month 1–12, day 1–31, weekday 0 (Sunday) – 6. */
export function dateParts(date: LocalDate): { year: number; month: number; day: number; weekday: number } {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return { year, month, day, weekday: new Date(Date.parse(date)).getUTCDay() };
}
