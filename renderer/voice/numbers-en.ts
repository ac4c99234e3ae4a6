/** Numbers and days as they are read in English, in pieces that can be recordings of their own. */
import type { Unit } from '../../contract/value.ts';
import { NUMBER_MAX } from './numbers-ja.ts';

/** Something short that is spoken, and the name of its recording. */
export interface Word {
  readonly id: string;
  readonly text: string;
}

const TO_NINETEEN = [
  'zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten',
  'eleven', 'twelve', 'thirteen', 'fourteen', 'fifteen', 'sixteen', 'seventeen', 'eighteen', 'nineteen',
] as const;
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'] as const;
const GROUPS: ReadonlyArray<readonly [number, Word]> = [
  [1_000_000_000, { id: 'n.billion', text: 'billion' }],
  [1_000_000, { id: 'n.million', text: 'million' }],
  [1_000, { id: 'n.thousand', text: 'thousand' }],
];
const HUNDRED: Word = { id: 'n.hundred', text: 'hundred' };
export const MONTHS_IN_FULL = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] as const;
const DAYS = [
  'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth', 'eleventh', 'twelfth', 'thirteenth', 'fourteenth', 'fifteenth',
  'sixteenth', 'seventeenth', 'eighteenth', 'nineteenth', 'twentieth', 'twenty-first', 'twenty-second', 'twenty-third', 'twenty-fourth', 'twenty-fifth',
  'twenty-sixth', 'twenty-seventh', 'twenty-eighth', 'twenty-ninth', 'thirtieth', 'thirty-first',
] as const;

const small = (number: number): Word => ({ id: `n.${number}`, text: TO_NINETEEN[number] ?? TENS[number / 10] ?? '' });

function belowThousand(number: number): Word[] {
  const words: Word[] = number >= 100 ? [small(Math.floor(number / 100)), HUNDRED] : [];
  const rest = number % 100;
  if (rest >= 20) {
    words.push(small(rest - (rest % 10)));
    if (rest % 10 > 0) words.push(small(rest % 10));
  } else if (rest > 0) words.push(small(rest));
  return words;
}

/** @throws when it is no integer from 0 to ten digits */
export function englishNumber(number: number): Word[] {
  if (!Number.isSafeInteger(number) || number < 0 || number > NUMBER_MAX) throw new Error('Only integers up to ten digits are read.');
  if (number === 0) return [small(0)];
  const words: Word[] = [];
  let rest = number;
  for (const [size, word] of GROUPS) {
    if (rest >= size) words.push(...belowThousand(Math.floor(rest / size)), word);
    rest %= size;
  }
  return [...words, ...belowThousand(rest)];
}

export function englishUnit(unit: Unit, amount: number): Word {
  const text = unit === 'yen' ? 'yen' : amount === 1 ? unit : `${unit}s`;
  return { id: `unit.${text}`, text };
}

/** @param month 1–12 @param day 1–31 */
export const englishMonth = (month: number): Word => ({ id: `month.${month}`, text: MONTHS_IN_FULL[month - 1] ?? '' });
export const englishDay = (day: number): Word => ({ id: `day.${day}`, text: DAYS[day - 1] ?? '' });

export function everyEnglishWord(): Word[] {
  const numbers = [...TO_NINETEEN.keys(), 20, 30, 40, 50, 60, 70, 80, 90].map(small);
  const units = (['yen', 'point', 'ticket'] as const).flatMap((unit) => [englishUnit(unit, 1), englishUnit(unit, 2)]);
  const days = [...DAYS.keys()].map((index) => englishDay(index + 1));
  const words = [...numbers, HUNDRED, ...GROUPS.map(([, word]) => word), ...units, ...days, ...[...MONTHS_IN_FULL.keys()].map((index) => englishMonth(index + 1))];
  return [...new Map(words.map((word) => [word.id, word])).values()];
}
