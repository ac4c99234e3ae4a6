/**
 * A phrase of the catalogue cut at its parameters, so that its fixed pieces can be recordings and the numbers between them be put together:
 * 「このままだと、あと」・20秒・「で終わります」.
 */
import { catalogue, type Key } from '../strings/catalogue.ts';
import type { Form } from '../strings/wording.ts';
import { COUNTER, counterNamed } from './as-read.ts';
import type { Counter } from './numbers-ja.ts';

export type Segment = { readonly kind: 'fixed'; readonly id: string; readonly text: string } | { readonly kind: 'open'; readonly name: string; readonly counter?: Counter };

/** Characters that no text has. */
const [BEGIN, END] = ['\uE000', '\uE001'];
const MARKED = new RegExp(`${BEGIN}(\\w+)${END}`, 'u');
const markers: Record<string, string> = new Proxy({}, { get: (_, name) => `${BEGIN}${String(name)}${END}` });

/** The wording of a key, readings and all; a phrase is filled with `parameters`. */
export function wordingOf(key: Key, form: Form, parameters: Readonly<Record<string, unknown>> = {}): string {
  const wording: string | ((parameters: never) => string) = catalogue[key][form];
  return typeof wording === 'string' ? wording : wording(parameters as never);
}

export const isPhrase = (key: Key): boolean => typeof catalogue[key].ja !== 'string';

/** @returns null for a phrase that cannot be cut: one that calculates with its parameters */
export function segmentsOf(key: Key, form: Form): readonly Segment[] | null {
  if (!isPhrase(key)) return [{ kind: 'fixed', id: key, text: wordingOf(key, form) }];
  let marked: string;
  try {
    marked = wordingOf(key, form, markers);
  } catch {
    return null;
  }
  const segments: Segment[] = [];
  let fixed = 0;
  const keep = (text: string) => {
    if (/[\p{L}\p{N}]/u.test(text)) segments.push({ kind: 'fixed', id: `${key}.${(fixed += 1)}`, text: text.trim() });
  };
  let rest = marked;
  for (let found = MARKED.exec(rest); found; found = MARKED.exec(rest)) {
    keep(rest.slice(0, found.index));
    rest = rest.slice(found.index + found[0].length);
    const counter = form === 'en' ? null : COUNTER.exec(rest);
    segments.push({ kind: 'open', name: found[1] ?? '', ...(counter?.[1] === undefined ? {} : { counter: counterNamed(counter[1]) }) });
    if (counter) rest = rest.slice(counter[0].length);
  }
  keep(rest);
  return segments.some(({ kind }) => kind === 'open') ? segments : null;
}

/** Whether the phrase, filled with these parameters, is what its segments say: not if it words one thing otherwise than several. */
export function isWordedAsCut(key: Key, form: Form, parameters: Readonly<Record<string, string | number>>): boolean {
  const filled = wordingOf(key, form, markers).replaceAll(new RegExp(MARKED, 'gu'), (_, name: string) => String(parameters[name]));
  return filled === wordingOf(key, form, parameters);
}
