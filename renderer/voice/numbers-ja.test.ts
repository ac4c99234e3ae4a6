import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counted, everyNumberPiece, numberPieces, NUMBER_MAX, read, type Counter } from './numbers-ja.ts';

/** Written by hand, as a native speaker reads them. */
const NUMBERS: ReadonlyArray<readonly [number, string]> = [
  [0, 'ぜろ'], [1, 'いち'], [4, 'よん'], [7, 'なな'], [9, 'きゅう'], [10, 'じゅう'], [11, 'じゅういち'], [40, 'よんじゅう'], [99, 'きゅうじゅうきゅう'],
  [100, 'ひゃく'], [300, 'さんびゃく'], [303, 'さんびゃくさん'], [320, 'さんびゃくにじゅう'], [400, 'よんひゃく'], [600, 'ろっぴゃく'], [800, 'はっぴゃく'], [999, 'きゅうひゃくきゅうじゅうきゅう'],
  [1_000, 'せん'], [1_240, 'せんにひゃくよんじゅう'], [3_000, 'さんぜん'], [8_000, 'はっせん'], [8_500, 'はっせんごひゃく'], [8_888, 'はっせんはっぴゃくはちじゅうはち'],
  [10_000, 'いちまん'], [13_500, 'いちまんさんぜんごひゃく'], [30_000, 'さんまん'], [125_000, 'じゅうにまんごせん'], [1_250_000, 'ひゃくにじゅうごまん'], [3_600_000, 'さんびゃくろくじゅうまん'],
  [10_000_000, 'いっせんまん'], [11_001_000, 'いっせんひゃくまんせん'], [80_000_000, 'はっせんまん'], [100_000_000, 'いちおく'], [1_000_000_001, 'じゅうおくいち'],
];
const COUNTED: Readonly<Record<Counter, ReadonlyArray<readonly [number, string]>>> = {
  yen: [[0, 'ぜろえん'], [1, 'いちえん'], [4, 'よえん'], [14, 'じゅうよえん'], [7, 'ななえん'], [10, 'じゅうえん'], [5_000, 'ごせんえん'], [8_500, 'はっせんごひゃくえん'], [13_504, 'いちまんさんぜんごひゃくよえん'], [1_000_000, 'ひゃくまんえん']],
  point: [[1, 'いちぽいんと'], [8, 'はちぽいんと'], [10, 'じゅっぽいんと'], [320, 'さんびゃくにじゅっぽいんと'], [500, 'ごひゃくぽいんと'], [1_240, 'せんにひゃくよんじゅっぽいんと']],
  mai: [[1, 'いちまい'], [4, 'よんまい'], [7, 'ななまい'], [9, 'きゅうまい'], [16, 'じゅうろくまい']],
  tsu: [[1, 'ひとつ'], [2, 'ふたつ'], [3, 'みっつ'], [4, 'よっつ'], [6, 'むっつ'], [8, 'やっつ'], [9, 'ここのつ'], [10, 'とお'], [11, 'じゅういち']],
  day: [[1, 'いちにち'], [2, 'ふつか'], [4, 'よっか'], [7, 'なのか'], [8, 'ようか'], [10, 'とおか'], [11, 'じゅういちにち'], [14, 'じゅうよっか'], [17, 'じゅうしちにち'], [19, 'じゅうくにち'], [20, 'はつか'], [24, 'にじゅうよっか'], [30, 'さんじゅうにち'], [40, 'よんじゅうにち'], [45, 'よんじゅうごにち']],
  month: [[1, 'いちがつ'], [4, 'しがつ'], [7, 'しちがつ'], [9, 'くがつ'], [10, 'じゅうがつ'], [12, 'じゅうにがつ']],
  year: [[4, 'よねん'], [7, 'ななねん'], [2026, 'にせんにじゅうろくねん'], [2024, 'にせんにじゅうよねん']],
  hour: [[0, 'れいじ'], [4, 'よじ'], [7, 'しちじ'], [9, 'くじ'], [11, 'じゅういちじ'], [12, 'じゅうにじ']],
  minute: [[1, 'いっぷん'], [2, 'にふん'], [3, 'さんぷん'], [4, 'よんぷん'], [5, 'ごふん'], [6, 'ろっぷん'], [7, 'ななふん'], [8, 'はっぷん'], [9, 'きゅうふん'], [10, 'じゅっぷん'], [12, 'じゅうにふん'], [30, 'さんじゅっぷん'], [55, 'ごじゅうごふん']],
  second: [[4, 'よんびょう'], [20, 'にじゅうびょう']],
  kai: [[1, 'いっかい'], [3, 'さんかい'], [6, 'ろっかい'], [8, 'はっかい'], [10, 'じゅっかい'], [100, 'ひゃっかい']],
  ken: [[1, 'いっけん'], [3, 'さんけん'], [6, 'ろっけん'], [10, 'じゅっけん']],
  person: [[1, 'ひとり'], [2, 'ふたり'], [3, 'さんにん'], [4, 'よにん'], [7, 'ななにん'], [11, 'じゅういちにん'], [14, 'じゅうよにん']],
  ban: [[3, 'さんばん'], [4, 'よんばん'], [303, 'さんびゃくさんばん']],
  kagetsu: [[1, 'いっかげつ'], [3, 'さんかげつ'], [6, 'ろっかげつ'], [10, 'じゅっかげつ']],
};
const counters = Object.keys(COUNTED) as Counter[];
const anyNumber = fc.oneof(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 0, max: NUMBER_MAX }));

