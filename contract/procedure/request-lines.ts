/** What a finished draft says, line by line, in the words of one form: for the last screen, the slip and the office. Pure. */
import { z } from 'zod';
import { eraDateText, eraYearText } from '../japanese-calendar.ts';
import { LocalDate } from '../time.ts';
import { AddressAnswer, type Answer } from './answers.ts';
import { holdsNow, walk, type Draft, type Visit } from './answering.ts';
import type { Asker, Condition } from './condition.ts';
import { feeOn, type Fee, type FeeLine } from './fees.ts';
import type { Area, Question } from './procedure.ts';
import { plainWords } from './readings.ts';
import type { Words } from './words.ts';

/** Which of the three wordings. */
export type Form = keyof Words;

export interface RequestLine {
  readonly label: string;
  /** Null: there are `lines` lines to write on. */
  readonly value: string | null;
  readonly lines: number;
}

export const YES: Words = { ja: 'はい', easy: 'はい', en: 'Yes' };
export const NO: Words = { ja: 'いいえ', easy: 'いいえ', en: 'No' };

/** What stands before who asks. */
export const ASKER: Words = { ja: '申請《しんせい》する人《ひと》', easy: 'もうしこむ ひと', en: 'Asked for by' };
export const ASKER_WORDS: Readonly<Record<Asker, Words>> = {
  self: { ja: '本人《ほんにん》', easy: 'わたし', en: 'The person themselves' },
  household: { ja: '同《おな》じ世帯《せたい》の人《ひと》', easy: 'かぞく', en: 'Same household' },
  agent: { ja: '代理《だいり》の人《ひと》', easy: 'かわりの ひと', en: 'Somebody on their behalf' },
};

/** Who asks stands first, where it was asked. A question that was left out has no line. */
export function linesOf(draft: Draft, visit: Visit, form: Form): RequestLine[] {
  const asker = draft.asker !== null && draft.procedure.askers.length > 1 ? [{ label: plainWords(ASKER[form]), value: plainWords(ASKER_WORDS[draft.asker][form]), lines: 1 }] : [];
  const answered = [...walk(draft, visit)].flatMap(({ question, answer }): RequestLine[] => {
    const label = plainWords(question.label[form]);
    if (question.type === 'by-hand' && answer === undefined) return [{ label, value: null, lines: question.lines }];
    return answer === undefined || answer === null ? [] : [{ label, value: answerText(question, answer, visit.areas, form), lines: 1 }];
  });
  return [...asker, ...answered];
}

/** The texts of a part that hold for this draft. */
export function textsOf(texts: ReadonlyArray<{ readonly text: Words; readonly when?: Condition | undefined }>, draft: Draft, visit: Visit, form: Form): string[] {
  return texts.filter(({ when }) => holdsNow(when, draft, visit)).map(({ text }) => plainWords(text[form]));
}

export function feeOfDraft(draft: Draft, visit: Visit, lines: readonly FeeLine[]): Fee {
  const { fee } = draft.procedure;
  const copies = fee?.copies === undefined ? 1 : draft.answers.get(fee.copies);
  return feeOn(visit.today, fee?.id ?? null, typeof copies === 'number' ? copies : 1, lines);
}

/** How an answer reads. @throws when it is not an answer to this question */
export function answerText(question: Question, answer: Exclude<Answer, null>, areas: readonly Area[], form: Form): string {
  switch (question.type) {
    case 'choice':
    case 'list': {
      const option = question.options.find(({ value }) => value === answer);
      if (!option) throw new Error(`${question.id} has no such option.`);
      return plainWords(option.words[form]);
    }
    case 'yes-no':
      return plainWords((answer === true ? (question.yes ?? YES) : (question.no ?? NO))[form]);
    case 'number':
      return `${z.number().parse(answer)}${form === 'en' ? ' ' : ''}${plainWords(question.unit[form])}`;
    case 'date':
      return dateText(LocalDate.parse(answer), form);
    case 'fiscal-year':
      return fiscalYearText(z.number().parse(answer), form);
    case 'people':
      return z.array(z.string()).parse(answer).join(form === 'en' ? ', ' : '、');
    case 'phone':
      return phoneText(z.string().parse(answer));
    case 'address':
    case 'by-hand':
      return typeof answer === 'string' ? answer : addressText(AddressAnswer.parse(answer), areas);
    case 'kana':
      return z.string().parse(answer);
  }
}

function dateText(date: LocalDate, form: Form): string {
  return form === 'en' ? date : eraDateText(date);
}

/** 「令和8年度（令和7年1月～12月の所得）」: the year whose income it shows is the calendar year before. */
export function fiscalYearText(year: number, form: Form): string {
  if (form === 'en') return `Fiscal ${year} (income of ${year - 1})`;
  // The name of the era on the first day of the year of the assessment's months, as residents say it.
  const [its, before] = [eraYearText(LocalDate.parse(`${year}-06-01`)), eraYearText(LocalDate.parse(`${year - 1}-06-01`))];
  return form === 'easy' ? `${its}ど（${before}1～12がつの しょとく）` : `${its}度（${before}1月～12月の所得）`;
}

/** Groups of digits: mobile numbers 3-4-4, numbers of the region 4-2-4. */
function phoneText(digits: string): string {
  return digits.length === 11 ? digits.replace(/^(\d{3})(\d{4})(\d{4})$/, '$1-$2-$3') : digits.replace(/^(\d{4})(\d{2})(\d{4})$/, '$1-$2-$3');
}

function addressText(address: AddressAnswer, areas: readonly Area[]): string {
  if ('written' in address) return address.written;
  const area = areas.find(({ id }) => id === address.area);
  const [block = '', ...rest] = address.number.split('-');
  return `${area?.name ?? address.area}${block}番地${rest.length > 0 ? `の${rest.join('の')}` : ''}`;
}
