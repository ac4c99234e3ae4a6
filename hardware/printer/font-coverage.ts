/**
 * Which glyph a TrueType font has for what people take for one character: by its `cmap` table (formats 4 and 12, and 14 for variation
 * selectors) and by the ligatures of its `ccmp` feature for a letter with its mark. Drawing libraries quietly take another font, the
 * usual form or an empty box for what they lack; on a slip that must never happen, so nothing is guessed here.
 */
import type { FontFile } from './font-file.ts';
import { readLigatures } from './font-ligatures.ts';

/** @returns the one glyph that the font names for `grapheme`, or undefined */
export type FontCoverage = (grapheme: string) => number | undefined;

/** Variation selectors 1–14 and those of ideographs; the presentation selectors 15 and 16 say nothing about a form. */
const SELECTOR = /^[\ufe00-\ufe0d\u{e0100}-\u{e01ef}]$/u;

/** Reads up to 1 MB of the font file, nothing of its outlines. @throws when the file is not a TrueType font */
export function readFontCoverage(font: FontFile): FontCoverage {
  const cmap = font.table('cmap');
  const subtables = new Map<number, DataView>();
  for (let index = 0; index < cmap.getUint16(2); index++) {
    const offset = cmap.getUint32(8 + 8 * index);
    subtables.set(cmap.getUint16(offset), new DataView(cmap.buffer, cmap.byteOffset + offset));
  }
  const basic = subtables.get(4);
  const full = subtables.get(12);
  const variations = subtables.get(14);
  const ligatures = readLigatures(font, 'ccmp');

  const plain = (character: string): number => {
    // Private, unassigned, formatting characters and the sign of damaged text have no form, whatever a font says.
    if (/[\p{C}\ufffd]/u.test(character)) return 0;
    const codePoint = character.codePointAt(0) ?? 0;
    return full ? glyphInFormat12(full, codePoint) : basic ? glyphInFormat4(basic, codePoint) : 0;
  };
  const varied = (character: string, selector: string): number => {
    const form = variations ? formInFormat14(variations, character.codePointAt(0) ?? 0, selector.codePointAt(0) ?? 0) : 0;
    return form === 'usual' ? plain(character) : form;
  };
  return (grapheme) => {
    const [first = '', second, ...more] = [...grapheme];
    let glyph: number;
    if (second === undefined) glyph = plain(first);
    else if (SELECTOR.test(second)) glyph = more.length === 0 ? varied(first, second) : 0;
    else glyph = ligatures([first, second, ...more].map(plain));
    return glyph === 0 ? undefined : glyph;
  };
}

function glyphInFormat4(table: DataView, codePoint: number): number {
  if (codePoint > 0xffff) return 0;
  const doubleCount = table.getUint16(6);
  for (let at = 0; at < doubleCount; at += 2) {
    if (table.getUint16(14 + at) < codePoint) continue;
    const start = table.getUint16(16 + doubleCount + at);
    if (start > codePoint) return 0;
    const delta = table.getUint16(16 + 2 * doubleCount + at);
    const rangeAt = 16 + 3 * doubleCount + at;
    const range = table.getUint16(rangeAt);
    const glyph = range === 0 ? codePoint : table.getUint16(rangeAt + range + 2 * (codePoint - start));
    return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
  }
  return 0;
}

function glyphInFormat12(table: DataView, codePoint: number): number {
  let low = 0;
  let high = table.getUint32(12) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = 16 + 12 * middle;
    if (codePoint < table.getUint32(at)) high = middle - 1;
    else if (codePoint > table.getUint32(at + 4)) low = middle + 1;
    else return table.getUint32(at + 8) + codePoint - table.getUint32(at);
  }
  return 0;
}

/** @returns the glyph, `usual` when the font says that its usual one is the form asked for, 0 when it does not know the form */
function formInFormat14(table: DataView, codePoint: number, selector: number): number | 'usual' {
  for (let record = 0; record < table.getUint32(6); record++) {
    const at = 10 + 11 * record;
    if (uint24(table, at) !== selector) continue;
    const defaults = table.getUint32(at + 3);
    const others = table.getUint32(at + 7);
    for (let range = 0; defaults !== 0 && range < table.getUint32(defaults); range++) {
      const start = uint24(table, defaults + 4 + 4 * range);
      if (codePoint >= start && codePoint <= start + table.getUint8(defaults + 7 + 4 * range)) return 'usual';
    }
    for (let mapping = 0; others !== 0 && mapping < table.getUint32(others); mapping++) {
      if (uint24(table, others + 4 + 5 * mapping) === codePoint) return table.getUint16(others + 7 + 5 * mapping);
    }
  }
  return 0;
}

function uint24(table: DataView, at: number): number {
  return (table.getUint16(at) << 8) | table.getUint8(at + 2);
}
