/**
 * Draws the characters a printer does not have, as 24 × 24 dots for `FS 2`. The drawing library and the fonts cost 35 MB and more, so
 * they are loaded when the first such character comes and never before. Must never draw a substitute: a character that no font has
 * is reported and the slip is not printed.
 */
import { createRequire } from 'node:module';
import { readFontCoverage, type FontCoverage } from './font-coverage.ts';

const GLYPH_DOTS = 24;
/** Ink from which a dot is burnt, of 255. Low enough for thin strokes of dense kanji to hold together on thermal paper. */
const BURNT_FROM = 104;

/** In this order. BIZ UDGothic is the face of the screens; Noto Sans JP has rarer kanji such as 𠮷. Both are TrueType (OFL). */
const FONTS = [
  { family: 'Kazasu Slip BIZ UDGothic', file: '@expo-google-fonts/biz-udgothic/400Regular/BIZUDGothic_400Regular.ttf' },
  { family: 'Kazasu Slip Noto Sans JP', file: '@expo-google-fonts/noto-sans-jp/500Medium/NotoSansJP_500Medium.ttf' },
];

/** Variation selectors 1–14 and those of ideographs (the presentation selectors 15 and 16 never come here). */
const SELECTOR = /^[\ufe00-\ufe0d\u{e0100}-\u{e01ef}]$/u;
const SELECTORS = /[\ufe00-\ufe0d\u{e0100}-\u{e01ef}]/gu;

export interface DrawnGlyphs {
  /** For each grapheme its 72 bytes: 24 columns from left to right, each of three bytes from top to bottom. */
  readonly glyphs: ReadonlyMap<string, Uint8Array>;
  /** Graphemes that no font has. */
  readonly missing: readonly string[];
}

let coverage: { readonly family: string; readonly path: string; readonly has: FontCoverage }[] | undefined;

/** Draws each of `graphemes` once. The first call takes some 200 ms, later ones a fraction of one. */
export async function drawGlyphs(graphemes: Iterable<string>): Promise<DrawnGlyphs> {
  const { createCanvas, GlobalFonts } = await import('@napi-rs/canvas');
  if (!coverage) {
    const resolve = createRequire(import.meta.url);
    coverage = FONTS.map(({ family, file }) => ({ family, path: resolve.resolve(file), has: readFontCoverage(resolve.resolve(file)) }));
    for (const { family, path } of coverage) {
      if (!GlobalFonts.registerFromPath(path, family)) throw new Error(`The font ${path} could not be loaded.`);
    }
  }
  const context = createCanvas(GLYPH_DOTS, GLYPH_DOTS).getContext('2d');
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  const draw = (text: string, family: string): Uint8Array => {
    context.clearRect(0, 0, GLYPH_DOTS, GLYPH_DOTS);
    context.font = `${GLYPH_DOTS}px "${family}"`;
    context.fillText(text, GLYPH_DOTS / 2, 21);
    return columnsOf(context.getImageData(0, 0, GLYPH_DOTS, GLYPH_DOTS).data);
  };
  const glyphs = new Map<string, Uint8Array>();
  const missing: string[] = [];
  for (const grapheme of graphemes) {
    const font = coverage.find(({ has }) => covers(has, grapheme));
    if (!font) {
      missing.push(grapheme);
      continue;
    }
    const glyph = draw(grapheme, font.family);
    // The library is not trusted to have chosen the rarer form: it must at least look different from the usual one.
    const usual = asksForOtherForm(font.has, grapheme) ? draw(grapheme.replace(SELECTORS, ''), font.family) : undefined;
    if (usual && Buffer.compare(usual, glyph) === 0) missing.push(grapheme);
    else glyphs.set(grapheme, glyph);
  }
  return { glyphs, missing };
}

/** A cluster is covered when one font has each of its characters, and knows the form a variation selector asks for. */
function covers(font: FontCoverage, grapheme: string): boolean {
  const codePoints = [...grapheme].map((character) => character.codePointAt(0) ?? 0);
  return codePoints.every((codePoint, index) => {
    if (SELECTOR.test(String.fromCodePoint(codePoint))) return font.variation(codePoints[index - 1] ?? 0, codePoint) !== 'unknown';
    // Formatting characters have no ink: a font that "has" one would print nothing for it.
    return !/\p{C}/u.test(String.fromCodePoint(codePoint)) && font.has(codePoint);
  });
}

function asksForOtherForm(font: FontCoverage, grapheme: string): boolean {
  const codePoints = [...grapheme].map((character) => character.codePointAt(0) ?? 0);
  return codePoints.some((codePoint, index) => index > 0 && font.variation(codePoints[index - 1] ?? 0, codePoint) === 'other');
}

function columnsOf(pixels: Uint8ClampedArray): Uint8Array {
  const columns = new Uint8Array((GLYPH_DOTS * GLYPH_DOTS) / 8);
  for (let y = 0; y < GLYPH_DOTS; y++) {
    for (let x = 0; x < GLYPH_DOTS; x++) {
      const ink = pixels[(y * GLYPH_DOTS + x) * 4 + 3] ?? 0;
      if (ink < BURNT_FROM) continue;
      const at = x * 3 + (y >> 3);
      columns[at] = (columns[at] ?? 0) | (0x80 >> (y & 7));
    }
  }
  return columns;
}
