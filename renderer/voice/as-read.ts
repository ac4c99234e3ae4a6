/**
 * A Japanese text as it is read aloud: readings take the place of their kanji, numbers are written out with what they count
 * (2つ is ふたつ, 1月1日 is いちがつついたち). Voices misread far less of that.
 */
import { readingSegments } from '../../contract/procedure/readings.ts';
import { counted, COUNTER_WORDS, numberPieces, NUMBER_MAX, read, type Counter } from './numbers-ja.ts';

const NAMES = COUNTER_WORDS.map(([word]) => word).join('|');
/** A counter at the beginning of a text, with its reading if it has one. */
export const COUNTER = new RegExp(`^(${NAMES})(?:《[^《》]*》)?`, 'u');
/** Readings with a bar first: the numbers inside them are read already. */
const NUMBER = new RegExp(`｜[^｜《》]+《[^《》]*》|(\\d{1,2})月(?:《[^《》]*》)?(\\d{1,2})日(?:《[^《》]*》)?|(\\d[\\d,]*)(?:(${NAMES})(?:《[^《》]*》)?)?`, 'gu');

export function counterNamed(word: string): Counter {
  const found = COUNTER_WORDS.find(([name]) => name === word);
  if (!found) throw new Error(`Nothing is counted in ${word}.`);
  return found[1];
}

/** The day of a month, not a number of days: ついたち. */
export const readDayOfMonth = (day: number): string => (day === 1 ? 'ついたち' : read(counted(day, 'day')));

export function asRead(wording: string): string {
  const written = wording.replace(NUMBER, (all: string, month?: string, day?: string, number?: string, counter?: string) => {
    if (month !== undefined && day !== undefined) return `${read(counted(Number(month), 'month'))}${readDayOfMonth(Number(day))}`;
    if (number === undefined) return all;
    const value = Number(number.replaceAll(',', ''));
    // A number with a zero in front is a telephone's or a form's, and read digit by digit by whoever speaks.
    if (value > NUMBER_MAX || /^0\d/.test(number)) return all;
    return read(counter === undefined ? numberPieces(value) : counted(value, counterNamed(counter)));
  });
  return readingSegments(written)
    .map(({ text, reading }) => reading ?? text)
    .join('')
    // Two sentences stay two; a phrase that was only broken to fit is one.
    .replaceAll(/(?<=ます|ません|ました|です|でした|ください)\n/g, '。')
    .replaceAll('\n', '');
}

/** Whether every letter is kana: what a voice without a dictionary can read. */
export function isKana(text: string): boolean {
  return /^[\p{Script=Hiragana}\p{Script=Katakana}ー\s、。・？（）「」　]+$/u.test(text);
}
