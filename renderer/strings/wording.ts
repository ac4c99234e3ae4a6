/**
 * How a string of the window is written down: in plain Japanese, in easy Japanese, in English. A reading stands behind its kanji as in
 * `contract/procedure/readings.ts`, `残高《ざんだか》`; a line break in a string is a line break on the glass.
 */
export const FORMS = ['ja', 'easy', 'en'] as const;
/** Which of the three wordings. */
export type Form = (typeof FORMS)[number];

export type Wording = Readonly<Record<Form, string>>;
export type Phrasing<P> = Readonly<Record<Form, (parameters: P) => string>>;

export const worded = (ja: string, easy: string, en: string): Wording => ({ ja, easy, en });
export const phrased = <P>(ja: (parameters: P) => string, easy: (parameters: P) => string, en: (parameters: P) => string): Phrasing<P> => ({ ja, easy, en });
