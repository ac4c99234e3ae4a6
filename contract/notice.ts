/** What the town tells whoever passes by: an ordinary notice of the day, or an emergency that takes the idle screen. */
import { z } from 'zod';
import { LocalDate, Moment } from './time.ts';

/** In the order in which a day's notices stand on the glass. */
export const NOTICE_KINDS = ['shelter', 'garbage', 'lunch', 'event', 'circular', 'notice'] as const;
export const NoticeKind = z.enum(NOTICE_KINDS);
export type NoticeKind = z.infer<typeof NoticeKind>;

export const NoticeLevel = z.enum(['usual', 'emergency']);
export type NoticeLevel = z.infer<typeof NoticeLevel>;

/** The same in easy Japanese. */
const EasyWords = z.strictObject({ title: z.string().min(1).max(30), text: z.string().max(90) });
/** English takes more letters for the same room. */
const EnglishWords = z.strictObject({ title: z.string().min(1).max(40), text: z.string().max(120) });

/** What is left out has its first value: kind `notice`, level `usual`. */
export const Notice = z.strictObject({
  id: z.string().min(1).max(40),
  title: z.string().max(20),
  text: z.string().max(60),
  firstDay: LocalDate,
  /** Before `firstDay`: it is ended, and shown no more. */
  lastDay: LocalDate,
  kind: NoticeKind.optional(),
  level: NoticeLevel.optional(),
  /** Within its days: not before, and not from then on. */
  from: Moment.optional(),
  until: Moment.optional(),
  easy: EasyWords.optional(),
  en: EnglishWords.optional(),
});
export type Notice = z.infer<typeof Notice>;

/** Whether it is to be seen on `today` at `now`. */
export function isShown(notice: Pick<Notice, 'firstDay' | 'lastDay' | 'from' | 'until'>, today: LocalDate, now: Moment): boolean {
  const { firstDay, lastDay, from, until } = notice;
  return firstDay <= today && today <= lastDay && (from === undefined || from <= now) && (until === undefined || now < until);
}
