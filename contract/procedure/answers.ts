/** What an answer to each type of question looks like, and whether one is right. Pure. */
import { z } from 'zod';
import { AreaId } from '../ids.ts';
import { addDays, LocalDate } from '../time.ts';
import { holds, type ConditionFacts } from './condition.ts';
import type { Area, DayBound, Question } from './procedure.ts';

/** Katakana of full width, with a blank of full width between names. */
export const KANA = /^[ァ-ヴー・]+(　[ァ-ヴー・]+)*$/;
export const PHONE = /^0\d{9,10}$/;
/** `172`, `172-1`, `172-1-3`: block, and what follows it. */
export const HOUSE_NUMBER = /^[1-9]\d{0,4}(-[1-9]\d{0,3}){0,3}$/;

export const AddressAnswer = z.union([
  z.strictObject({ area: AreaId, number: z.string().regex(HOUSE_NUMBER) }),
  /** As the card has it. */
  z.strictObject({ written: z.string().min(1).max(200) }),
]);
export type AddressAnswer = z.infer<typeof AddressAnswer>;

/** Null: the question was left out, which only an optional one can be. */
export const Answer = z.union([z.null(), z.string().max(200), z.boolean(), z.int(), z.array(z.string().regex(KANA).max(80)).max(8), AddressAnswer]);
export type Answer = z.infer<typeof Answer>;

/** Why an answer was not taken. Every one has a sentence on the screen. */
export type AnswerFault =
  | 'not-this-kind'
  | 'not-offered'
  | 'needed'
  | 'too-small'
  | 'too-large'
  | 'no-such-day'
  | 'too-early'
  | 'too-late'
  | 'not-kana'
  | 'too-long'
  | 'not-a-phone-number'
  | 'no-such-area'
  | 'not-a-house-number'
  | 'too-many';

export interface AnswerFrame {
  readonly today: LocalDate;
  readonly areas: readonly Area[];
  readonly facts: ConditionFacts;
}

/** @returns what is wrong with it; null when it is right */
export function faultOf(question: Question, answer: unknown, { today, areas, facts }: AnswerFrame): AnswerFault | null {
  if (answer === null) return question.optional ? null : 'needed';
  switch (question.type) {
    case 'choice':
    case 'list':
      return question.options.some(({ value, when }) => value === answer && holds(when, facts)) ? null : 'not-offered';
    case 'yes-no':
      return typeof answer === 'boolean' ? null : 'not-this-kind';
    case 'number':
      if (typeof answer !== 'number' || !Number.isInteger(answer)) return 'not-this-kind';
      return answer < question.least ? 'too-small' : answer > question.most ? 'too-large' : null;
    case 'date': {
      const date = LocalDate.safeParse(answer);
      if (!date.success) return 'no-such-day';
      return date.data < dayOf(question.earliest, today) ? 'too-early' : date.data > dayOf(question.latest, today) ? 'too-late' : null;
    }
    case 'fiscal-year':
      return fiscalYears(question, today).some((year) => year === answer) ? null : 'not-offered';
    case 'people':
      if (!Array.isArray(answer) || answer.length === 0) return 'not-this-kind';
      return answer.length > question.most ? 'too-many' : answer.some((name) => faultOfKana(name, 80) !== null) ? 'not-kana' : null;
    case 'phone':
      return typeof answer === 'string' && PHONE.test(answer) ? null : 'not-a-phone-number';
    case 'kana':
      return faultOfKana(answer, question.most);
    case 'address':
      return faultOfAddress(answer, areas);
    case 'by-hand':
      // The line for an address is filled with one that was said in another way.
      if (question.known === 'address' && typeof answer === 'object') return faultOfAddress(answer, areas);
      return typeof answer === 'string' && answer.length > 0 && answer.length <= 200 ? null : 'not-this-kind';
  }
}

function faultOfKana(answer: unknown, most: number): AnswerFault | null {
  if (typeof answer !== 'string' || !KANA.test(answer)) return 'not-kana';
  return answer.length > most ? 'too-long' : null;
}

function faultOfAddress(answer: unknown, areas: readonly Area[]): AnswerFault | null {
  if (typeof answer !== 'object' || answer === null) return 'not-this-kind';
  if ('written' in answer) return AddressAnswer.safeParse(answer).success ? null : 'not-this-kind';
  if (!('area' in answer) || !areas.some(({ id }) => id === answer.area)) return 'no-such-area';
  return AddressAnswer.safeParse(answer).success ? null : 'not-a-house-number';
}

export function dayOf(bound: DayBound, today: LocalDate): LocalDate {
  return typeof bound === 'string' ? bound : addDays(today, bound.days);
}

/** The fiscal years that are offered, the newest first: 2026 is the one that begins in April 2026. */
export function fiscalYears({ years, newFrom }: Extract<Question, { type: 'fiscal-year' }>, today: LocalDate): number[] {
  const calendarYear = Number(today.slice(0, 4));
  const newest = today.slice(5) >= newFrom ? calendarYear : calendarYear - 1;
  return Array.from({ length: years }, (_, index) => newest - index);
}
