/**
 * Words of a procedure as people read them: plain Japanese, easy Japanese, English. A reading stands behind its kanji in the notation of
 * Aozora Bunko, `住民票《じゅうみんひょう》`; where more than kanji is read so, a bar says where it begins, `｜1月1日《いちがつついたち》`. `plainWords`
 * takes the readings away again, `readingSegments` gives them to whoever draws them above.
 */
import { z } from 'zod';
import { plainWords } from './readings.ts';

export { plainWords, readingSegments } from './readings.ts';

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
