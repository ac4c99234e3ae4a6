/**
 * Numbers as they are read in Japanese, さんびゃく and はっせん included. A number is a row of pieces, each of which can be a recording of its own:
 * 12,345 is いちまん・にせん・さんびゃく・よんじゅう・ご. What stands behind it may change the last piece (いっぷん, よえん, ひとり): see `counted`.
 */

/** Something short that is spoken, and the name of its recording. */
export interface Piece {
  readonly id: string;
  /** In hiragana. */
  readonly reading: string;
}

/** What a number can count; the words people see for them are in `COUNTER_WORDS`. */
export type Counter = 'yen' | 'point' | 'mai' | 'tsu' | 'day' | 'month' | 'year' | 'hour' | 'minute' | 'second' | 'kai' | 'ken' | 'person' | 'ban' | 'kagetsu';

/** How the counter stands in a text. Longer ones first: か月 is no month. */
export const COUNTER_WORDS: ReadonlyArray<readonly [string, Counter]> = [
  ['ポイント', 'point'],
  ['か月', 'kagetsu'],
  ['円', 'yen'],
  ['枚', 'mai'],
  ['つ', 'tsu'],
  ['日', 'day'],
  ['月', 'month'],
  ['年', 'year'],
  ['時', 'hour'],
  ['分', 'minute'],
  ['秒', 'second'],
  ['回', 'kai'],
  ['件', 'ken'],
  ['人', 'person'],
  ['番', 'ban'],
];

/** Beyond it nothing here counts. */
export const NUMBER_MAX = 9_999_999_999;

const ONES = ['', 'いち', 'に', 'さん', 'よん', 'ご', 'ろく', 'なな', 'はち', 'きゅう'] as const;
const HUNDREDS: Readonly<Record<number, string>> = { 1: 'ひゃく', 3: 'さんびゃく', 6: 'ろっぴゃく', 8: 'はっぴゃく' };
const THOUSANDS: Readonly<Record<number, string>> = { 1: 'せん', 3: 'さんぜん', 8: 'はっせん' };

const one = (digit: number): string => ONES[digit] ?? '';
const tens = (digit: number): string => `${digit === 1 ? '' : one(digit)}じゅう`;
const hundreds = (digit: number): string => HUNDREDS[digit] ?? `${one(digit)}ひゃく`;
const thousands = (digit: number): string => THOUSANDS[digit] ?? `${one(digit)}せん`;

function belowTenThousand(number: number): Piece[] {
  const digits = [Math.floor(number / 1_000), Math.floor(number / 100) % 10, Math.floor(number / 10) % 10, number % 10] as const;
  const [thousand, hundred, ten, single] = digits;
  const pieces: Piece[] = [];
  if (thousand > 0) pieces.push({ id: `n.${thousand * 1_000}`, reading: thousands(thousand) });
  if (hundred > 0) pieces.push({ id: `n.${hundred * 100}`, reading: hundreds(hundred) });
  if (ten > 0) pieces.push({ id: `n.${ten * 10}`, reading: tens(ten) });
  if (single > 0) pieces.push({ id: `n.${single}`, reading: one(single) });
  return pieces;
}

const ISSEN: Piece = { id: 'n.1000-man', reading: 'いっせん' };
const MAN: Piece = { id: 'n.man', reading: 'まん' };
const OKU: Piece = { id: 'n.oku', reading: 'おく' };
const ZERO: Piece = { id: 'n.0', reading: 'ぜろ' };

/** @throws when it is no integer from 0 to `NUMBER_MAX` */
export function numberPieces(number: number): Piece[] {
  if (!Number.isSafeInteger(number) || number < 0 || number > NUMBER_MAX) throw new Error('Only integers up to ten digits are read.');
  if (number === 0) return [ZERO];
  const [oku, man, rest] = [Math.floor(number / 100_000_000), Math.floor(number / 10_000) % 10_000, number % 10_000];
  // 一千万 and 一千億, but 千 alone.
  const whole = (part: number) => belowTenThousand(part).map((piece) => (piece.id === 'n.1000' ? ISSEN : piece));
  return [...(oku > 0 ? [...whole(oku), OKU] : []), ...(man > 0 ? [...whole(man), MAN] : []), ...belowTenThousand(rest)];
}

const BASE: Readonly<Record<Counter, string>> = {
  yen: 'えん',
  point: 'ぽいんと',
  mai: 'まい',
  tsu: '',
  day: 'にち',
  month: 'がつ',
  year: 'ねん',
  hour: 'じ',
  minute: 'ふん',
  second: 'びょう',
  kai: 'かい',
  ken: 'けん',
  person: 'にん',
  ban: 'ばん',
  kagetsu: 'かげつ',
};

