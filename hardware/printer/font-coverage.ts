/**
 * Which characters a TrueType font has, read from its `cmap` table alone. Drawing libraries quietly take another font, or an empty
 * box, for a character they lack; on a slip that must never happen, so the font is asked first. Source: the OpenType specification,
 * "cmap – Character to Glyph Index Mapping Table", formats 4, 12 and 14.
 */
import { closeSync, openSync, readSync } from 'node:fs';

export interface FontCoverage {
  /** True when the font has a glyph for this code point. */
  has(codePoint: number): boolean;
  /** Whether the form of `codePoint` that the variation selector asks for is the font's usual one, another one it has, or unknown. */
  variation(codePoint: number, selector: number): 'usual' | 'other' | 'unknown';
}

/** Reads some 200 kB of the font file, nothing of its outlines. @throws when the file is not a TrueType font */
export function readFontCoverage(path: string): FontCoverage {
  const cmap = readTable(path, 'cmap');
  const subtables = new Map<number, DataView>();
  for (let index = 0; index < cmap.getUint16(2); index++) {
    const offset = cmap.getUint32(8 + 8 * index);
    subtables.set(cmap.getUint16(offset), new DataView(cmap.buffer, cmap.byteOffset + offset));
  }
  const basic = subtables.get(4);
  const full = subtables.get(12);
  const variations = subtables.get(14);
  return {
    has: (codePoint) => (full ? hasInFormat12(full, codePoint) : basic !== undefined && hasInFormat4(basic, codePoint)),
    variation: (codePoint, selector) => (variations ? findInFormat14(variations, codePoint, selector) : 'unknown'),
  };
}

function readTable(path: string, tag: string): DataView {
  const file = openSync(path, 'r');
  try {
    const header = readAt(file, 0, 12);
    const directory = readAt(file, 12, header.getUint16(4) * 16);
    for (let at = 0; at < directory.byteLength; at += 16) {
      const name = String.fromCharCode(...Array.from({ length: 4 }, (_, index) => directory.getUint8(at + index)));
      if (name === tag) return readAt(file, directory.getUint32(at + 8), directory.getUint32(at + 12));
    }
  } finally {
    closeSync(file);
  }
  throw new Error(`${path} has no ${tag} table; is it a TrueType font?`);
}

function readAt(file: number, position: number, length: number): DataView {
  const bytes = new Uint8Array(length);
  readSync(file, bytes, 0, length, position);
  return new DataView(bytes.buffer);
}

function hasInFormat4(table: DataView, codePoint: number): boolean {
  if (codePoint > 0xffff) return false;
  const doubleCount = table.getUint16(6);
  for (let at = 0; at < doubleCount; at += 2) {
    if (table.getUint16(14 + at) < codePoint) continue;
    const start = table.getUint16(16 + doubleCount + at);
    if (start > codePoint) return false;
    const delta = table.getUint16(16 + 2 * doubleCount + at);
    const rangeAt = 16 + 3 * doubleCount + at;
    const range = table.getUint16(rangeAt);
    const glyph = range === 0 ? codePoint : table.getUint16(rangeAt + range + 2 * (codePoint - start));
    return glyph !== 0 && ((glyph + delta) & 0xffff) !== 0;
  }
  return false;
}

function hasInFormat12(table: DataView, codePoint: number): boolean {
  let low = 0;
  let high = table.getUint32(12) - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = 16 + 12 * middle;
    if (codePoint < table.getUint32(at)) high = middle - 1;
    else if (codePoint > table.getUint32(at + 4)) low = middle + 1;
    else return table.getUint32(at + 8) + codePoint - table.getUint32(at) !== 0;
  }
  return false;
}

function findInFormat14(table: DataView, codePoint: number, selector: number): 'usual' | 'other' | 'unknown' {
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
      if (uint24(table, others + 4 + 5 * mapping) === codePoint) return 'other';
    }
  }
  return 'unknown';
}

function uint24(table: DataView, at: number): number {
  return (table.getUint16(at) << 8) | table.getUint8(at + 2);
}
