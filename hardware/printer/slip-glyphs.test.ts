import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { jisX0208Table, printableForm } from './slip-characters.ts';
import { drawGlyphs } from './slip-glyphs.ts';

const draw = (graphemes: readonly string[], font?: string) => drawGlyphs(graphemes.map((grapheme) => ({ grapheme, columns: 2 })), font);
const dotsOf = (grapheme: string, font?: string) => Buffer.from(draw([grapheme], font).glyphs.get(grapheme) ?? []).toString('hex');

it('all 11,233 characters of JIS X 0213 are text or can be drawn, also without the register’s font', { timeout: 120_000 }, () => {
  const characters = readFileSync(path.join(import.meta.dirname, 'test-support/jis-x-0213.txt'), 'utf8').replace(/\n$/, '').split(/[\t\n]/);
  expect(new Set(characters).size).toBe(11_233);
  const forms = characters.map(printableForm);
  // Not the same number: of 〜 ‖ − and others Unicode has two, the printer one; a blank is a blank, and a soft hyphen a hyphen.
  const text = forms.flatMap(({ kind, grapheme }) => (kind === 'text' ? grapheme : []));
  expect(text).toHaveLength(6_884);
  expect([...jisX0208Table().keys()].filter((character) => !text.includes(character))).toEqual([]);
  const drawn = draw(forms.flatMap(({ kind, grapheme }) => (kind === 'drawn' ? grapheme : [])), '/nowhere');
  expect(drawn.missing).toEqual([]);
  expect(drawn.glyphs.size).toBe(4_349);
});

it('a printer’s own characters can be drawn as well, for lines that are drawn whole', () => {
  const halfWidth = Array.from({ length: 0x5e }, (_, index) => String.fromCharCode(0x21 + index)).concat('¥', ...Array.from({ length: 63 }, (_, index) => String.fromCharCode(0xff61 + index)));
  const { glyphs, missing } = drawGlyphs(halfWidth.map((grapheme) => ({ grapheme, columns: 1 })));
  expect(missing).toEqual([]);
  for (const dots of glyphs.values()) expect(dots).toHaveLength(36);
});

it('different forms of one character are different dots, and the usual form is the usual dots', () => {
  const forms = ['葛\u{e0102}', '葛\u{e0103}', '葛\u{e0104}', '葛\u{e0105}', '葛\u{e0106}', '葛\u{e0107}', '葛\u{e0108}', '葛\u{e0100}', '葛'];
  expect(new Set(forms.map((form) => dotsOf(form))).size).toBe(forms.length);
  expect(dotsOf('葛\u{e0101}')).toBe(dotsOf('葛'));
  expect(dotsOf('辻\u{e0100}')).not.toBe(dotsOf('辻\u{e0101}'));
  expect(dotsOf('邉\u{e010f}')).not.toBe(dotsOf('邉\u{e0110}'));
});

it('a form that no font names is missing and never the usual form', () => {
  expect(draw(['葛\u{e01ef}', '邉\u{e01d0}', '葛\u{fe02}', '髙'])).toMatchObject({ missing: ['葛\u{e01ef}', '邉\u{e01d0}', '葛\u{fe02}'] });
});

it('what only the register’s font has is missing without it, or when its file is none', () => {
  const rare = ['㐄', '㐇', '葛\u{e0102}', '邉\u{e010f}'];
  expect(draw(rare).missing).toEqual([]);
  expect(draw(rare, '/nowhere').missing).toEqual(rare);
  expect(draw(rare, import.meta.filename).missing).toEqual(rare);
  expect(draw(['髙', '𠮷', '葛\u{e0100}'], '/nowhere').missing).toEqual([]);
});

it.each(['\u{1f600}', '\u{1f468}\u{1f469}', '1\u20e3', '\ufffd', '\u3164', '\u2800', '가', 'a\u0301\u0302', 'か\u0301', '\ud842', '\udfb7', '\ue000', '\u{f0001}', '\u200d'])(
  'nothing is drawn for %j',
  (grapheme) => {
    expect(draw([grapheme]).missing).toEqual([grapheme]);
  },
);
