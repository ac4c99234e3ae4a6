import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { readFontCoverage } from './font-coverage.ts';
import { FontFile } from './font-file.ts';
import samples from './test-support/glyph-samples.json' with { type: 'json' };

const gothic = readFontCoverage(new FontFile(createRequire(import.meta.url).resolve('@expo-google-fonts/biz-udgothic/400Regular/BIZUDGothic_400Regular.ttf')));
const register = readFontCoverage(new FontFile('/usr/share/fonts/truetype/ipamj/ipamjm.ttf'));

it.each(samples)('finds the glyph of $text that another program finds', ({ text, glyph }) => {
  expect(register(text)).toBe(glyph);
});

it('tells the usual form, another form and an unknown one apart', () => {
  const usual = gothic('葛');
  expect(usual).toBeGreaterThan(0);
  expect(gothic('葛\u{e0101}')).toBe(usual);
  expect(gothic('葛\u{e0100}')).toBeGreaterThan(0);
  expect(gothic('葛\u{e0100}')).not.toBe(usual);
  expect(gothic('葛\u{e0102}')).toBeUndefined();
  expect(gothic('\u{e0100}')).toBeUndefined();
  expect(gothic('葛\u{e0100}\u{e0101}')).toBeUndefined();
});

it('has a letter with its mark only where the font has one glyph for both', () => {
  expect(gothic('か\u309a')).toBeGreaterThan(0);
  expect(gothic('か\u309a')).not.toBe(gothic('か'));
  expect(gothic('ə\u0301')).toBeGreaterThan(0);
  expect(gothic('か\u0301')).toBeUndefined();
  expect(gothic('か\u309a\u309a')).toBeUndefined();
});

it.each(['\ufffd', '\ue000', '\u200d', '\u202e', '\ud842', '\u{e01ef}', '\u0378', ''])('never has a form for %j', (text) => {
  expect(gothic(text)).toBeUndefined();
  expect(register(text)).toBeUndefined();
});

it('refuses a file that is no font', () => {
  expect(() => readFontCoverage(new FontFile(import.meta.filename))).toThrow();
});
