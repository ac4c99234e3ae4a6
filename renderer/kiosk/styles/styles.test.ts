import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const css = (name: string) => readFileSync(path.join(import.meta.dirname, name), 'utf8');

/** The roles of one rule in roles.css. */
function rolesOf(selector: string): Record<string, string> {
  const rule = css('roles.css').split('}').find((candidate) => candidate.includes(`${selector} {`));
  if (!rule) throw new Error(`roles.css has no ${selector}`);
  return Object.fromEntries([...rule.matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = '', colour = '']) => [name, colour]));
}

const usual = rolesOf('.kiosk');
const themes = { usual, contrast: { ...usual, ...rolesOf(".kiosk[data-colours='contrast']") } };

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(colour: string): number {
  const channel = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** Which text stands on which ground. */
const TEXT: ReadonlyArray<readonly [string, string]> = [
  ['ink', 'paper'], ['ink', 'soft'], ['ink', 'key-tint'], ['ink', 'calm-tint'], ['ink', 'warn-tint'],
  ['key-deep', 'soft'], ['warn', 'paper'], ['warn', 'soft'], ['warn', 'warn-tint'], ['calm', 'calm-tint'],
  ['on-key', 'key'], ['on-key', 'key-pressed'], ['on-pressed', 'pressed'],
];
/** Lines and marks that carry meaning. */
const MARKS: ReadonlyArray<readonly [string, string]> = [
  ['key', 'paper'], ['key', 'soft'], ['edge', 'soft'], ['edge', 'paper'], ['calm', 'paper'], ['warn', 'paper'], ['ring-edge', 'paper'],
  ['ring-edge', 'soft'], ['device-line', 'paper'], ['key', 'track'],
];

describe('the colour roles', () => {
  for (const [theme, roles] of Object.entries(themes)) {
    it(`are at least 7 : 1 for text (${theme})`, () => {
      for (const [text, ground] of TEXT) expect(contrast(roles[text] ?? '', roles[ground] ?? ''), `${text} on ${ground}`).toBeGreaterThanOrEqual(7);
    });
    it(`are at least 3 : 1 for lines and marks (${theme})`, () => {
      for (const [mark, ground] of MARKS) expect(contrast(roles[mark] ?? '', roles[ground] ?? ''), `${mark} on ${ground}`).toBeGreaterThanOrEqual(3);
    });
  }

  it('are the only colours in the style sheets', () => {
    for (const name of ['kiosk.css', 'glass.css', 'likes.css']) {
      const stray = [...css(name).matchAll(/#[0-9a-f]{3,8}\b|rgba?\(|hsl/gi)].map(([colour]) => colour);
      // The page behind the kiosk is white before the kiosk is there.
      expect(stray.filter((colour) => !(name === 'kiosk.css' && (colour === '#ffffff' || colour === '#kiosk'))), name).toEqual([]);
    }
  });
});
