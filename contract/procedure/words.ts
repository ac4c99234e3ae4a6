/**
 * Words of a procedure as people read them: plain Japanese, easy Japanese, English. A reading stands behind its kanji in the notation of
 * Aozora Bunko, `住民票《じゅうみんひょう》`; where more than kanji is read so, a bar says where it begins, `｜1月1日《いちがつついたち》`. `plainWords`
 * takes the readings away again, `readingSegments` gives them to whoever draws them above.
 */
import { z } from 'zod';

const KANJI = '\\p{Script=Han}々〆ヶ';
const READING = new RegExp(`(?:｜([^｜《》]+)|([${KANJI}]+))《([ぁ-ゖー・]+)》`, 'gu');

/** Characters without the readings. */
const spoken = (most: number) =>
  z
    .string()
    .min(1)
    .refine((text) => plainWords(text).length <= most, { message: `at most ${most} characters besides readings` })
    .refine((text) => !/[｜《》]/u.test(plainWords(text)), { message: 'a reading 《…》 is in hiragana and stands right behind its kanji' })
    .refine((text) => text === text.trim() && !/[\p{Cc}\p{Cf}]/u.test(text), { message: 'no blanks at the ends, no line breaks, no invisible characters' });

/** What one line of the screen or the slip takes; English needs about twice the letters. */
const wordsOf = (most: number) => z.strictObject({ ja: spoken(most), easy: spoken(most), en: spoken(2 * most) });

/** A question or a sentence: 40 characters, as on every screen. */
export const Sentence = wordsOf(40).meta({ id: 'Sentence' });
/** What stands on a button, or before a value on a slip. */
export const Label = wordsOf(20).meta({ id: 'Label' });
export type Words = z.infer<typeof Sentence>;

/** The text without its readings. */
export function plainWords(text: string): string {
  return text.replace(READING, '$1$2');
}

export interface ReadingSegment {
  readonly text: string;
  /** In hiragana; left out where the text has none. */
  readonly reading?: string;
}

/** The text cut where readings begin and end; joined again, the segments' texts are `plainWords(text)`. */
export function readingSegments(text: string): ReadingSegment[] {
  const segments: ReadingSegment[] = [];
  let from = 0;
  for (const match of text.matchAll(READING)) {
    if (match.index > from) segments.push({ text: text.slice(from, match.index) });
    segments.push({ text: match[1] ?? match[2] ?? '', reading: match[3] ?? '' });
    from = match.index + match[0].length;
  }
  if (from < text.length) segments.push({ text: text.slice(from) });
  return segments;
}