const DAYS = ['', 'いちにち', 'ふつか', 'みっか', 'よっか', 'いつか', 'むいか', 'なのか', 'ようか', 'ここのか', 'とおか'] as const;
const THINGS = ['', 'ひとつ', 'ふたつ', 'みっつ', 'よっつ', 'いつつ', 'むっつ', 'ななつ', 'やっつ', 'ここのつ', 'とお'] as const;

/** Numbers that have a word of their own with this counter. */
function ownWord(number: number, counter: Counter): string | undefined {
  switch (counter) {
    case 'tsu':
      return THINGS[number] || undefined;
    case 'day':
      return number === 20 ? 'はつか' : DAYS[number] || undefined;
    case 'person':
      return ['', 'ひとり', 'ふたり'][number] || undefined;
    case 'hour':
      return number === 0 ? 'れいじ' : undefined;
    default:
      return undefined;
  }
}

/** いっ, ろっ, はっ, じゅっ, ひゃっ before k (and p); others as they are. */
function clipped(last: string, also: readonly string[]): string {
  for (const [ending, short] of [['じゅう', 'じゅっ'], ['いち', 'いっ'], ['ろく', 'ろっ'], ['はち', 'はっ'], ['ひゃく', 'ひゃっ'], ['びゃく', 'びゃっ'], ['ぴゃく', 'ぴゃっ']] as const) {
    if (last.endsWith(ending) && (also.length === 0 || also.includes(ending))) return `${last.slice(0, -ending.length)}${short}`;
  }
  return last;
}

/** The last digit when another one is said before this counter: よえん, しがつ, くじ. */
const OTHER_DIGIT: Partial<Readonly<Record<Counter, Readonly<Record<string, string>>>>> = {
  yen: { よん: 'よ' },
  year: { よん: 'よ' },
  person: { よん: 'よ' },
  hour: { よん: 'よ', なな: 'しち', きゅう: 'く' },
  month: { よん: 'し', なな: 'しち', きゅう: 'く' },
  day: { なな: 'しち', きゅう: 'く' },
};

/** The number's last piece together with the counter, in any number but those with a word of their own. */
function together(last: string, counter: Counter): string {
  switch (counter) {
    case 'minute': {
      const short = clipped(last, []);
      return `${short}${short !== last || last.endsWith('ん') ? 'ぷん' : 'ふん'}`;
    }
    case 'kai':
    case 'ken':
    case 'kagetsu':
      return `${clipped(last, [])}${BASE[counter]}`;
    case 'point':
      return `${clipped(last, ['じゅう'])}${BASE[counter]}`;
    case 'day':
      if (last === 'よん') return 'よっか';
      break;
    default:
  }
  return `${OTHER_DIGIT[counter]?.[last] ?? last}${BASE[counter]}`;
}

/** 8,500 and `yen`: はっせん・ごひゃく・えん; 4 and `yen`: よえん in one piece, because it is no よん and えん. */
export function counted(number: number, counter: Counter): Piece[] {
  const own = ownWord(number, counter);
  if (own !== undefined) return [{ id: `own.${number}.${counter}`, reading: own }];
  const pieces = numberPieces(number);
  const last = pieces.at(-1) ?? ZERO;
  const base = BASE[counter];
  if (base === '') return pieces;
  const bound = together(last.reading, counter);
  if (bound === `${last.reading}${base}`) return [...pieces, { id: `counter.${counter}`, reading: base }];
  return [...pieces.slice(0, -1), { id: `${last.id}.${counter}`, reading: bound }];
}

export const read = (pieces: readonly Piece[]): string => pieces.map(({ reading }) => reading).join('');

/** Counters of which nobody meets a hundred. */
const SMALL: ReadonlySet<Counter> = new Set(['day', 'month', 'hour', 'minute', 'second', 'kagetsu']);

/** Every piece there is to record: all of the numbers, and those that counters change. */
export function everyNumberPiece(): Piece[] {
  const found = new Map<string, Piece>();
  const keep = (pieces: readonly Piece[]) => pieces.forEach((piece) => found.set(piece.id, piece));
  const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  const numbers = [0, 10, 20, ...digits, ...digits.flatMap((digit) => [20 + digit, 10 * digit, 100 * digit, 1_000 * digit]), 10_000_000, 100_000_000];
  for (const number of numbers) {
    keep(numberPieces(number));
    for (const [, counter] of COUNTER_WORDS) if (number < 100 || !SMALL.has(counter)) keep(counted(number, counter));
  }
  return [...found.values()];
}
