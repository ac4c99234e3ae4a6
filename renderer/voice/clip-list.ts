/** Everything that can be recorded in one wording: each message (a phrase in its fixed pieces), numbers, days, and the words between them. */
import { catalogue, type Key } from '../strings/catalogue.ts';
import type { Form } from '../strings/wording.ts';
import { everyEnglishWord } from './numbers-en.ts';
import { everyNumberPiece } from './numbers-ja.ts';
import { segmentsOf } from './phrases.ts';
import { everyWord, FIRST_DAY, type Sound } from './utterances.ts';

/** Descriptions of pictures are for screen readers; nobody hears them. */
const NEVER_SAID = /^picture\./;

const keys = (Object.keys(catalogue) as Key[]).filter((key) => !NEVER_SAID.test(key));

export function everySound(form: Form): Sound[] {
  const messages = keys.flatMap((key) => (segmentsOf(key, form) ?? []).flatMap((segment) => (segment.kind === 'fixed' ? [{ id: segment.id, text: segment.text }] : [])));
  const numbers = form === 'en' ? everyEnglishWord() : everyNumberPiece().map(({ id, reading }) => ({ id, text: reading }));
  return [...messages, ...numbers, ...everyWord(form), ...(form === 'en' ? [] : [FIRST_DAY])];
}

/** Phrases that cannot be cut into recordings; a system voice says them. */
export const uncuttable = (form: Form): Key[] => keys.filter((key) => segmentsOf(key, form) === null);
