/**
 * Every word the window says, once, in its three wordings: a module a part of the kiosk, put together here. A key has the same parameters in all
 * of them.
 *
 * Japanese here is polite and short: no blame, no exclamation marks, no words of the trade (see catalogue.test.ts). Easy Japanese is in kana with
 * blanks between its words and a few everyday kanji, which are always read. Names of schemes, notices and towns are data and never appear here.
 */
import { plainWords } from '../../contract/procedure/readings.ts';
import { ASKING } from './asking.ts';
import { CARDS } from './cards.ts';
import { GENERAL } from './general.ts';
import { LIKES } from './likes.ts';
import { noticeStrings } from './notices.ts';
import { pointsStrings } from './points.ts';
import { paperStrings } from './paper.ts';
import { linkStrings } from './link.ts';
import { MY_NUMBER } from './my-number.ts';
import { PURCHASE } from './purchase.ts';
import { PRINTING } from './printing.ts';
import { surveyStrings } from './survey.ts';
import { TROUBLE_WORDS } from './troubles.ts';
import { VALUE } from './value.ts';
import { VOICE } from './voice.ts';
import type { Form, Phrasing, Wording } from './wording.ts';

export const catalogue = {
  ...GENERAL,
  ...LIKES,
  ...CARDS,
  ...VALUE,
  ...PRINTING,
  ...TROUBLE_WORDS,
  ...ASKING,
  ...VOICE,
  ...noticeStrings,
  ...surveyStrings,
  ...pointsStrings,
  ...paperStrings,
  ...MY_NUMBER,
  ...linkStrings,
  ...PURCHASE,
} as const satisfies Readonly<Record<string, Wording | Phrasing<never>>>;

export type Key = keyof typeof catalogue;
type Said<K extends Key> = (typeof catalogue)[K]['ja'];
export type ParametersOf<K extends Key> = Said<K> extends (parameters: infer P) => string ? [P] : [];

/** The text of `key`; keys with parameters cannot be said without them, and the others not with any. */
export type Say = <K extends Key>(key: K, ...parameters: ParametersOf<K>) => string;

/** @returns the voice of one wording, with the readings behind their kanji: for what is drawn (`Lines`) */
export function spellIn(form: Form): Say {
  return (key, ...parameters) => {
    const text: string | ((parameters: never) => string) = catalogue[key][form];
    return typeof text === 'string' ? text : text(parameters[0] as never);
  };
}

/** @returns the voice of one wording, without readings */
export function sayIn(form: Form): Say {
  const spell = spellIn(form);
  return (key, ...parameters) => plainWords(spell(key, ...parameters));
}
