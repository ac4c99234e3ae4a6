/** What is said, before anybody decides in whose voice: a row of parts, each a message of the catalogue, a fact, or words that are data. */
import type { Words } from '../../contract/procedure/words.ts';
import type { LocalDate, Moment } from '../../contract/time.ts';
import type { Unit } from '../../contract/value.ts';
import type { Key, ParametersOf } from '../strings/catalogue.ts';

/** When something was last known, as `whenKnown` tells it. */
export interface MomentPart {
  readonly kind: 'moment';
  readonly moment: Moment;
  readonly now: Moment;
}

export type SpokenParameter = number | string | MomentPart;

export type SpokenPart =
  | { readonly kind: 'message'; readonly key: Key; readonly parameters?: Readonly<Record<string, SpokenParameter>> }
  /** Names of schemes and notices: Japanese in every language. Where nobody can read them aloud, `otherwise` is said, and `lead` is not. */
  | { readonly kind: 'text'; readonly text: string; readonly lead?: Key; readonly otherwise?: Key }
  /** Words of the town in three wordings, with their readings. */
  | { readonly kind: 'words'; readonly words: Words }
  | { readonly kind: 'amount'; readonly amount: number; readonly unit: Unit }
  | { readonly kind: 'number'; readonly number: number }
  /** The last day: 「来年2月28日まで」. */
  | { readonly kind: 'until'; readonly day: LocalDate; readonly now: Moment }
  /** 「あと40日」, 「今日まで」. */
  | { readonly kind: 'days-left'; readonly days: number };

/** A parameter that is text on the glass may be a moment for the voice. */
type Spoken<P> = { readonly [N in keyof P]: P[N] extends string ? P[N] | MomentPart : P[N] };
type SpokenParametersOf<K extends Key> = ParametersOf<K> extends [infer P] ? [Spoken<P>] : [];

export function said<K extends Key>(key: K, ...parameters: SpokenParametersOf<K>): SpokenPart {
  const [given] = parameters as [Readonly<Record<string, SpokenParameter>>?];
  return given === undefined ? { kind: 'message', key } : { kind: 'message', key, parameters: given };
}

export const named = (text: string, around: { readonly lead?: Key; readonly otherwise?: Key } = {}): SpokenPart => ({ kind: 'text', text, ...around });
export const worded = (words: Words): SpokenPart => ({ kind: 'words', words });
export const amountOf = (amount: number, unit: Unit): SpokenPart => ({ kind: 'amount', amount, unit });
