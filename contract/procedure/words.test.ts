import { expect, it } from 'vitest';
import { plainWords, readingSegments } from './readings.ts';
import { Label } from './words.ts';

it('takes readings away, and gives them with what they are read over', () => {
  const text = '｜1月1日《いちがつついたち》の住所《じゅうしょ》は町《まち》';
  expect(plainWords(text)).toBe('1月1日の住所は町');
  expect(readingSegments(text)).toEqual([
    { text: '1月1日', reading: 'いちがつついたち' },
    { text: 'の' },
    { text: '住所', reading: 'じゅうしょ' },
    { text: 'は' },
    { text: '町', reading: 'まち' },
  ]);
});

it.each(['', ' 住所', '住所\n', '住所《ジュウショ》', '《じゅうしょ》', '住所｜', 'あ'.repeat(21)])('refuses %j', (ja) => {
  expect(Label.safeParse({ ja, easy: 'すむ ところ', en: 'Address' }).success).toBe(false);
});

it('does not count readings', () => {
  expect(Label.safeParse({ ja: '住所《じゅうしょ》'.repeat(10), easy: 'すむ ところ', en: 'Address' }).success).toBe(true);
});