describe('a number', () => {
  it.each(NUMBERS)('%i is read %s', (number, reading) => {
    expect(read(numberPieces(number))).toBe(reading);
  });

  it('is read in two halves around まん, and never without its changes of sound', () => {
    fc.assert(
      fc.property(anyNumber, (number) => {
        const reading = read(numberPieces(number));
        expect(reading).toMatch(/^[ぁ-ん]+$/);
        expect(reading).not.toMatch(/さんひゃく|ろくひゃく|はちひゃく|さんせん|はちせん|いちひゃく|いちじゅう|いちせん|し|まんまん/);
        if (number >= 10_000 && number < 100_000_000) {
          const rest = number % 10_000;
          const man = read(numberPieces(Math.floor(number / 10_000) * 10_000));
          expect(reading).toBe(`${man}${rest === 0 ? '' : read(numberPieces(rest))}`);
        }
      }),
    );
  });

  it('sounds like no other number', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (one, other) => {
        expect(read(numberPieces(one)) === read(numberPieces(other))).toBe(one === other);
      }),
    );
  });

  it('is an integer of at most ten digits', () => {
    for (const number of [-1, 0.5, Number.NaN, NUMBER_MAX + 1]) expect(() => numberPieces(number)).toThrow('integers');
  });
});

describe('a number and what it counts', () => {
  it.each(counters.flatMap((counter) => COUNTED[counter].map(([number, reading]) => [number, counter, reading] as const)))('%i %s is read %s', (number, counter, reading) => {
    expect(read(counted(number, counter))).toBe(reading);
  });

  it('is put together from pieces that are all on the list to record, each with one reading', () => {
    const list = new Map(everyNumberPiece().map(({ id, reading }) => [id, reading]));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), fc.constantFrom<Counter>('yen', 'point', 'mai'), (number, counter) => {
        for (const { id, reading } of counted(number, counter)) expect(list.get(id), id).toBe(reading);
      }),
    );
    for (const counter of counters) for (let number = 0; number < 100; number += 1) for (const { id, reading } of counted(number, counter)) expect(list.get(id), `${number} ${id}`).toBe(reading);
    expect([...list.keys()].filter((id) => !/^[a-z0-9]+([.-][a-z0-9]+)*$/.test(id))).toEqual([]);
  });
});
