import { describe, expect, it } from 'vitest';
import { asRead, isKana } from './as-read.ts';
import { isWordedAsCut, segmentsOf } from './phrases.ts';

describe('a text as it is read aloud', () => {
  it.each([
    ['残高《ざんだか》の画面《がめん》', 'ざんだかのがめん'],
    ['2枚《まい》以上《いじょう》', 'にまいいじょう'],
    ['1つめは', 'ひとつめは'],
    ['あと20秒《びょう》で終《お》わります', 'あとにじゅうびょうでおわります'],
    ['｜1月1日《いちがつついたち》から', 'いちがつついたちから'],
    ['1月1日', 'いちがつついたち'],
    ['11月20日　午後3時12分', 'じゅういちがつはつか　午後さんじじゅうにふん'],
    ['13,500円', 'いちまんさんぜんごひゃくえん'],
    ['3か月《かげつ》', 'さんかげつ'],
    ['職員に\nお声がけください', '職員にお声がけください'],
    ['呼びました\n番号 3', '呼びました。番号 さん'],
    ['0164-64-2211', '0164-ろくじゅうよん-にせんにひゃくじゅういち'],
  ])('%s', (wording, reading) => {
    expect(asRead(wording)).toBe(reading);
  });

  it('tells kana from what still has kanji, letters or digits', () => {
    expect(isKana('カードを おいてください。')).toBe(true);
    for (const text of ['残高', 'QRコード', '3ばん', '']) expect(isKana(text), text).toBe(false);
  });
});

describe('a phrase', () => {
  it('is cut at its parameters, its counter kept with the number', () => {
    expect(segmentsOf('balance.offers', 'ja')).toEqual([
      { kind: 'open', name: 'count', counter: 'tsu' },
      { kind: 'fixed', id: 'balance.offers.1', text: expect.stringContaining('います') as string },
    ]);
    expect(segmentsOf('still-there.ends', 'en')).toEqual([
      { kind: 'fixed', id: 'still-there.ends.1', text: 'This ends by itself in' },
      { kind: 'open', name: 'seconds' },
      { kind: 'fixed', id: 'still-there.ends.2', text: 'seconds' },
    ]);
    expect(segmentsOf('loaded.title', 'en')).toEqual([{ kind: 'fixed', id: 'loaded.title', text: 'Added' }]);
  });

  it('is not put together where it is worded otherwise for these parameters', () => {
    expect(isWordedAsCut('balance.shown', 'ja', { first: 1, last: 3, count: 6 })).toBe(true);
    expect(isWordedAsCut('balance.shown', 'ja', { first: 6, last: 6, count: 6 })).toBe(false);
  });
});
