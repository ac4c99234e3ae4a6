/**
 * Draws characters as dots: those a printer does not have, and whole lines where a printer cannot learn them. The fonts are opened when
 * the first such character comes and never before. Must never draw a substitute: what no font has a glyph for is reported, and the slip
 * is not printed.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readFontCoverage, type FontCoverage } from './font-coverage.ts';
import { FontFile } from './font-file.ts';
import { readFontOutlines, type FontOutlines } from './font-outline.ts';
import { GOTHIC, MINCHO, glyphDots, type Thresholds } from './glyph-dots.ts';

/** In this order. BIZ UDGothic is the face of the screens and has all of JIS X 0213; Noto Sans JP has more, such as 𠮷. Both are TrueType (OFL). */
const GOTHIC_FONTS = ['@expo-google-fonts/biz-udgothic/400Regular/BIZUDGothic_400Regular.ttf', '@expo-google-fonts/noto-sans-jp/500Medium/NotoSansJP_500Medium.ttf'];

/**
 * Where IPAmj明朝 lies when it is installed: the font of 60,000 characters that family registers use. It is asked last, and everything
 * works without it but what only it has.
 */
const REGISTER_FONTS = ['/usr/share/fonts/truetype/ipamj/ipamjm.ttf', 'C:\\Windows\\Fonts\\ipamjm.ttf'];

/** Glyphs that are kept: a line of raster has 48 at most, and the same names come again. */
const KEPT_MAX = 2_000;

export interface Character {
  /** What people take for one character, with its marks or its variation selector. */
  readonly grapheme: string;
  /** 1 half width (12 dots), 2 full width (24 dots). */
  readonly columns: 1 | 2;
}

export interface DrawnGlyphs {
  /** For each grapheme its dots: 12 or 24 columns from left to right, each of three bytes from top to bottom. */
  readonly glyphs: ReadonlyMap<string, Uint8Array>;
  /** Graphemes that no font has. */
  readonly missing: readonly string[];
}

interface SlipFont {
  readonly glyphOf: FontCoverage;
  readonly outlines: FontOutlines;
  readonly thresholds: Thresholds;
}

const opened = new Map<string, SlipFont>();
const kept = new Map<string, Uint8Array | undefined>();

/**
 * @param registerFont path of a font that is asked last, in the place of an installed IPAmj明朝
 * @returns the dots of each of `characters`. The first takes some 50 ms, others a few, one that was drawn before nothing
 */
export function drawGlyphs(characters: Iterable<Character>, registerFont = REGISTER_FONTS.find((path) => existsSync(path))): DrawnGlyphs {
  const fonts = [...gothicFonts(), ...registerFonts(registerFont)];
  const glyphs = new Map<string, Uint8Array>();
  const missing: string[] = [];
  for (const { grapheme, columns } of characters) {
    const key = `${columns}${registerFont ?? ''}\n${grapheme}`;
    if (!kept.has(key)) {
      if (kept.size >= KEPT_MAX) kept.clear();
      kept.set(key, draw(fonts, grapheme, columns));
    }
    const dots = kept.get(key);
    if (dots) glyphs.set(grapheme, dots);
    else missing.push(grapheme);
  }
  return { glyphs, missing };
}

function draw(fonts: readonly SlipFont[], grapheme: string, columns: 1 | 2): Uint8Array | undefined {
  for (const { glyphOf, outlines, thresholds } of fonts) {
    const glyph = glyphOf(grapheme);
    // A glyph without ink would leave a hole in a name.
    const dots = glyph === undefined ? undefined : glyphDots(outlines.outline(glyph), outlines.unitsPerEm, columns === 1 ? 12 : 24, thresholds);
    if (dots) return dots;
  }
  return undefined;
}

function gothicFonts(): SlipFont[] {
  const { resolve } = createRequire(import.meta.url);
  return GOTHIC_FONTS.map((file) => font(resolve(file), GOTHIC));
}

/** A register's font that is not there, or cannot be read, is the same as none: what only it has is then missing, and that is said. */
function registerFonts(path: string | undefined): SlipFont[] {
  try {
    return path === undefined ? [] : [font(path, MINCHO)];
  } catch {
    return [];
  }
}

function font(path: string, thresholds: Thresholds): SlipFont {
  let found = opened.get(path);
  if (!found) {
    const file = new FontFile(path);
    found = { glyphOf: readFontCoverage(file), outlines: readFontOutlines(file), thresholds };
    opened.set(path, found);
  }
  return found;
}
