/**
 * Ligatures of one feature of a TrueType font (`GSUB` lookup type 4): which single glyph stands for a row of glyphs, as か and its mark
 * make か゚. Other lookups of the feature do not matter here and are passed over.
 */
import type { FontFile } from './font-file.ts';

const LIGATURE = 4;
const EXTENSION = 7;

/** @returns a function that gives the glyph for a row of glyphs, 0 when the font has none for exactly this row */
export function readLigatures(font: FontFile, feature: string): (glyphs: readonly number[]) => number {
  const known = new Map<string, number>();
  if (font.has('GSUB')) {
    const table = font.table('GSUB');
    for (const lookup of lookupsOf(table, feature)) {
      for (const subtable of ligatureSubtables(table, lookup)) addLigatures(table, subtable, known);
    }
  }
  return (glyphs) => known.get(glyphs.join()) ?? 0;
}

function lookupsOf(table: DataView, feature: string): number[] {
  const features = table.getUint16(6);
  const lookups = table.getUint16(8);
  const found = new Set<number>();
  for (let index = 0; index < table.getUint16(features); index++) {
    const at = features + 2 + 6 * index;
    const tag = String.fromCharCode(table.getUint8(at), table.getUint8(at + 1), table.getUint8(at + 2), table.getUint8(at + 3));
    if (tag !== feature) continue;
    const entry = features + table.getUint16(at + 4);
    for (let lookup = 0; lookup < table.getUint16(entry + 2); lookup++) found.add(table.getUint16(entry + 4 + 2 * lookup));
  }
  return [...found].map((lookup) => lookups + table.getUint16(lookups + 2 + 2 * lookup));
}

function ligatureSubtables(table: DataView, lookup: number): number[] {
  const type = table.getUint16(lookup);
  const subtables = Array.from({ length: table.getUint16(lookup + 4) }, (_, index) => lookup + table.getUint16(lookup + 6 + 2 * index));
  if (type === LIGATURE) return subtables;
  if (type !== EXTENSION) return [];
  return subtables.filter((at) => table.getUint16(at + 2) === LIGATURE).map((at) => at + table.getUint32(at + 4));
}

function addLigatures(table: DataView, subtable: number, known: Map<string, number>): void {
  coveredGlyphs(table, subtable + table.getUint16(subtable + 2)).forEach((first, index) => {
    const set = subtable + table.getUint16(subtable + 6 + 2 * index);
    for (let entry = 0; entry < table.getUint16(set); entry++) {
      const at = set + table.getUint16(set + 2 + 2 * entry);
      const rest = Array.from({ length: table.getUint16(at + 2) - 1 }, (_, component) => table.getUint16(at + 4 + 2 * component));
      known.set([first, ...rest].join(), table.getUint16(at));
    }
  });
}

/** The glyphs of a coverage table in its order. */
function coveredGlyphs(table: DataView, at: number): number[] {
  const count = table.getUint16(at + 2);
  if (table.getUint16(at) === 1) return Array.from({ length: count }, (_, index) => table.getUint16(at + 4 + 2 * index));
  return Array.from({ length: count }, (_, index) => {
    const start = table.getUint16(at + 4 + 6 * index);
    return Array.from({ length: table.getUint16(at + 6 + 6 * index) - start + 1 }, (_, glyph) => start + glyph);
  }).flat();
}
