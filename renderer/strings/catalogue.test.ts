import { describe, expect, it } from 'vitest';
import { TROUBLES } from '../../contract/trouble.ts';
import { catalogue, LANGUAGES, sayIn, type Key, type Language } from './catalogue.ts';

/** Plausible parameters for every phrase; a key that needs others makes this test fail with `undefined` in its text. */
const PARAMETERS = { number: 3, count: 6, first: 4, last: 6, when: '11月20日　午後3時12分', seconds: 20, at: 3, of: 12, day: '12月25日まで', era: '昭和', area: '字苫前', page: 1, pages: 2, amount: '500' };
const keys = Object.keys(catalogue) as Key[];
const speak = (language: Language) => sayIn(language) as (key: Key, parameters: typeof PARAMETERS) => string;
const everything = LANGUAGES.flatMap((language) => keys.map((key) => ({ language, key, text: speak(language)(key, PARAMETERS) })));
const japanese = everything.filter(({ language }) => language === 'ja');

describe('the catalogue', () => {
  it('says every key in every language', () => {
    for (const { key, language, text } of everything) {
      expect(text.trim(), `${key} ${language}`).not.toBe('');
      expect(text, `${key} ${language}`).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it('has a sentence for every trouble', () => {
    for (const name of Object.keys(TROUBLES)) expect(keys).toContain(`trouble.${name}`);
  });

  it('uses no words of the trade and blames nobody', () => {
    for (const { key, text } of japanese) expect(text, key).not.toMatch(/認証|ログイン|エラー|チャージ|タッチ|失敗|間違|不正|異常|無効|練習/);
    for (const { key, text } of everything) expect(text, key).not.toMatch(/\berrors?\b|\blog ?in\b|\bfail/i);
  });

  it('does not shout and does not double its punctuation', () => {
    for (const { key, text } of everything) {
      expect(text, key).not.toMatch(/[!！]/);
      expect(text, key).not.toMatch(/[、。，．,.?？]{2}|「「|」」|　　/);
      expect(text, key).not.toMatch(/^\s|\s$/);
    }
  });

  it('writes Japanese in full-width forms, and English without Japanese', () => {
    for (const { key, text } of japanese) expect(text, key).not.toMatch(/[ｦ-ﾟ]|[０-９]/);
    for (const { key, language, text } of everything) {
      if (language === 'en' && key !== 'button.other-language') expect([PARAMETERS.when, PARAMETERS.day, PARAMETERS.era, PARAMETERS.area].reduce((rest, one) => rest.replace(one, ''), text), key).not.toMatch(/[ぁ-んァ-ヶ一-龠]/);
    }
  });

  it('keeps its lines short', () => {
    for (const { key, language, text } of everything) {
      for (const line of text.split('\n')) expect(line.length, `${key}: ${line}`).toBeLessThanOrEqual(language === 'ja' ? 40 : 60);
    }
  });

  it('names only buttons that exist', () => {
    const buttons = new Set(everything.filter(({ key }) => key.startsWith('button.')).map(({ text }) => text));
    for (const { key, text } of japanese) {
      for (const [, named] of text.matchAll(/「([^」]+)」/g)) expect(buttons, `${key} names 「${named ?? ''}」`).toContain(named);
    }
  });

  it('gives no two buttons the same words', () => {
    for (const language of LANGUAGES) {
      const labels = everything.filter((said) => said.language === language && said.key.startsWith('button.')).map(({ text }) => text);
      expect(new Set(labels).size).toBe(labels.length);
    }
  });
});
