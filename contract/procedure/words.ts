/**
 * Words of a procedure as people read them: plain Japanese, easy Japanese, English. Readings stand behind their kanji as `readings.ts` has
 * them, `住民票《じゅうみんひょう》`.
 */
import { z } from 'zod';
import { plainWords } from './readings.ts';

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
/** Any of them. */
export const Words = z.strictObject({ ja: z.string(), easy: z.string(), en: z.string() });
export type Words = z.infer<typeof Words>;
