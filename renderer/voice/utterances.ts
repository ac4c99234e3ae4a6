/** Parts in one language: for each, what a system voice is given to read, and of which recordings it can be put together. */
import type { LocalDate } from '../../contract/time.ts';
import { amountInWords } from '../strings/amounts.ts';
import { daysLeftAsRead, inTokyo, whenKnown } from '../strings/dates.ts';
import type { Form } from '../strings/wording.ts';
import { asRead } from './as-read.ts';
import { englishDay, englishMonth, englishNumber, englishUnit, type Word } from './numbers-en.ts';
import { counted, numberPieces, NUMBER_MAX, type Counter, type Piece } from './numbers-ja.ts';
import type { MomentPart, SpokenParameter, SpokenPart } from './parts.ts';
import { isWordedAsCut, segmentsOf, wordingOf } from './phrases.ts';

/** A recording: its name and what it says. */
export interface Sound {
  readonly id: string;
  readonly text: string;
}

export interface Utterance {
  /** For a system voice. */
  readonly spoken: string;
  readonly language: 'ja' | 'en';
  /** null when it can be no row of recordings. */
  readonly sounds: readonly Sound[] | null;
  /** A breath after it, or a stop. */
  readonly ends: 'breath' | 'stop';
  /** Said before it, and only with it. */
  readonly lead?: Utterance;
  /** Said instead where neither a voice nor a recording has these words. */
  readonly otherwise?: Utterance;
}

const WORDS = {
  until: ['まで', 'until'],
  'next-year': ['らいねん', ''],
  am: ['ごぜん', 'am'],
  pm: ['ごご', 'pm'],
  left: ['あと', 'left'],
  day: ['', 'day'],
  days: ['', 'days'],
  'last-day': ['きょうまで', 'last day'],
} as const satisfies Record<string, readonly [ja: string, en: string]>;

function word(name: keyof typeof WORDS, form: Form): Sound {
  return { id: `word.${name}`, text: WORDS[name][form === 'en' ? 1 : 0] };
}

/** The words that stand between numbers and days. */
export function everyWord(form: Form): Sound[] {
  return (Object.keys(WORDS) as (keyof typeof WORDS)[]).map((name) => word(name, form)).filter(({ text }) => text !== '');
}

/** The first of a month; every other day is read like a number of days. */
export const FIRST_DAY: Sound = { id: 'day.1', text: 'ついたち' };

const soundsOf = (pieces: readonly Piece[]): Sound[] => pieces.map(({ id, reading }) => ({ id, text: reading }));
const words = (said: readonly Word[]): Sound[] => said.map(({ id, text }) => ({ id, text }));
const COUNTER_OF_UNIT = { yen: 'yen', point: 'point', ticket: 'mai' } as const satisfies Record<string, Counter>;
const countable = (number: number): boolean => Number.isSafeInteger(number) && number >= 0 && number <= NUMBER_MAX;

function monthAndDay(month: number, day: number, form: Form): Sound[] {
  if (form === 'en') return [englishMonth(month), englishDay(day)];
  return [...soundsOf(counted(month, 'month')), ...(day === 1 ? [FIRST_DAY] : soundsOf(counted(day, 'day')))];
}

function daySounds(day: LocalDate, thisYear: number, form: Form): Sound[] {
  const [year = 0, month = 1, dayOfMonth = 1] = day.split('-').map(Number);
  const short = monthAndDay(month, dayOfMonth, form);
  if (year === thisYear) return short;
  if (form === 'en') return [...short, ...words(englishNumber(year))];
  return [...(year === thisYear + 1 ? [word('next-year', form)] : soundsOf(counted(year, 'year'))), ...short];
}

function momentSounds({ moment, now }: MomentPart, form: Form): Sound[] {
  const [then, today] = [inTokyo(moment), inTokyo(now)];
  const isToday = then.year === today.year && then.month === today.month && then.day === today.day;
  const day = isToday ? [] : monthAndDay(then.month, then.day, form);
  const half = word(then.hour < 12 ? 'am' : 'pm', form);
  const hour = then.hour % 12;
  if (form === 'en') return [...day, ...words([...englishNumber(hour === 0 ? 12 : hour), ...(then.minute > 0 ? englishNumber(then.minute) : [])]), half];
  return [...day, half, ...soundsOf([...counted(hour, 'hour'), ...(then.minute > 0 ? counted(then.minute, 'minute') : [])])];
}

