import { describe, expect, it } from 'vitest';
import { plainWords, readingSegments } from '../../contract/procedure/readings.ts';
import { TROUBLES } from '../../contract/trouble.ts';
import { catalogue, sayIn, spellIn, type Key, type Say } from './catalogue.ts';
import { FORMS, type Form } from './wording.ts';

/** Plausible parameters for every phrase; a key that needs others makes this test fail with `undefined` in its text. */
const PARAMETERS = { number: 3, count: 6, first: 4, last: 6, when: '11月《がつ》｜20日《はつか》　午後《ごご》3時《じ》12分《ふん》', seconds: 20, at: 3, of: 12, day: '12月《がつ》25日《にち》まで', era: 'XX', area: 'YY', page: 1, pages: 2, amount: '500', price: '400' };
/** What of them is data, in the language it comes in. */
const DATA = [PARAMETERS.when, PARAMETERS.day].map(plainWords);
const withoutData = (text: string) => DATA.reduce((rest, one) => rest.replace(one, ''), text);
const keys = Object.keys(catalogue) as Key[];
const speak = (say: Say) => say as (key: Key, parameters: typeof PARAMETERS) => string;
const everything = FORMS.flatMap((form) =>
  keys.map((key) => ({ form, key, text: speak(sayIn(form))(key, PARAMETERS), spelt: speak(spellIn(form))(key, PARAMETERS) })),
);
const inForm = (...forms: Form[]) => everything.filter(({ form }) => forms.includes(form));
const japanese = inForm('ja', 'easy');
const label = (text: string) => text.replaceAll('\n', '');

/** Everyday kanji that easy Japanese keeps, as the pictures of the kiosk do: with them a word is found faster than in kana alone. */
const EASY_KANJI = '金紙円年月日時分町役場人商品券本語';
/** Buttons named in the language they lead to. */
const OTHER_LANGUAGE: readonly Key[] = ['button.to-ja', 'button.to-easy', 'button.to-en'];
const KANJI = /[\p{Script=Han}々〆ヶ]/u;

describe('the catalogue', () => {
  it('says every key in every wording', () => {
    for (const { key, form, text } of everything) {
      expect(text.trim(), `${key} ${form}`).not.toBe('');
      expect(text, `${key} ${form}`).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it('has a sentence for every trouble', () => {
    for (const name of Object.keys(TROUBLES)) expect(keys).toContain(`trouble.${name}`);
  });

  it('uses no words of the trade and blames nobody', () => {
    for (const { key, text } of japanese) {
      expect(text, key).not.toMatch(/認証|ログイン|エラー|チャージ|タッチ|失敗|間違|不正|異常|無効|練習/);
      expect(text, key).not.toMatch(/にんしょう|しっぱい|まちがい|まちがえ|まちがっ|ふせい|いじょうが|むこう/);
    }
    for (const { key, text } of everything) expect(text, key).not.toMatch(/\berrors?\b|\blog ?in\b|\bfail/i);
  });

  it('does not shout and does not double its punctuation', () => {
    for (const { key, text } of everything) {
      expect(text, key).not.toMatch(/[!！]/);
      expect(text, key).not.toMatch(/[、。，．,.?？]{2}|「「|」」|　　|  /);
      expect(text, key).not.toMatch(/^\s|\s$| \n|\n /);
    }
  });

  it('writes Japanese in full-width forms, and English without Japanese', () => {
    for (const { key, text } of japanese) expect(text, key).not.toMatch(/[ｦ-ﾟ]|[０-９]/);
    for (const { key, text } of inForm('en')) {
      if (!OTHER_LANGUAGE.includes(key)) expect(withoutData(text), key).not.toMatch(/[ぁ-んァ-ヶ一-龠]/);
    }
  });

  it('keeps its lines short', () => {
    for (const { key, form, text } of everything) {
      for (const line of text.split('\n')) expect(line.length, `${key}: ${line}`).toBeLessThanOrEqual(form === 'en' ? 60 : 40);
    }
  });

  it('reads every kanji, in hiragana, right behind it', () => {
    for (const { key, spelt, text } of japanese) {
      expect(text, key).not.toMatch(/[《》｜]/);
      for (const { text: piece, reading } of readingSegments(spelt)) {
        if (reading === undefined) expect(piece, `${key}: a kanji without a reading`).not.toMatch(KANJI);
        else expect(piece, `${key}: a reading on no kanji`).toMatch(KANJI);
      }
    }
  });

  it('has English without readings', () => {
    for (const { key, spelt } of inForm('en')) expect(spelt.replace(PARAMETERS.when, '').replace(PARAMETERS.day, ''), key).not.toMatch(/[《》｜]/);
  });

  it('keeps easy Japanese to kana and a few everyday kanji, in words with blanks between them', () => {
    for (const { key, text } of inForm('easy')) {
      const kanji = [...withoutData(text)].filter((letter) => KANJI.test(letter) && !EASY_KANJI.includes(letter));
      expect(kanji, key).toEqual([]);
      for (const word of withoutData(text).split(/[\s、。（）]/)) expect(word.length, `${key}: ${word}`).toBeLessThanOrEqual(11);
    }
  });

  it('says something of its own in each wording', () => {
    const alike = keys.filter((key) => {
      const [ja = '', easy = ''] = FORMS.map((form) => speak(sayIn(form))(key, PARAMETERS));
      return ja === easy && KANJI.test(ja);
    });
    expect(alike).toEqual([]);
  });

  it('names only buttons that exist', () => {
    for (const form of FORMS) {
      const buttons = new Set(inForm(form).filter(({ key }) => key.startsWith('button.')).map(({ text }) => label(text)));
      for (const { key, text } of inForm(form)) {
        for (const [, named = ''] of text.matchAll(/[「“]([^」”]+)[」”]/g)) expect(buttons, `${key} names 「${named}」`).toContain(label(named));
      }
    }
  });

  it('gives no two buttons the same words', () => {
    for (const form of FORMS) {
      const labels = inForm(form).filter(({ key }) => key.startsWith('button.')).map(({ text }) => label(text));
      expect(labels.filter((text, index) => labels.indexOf(text) !== index), form).toEqual([]);
    }
  });
});