function parameterSounds(value: SpokenParameter | undefined, counter: Counter | undefined, form: Form): Sound[] | null {
  if (typeof value === 'number' && countable(value)) {
    if (form === 'en') return words(englishNumber(value));
    return soundsOf(counter === undefined ? numberPieces(value) : counted(value, counter));
  }
  return typeof value === 'object' ? momentSounds(value, form) : null;
}

const joined = (sounds: readonly Sound[], form: Form): string => sounds.map(({ text }) => text).join(form === 'en' ? ' ' : '');

function ofMessage(part: Extract<SpokenPart, { kind: 'message' }>, form: Form): Utterance {
  const { key, parameters = {} } = part;
  const language = form === 'en' ? 'en' : 'ja';
  const ends = key.startsWith('button.') ? 'breath' : 'stop';
  const shown = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, typeof value === 'object' ? whenKnown(value.moment, value.now, form) : value]),
  );
  const wording = wordingOf(key, form, shown);
  const spoken = language === 'ja' ? asRead(wording) : wording.replaceAll('\n', ' ');
  const segments = segmentsOf(key, form);
  const cuts = segments && (segments.every(({ kind }) => kind === 'fixed') || isWordedAsCut(key, form, shown));
  const rows = cuts ? segments.map((segment) => (segment.kind === 'fixed' ? [{ id: segment.id, text: segment.text }] : parameterSounds(parameters[segment.name], segment.counter, form))) : [null];
  const sounds = rows.every((row) => row !== null) ? rows.flat() : null;
  return { spoken, language, sounds, ends };
}

function ofSounds(sounds: readonly Sound[], form: Form, ends: Utterance['ends'], spoken = joined(sounds, form)): Utterance {
  return { spoken, language: form === 'en' ? 'en' : 'ja', sounds, ends };
}

function utterance(part: SpokenPart, form: Form): Utterance {
  const english = form === 'en';
  switch (part.kind) {
    case 'message':
      return ofMessage(part, form);
    case 'text': {
      const { text, lead, otherwise } = part;
      return {
        spoken: text.replaceAll('\n', '、'),
        language: 'ja',
        sounds: null,
        ends: 'breath',
        ...(lead && { lead: ofMessage({ kind: 'message', key: lead }, form) }),
        ...(otherwise && { otherwise: ofMessage({ kind: 'message', key: otherwise }, form) }),
      };
    }
    case 'words': {
      const wording = part.words[form].replaceAll('\n', english ? ' ' : '、');
      return { spoken: english ? wording : asRead(wording), language: english ? 'en' : 'ja', sounds: null, ends: 'stop' };
    }
    case 'amount': {
      if (!countable(part.amount)) return { spoken: amountInWords(part.amount, part.unit, form), language: english ? 'en' : 'ja', sounds: null, ends: 'breath' };
      if (!english) return ofSounds(soundsOf(counted(part.amount, COUNTER_OF_UNIT[part.unit])), form, 'breath');
      return ofSounds([...words(englishNumber(part.amount)), englishUnit(part.unit, part.amount)], form, 'breath', amountInWords(part.amount, part.unit, 'en'));
    }
    case 'number':
      return english ? ofSounds(words(englishNumber(part.number)), form, 'stop', String(part.number)) : ofSounds(soundsOf(numberPieces(part.number)), form, 'stop');
    case 'until': {
      const day = daySounds(part.day, inTokyo(part.now).year, form);
      return ofSounds(english ? [word('until', form), ...day] : [...day, word('until', form)], form, 'stop');
    }
    case 'days-left': {
      if (part.days <= 0) return ofSounds([word('last-day', form)], form, 'stop');
      if (!english) return ofSounds([word('left', form), ...soundsOf(counted(part.days, 'day'))], form, 'stop');
      const days = [...words(englishNumber(part.days)), word(part.days === 1 ? 'day' : 'days', form), word('left', form)];
      return ofSounds(days, form, 'stop', daysLeftAsRead(part.days, 'en') ?? joined(days, form));
    }
  }
}

/** One utterance a part, in order. A text that somebody has recorded is found by its words (see `speaker.ts`). */
export const utterancesOf = (parts: readonly SpokenPart[], form: Form): Utterance[] => parts.map((part) => utterance(part, form));
