import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FontFile } from './font-file.ts';
import { readFontOutlines, type Point } from './font-outline.ts';
import { CELL_DOTS, GOTHIC, MINCHO, glyphDots } from './glyph-dots.ts';
import samples from './test-support/glyph-samples.json' with { type: 'json' };

const EM = 2048;
const isBurnt = (dots: Uint8Array, x: number, y: number) => ((dots[x * 3 + (y >> 3)] ?? 0) & (0x80 >> (y & 7))) !== 0;
const rectangle = (left: number, bottom: number, right: number, top: number): Point[] => [
  { x: left, y: bottom }, { x: left, y: top }, { x: right, y: top }, { x: right, y: bottom }, { x: left, y: bottom },
];
const picture = (dots: Uint8Array, width = 24) =>
  Array.from({ length: CELL_DOTS }, (_, y) => Array.from({ length: width }, (_, x) => (isBurnt(dots, x, y) ? '#' : '.')).join(''));

describe('against pictures by FreeType', () => {
  const { outline, unitsPerEm } = readFontOutlines(new FontFile('/usr/share/fonts/truetype/ipamj/ipamjm.ttf'));
  const references = samples.map(({ text, greys }) => ({ text, greys: Buffer.from(greys, 'hex') }));

  /** 1 when the same cells are dark, 0 when none is; the best of the places within a dot. */
  function likeness(dots: Uint8Array, greys: Uint8Array): number {
    const total = Math.hypot(...greys);
    return Math.max(
      ...[-1, 0, 1].flatMap((dx) =>
        [-1, 0, 1].map((dy) => {
          let common = 0;
          let burnt = 0;
          for (let y = 0; y < CELL_DOTS; y++) {
            for (let x = 0; x < CELL_DOTS; x++) {
              if (!isBurnt(dots, x, y)) continue;
              burnt++;
              if (x + dx >= 0 && x + dx < CELL_DOTS && y + dy >= 0 && y + dy < CELL_DOTS) common += greys[(y + dy) * CELL_DOTS + x + dx] ?? 0;
            }
          }
          return common / (Math.sqrt(burnt) * total);
        }),
      ),
    );
  }

  it.each(samples)('$text is most like its own picture, also among the forms of one character', ({ text, glyph }) => {
    const dots = glyphDots(outline(glyph), unitsPerEm, 24, MINCHO) ?? new Uint8Array(72);
    const closest = references.map((reference) => ({ text: reference.text, like: likeness(dots, reference.greys) })).sort((a, b) => b.like - a.like)[0];
    expect(closest?.text).toBe(text);
    expect(closest?.like).toBeGreaterThan(0.55);
  });
});

it('keeps a white field open that a plain threshold would close', () => {
  // Five strokes of 1.5 dots with half a dot of white between them: just where they lie, more than 0.44 of every dot is covered.
  const dot = EM / CELL_DOTS;
  const strokes = Array.from({ length: 5 }, (_, index) => rectangle(4 * dot, (4 + 2 * index) * dot, 20 * dot, (5.5 + 2 * index) * dot));
  const dots = glyphDots({ contours: strokes, advance: EM }, EM, 24, GOTHIC) ?? new Uint8Array();
  const column = Array.from({ length: CELL_DOTS }, (_, y) => (isBurnt(dots, 12, y) ? '#' : '.')).join('');
  expect(column.split(/\.+/).filter((stroke) => stroke !== '')).toHaveLength(5);
});

it('keeps a stroke that is thinner than a dot', () => {
  const dots = glyphDots({ contours: [rectangle(200, 800, 1_800, 830)], advance: EM }, EM, 24, MINCHO) ?? new Uint8Array();
  expect(picture(dots).filter((row) => /#{17,}/.test(row))).toHaveLength(1);
});

it('makes a glyph smaller that would not fit its cell, instead of cutting it off', () => {
  const dots = glyphDots({ contours: [rectangle(-500, -700, 3_000, 2_600), [...rectangle(-300, -500, 2_800, 2_400)].reverse()], advance: EM }, EM, 24, GOTHIC) ?? new Uint8Array();
  const rows = picture(dots);
  expect(rows.some((row) => /^\.*#+\.{10,}#+\.*$/.test(row))).toBe(true);
  expect(rows.filter((row) => /#{15,}/.test(row)).length).toBeGreaterThanOrEqual(2);
});

it('puts narrow glyphs into the middle, and half-width cells are half as wide', () => {
  const narrow = { contours: [rectangle(100, 0, 924, 1_600)], advance: 1_024 };
  expect(picture(glyphDots(narrow, EM, 24, GOTHIC) ?? new Uint8Array())[12]).toMatch(/^\.{6,8}#{8,11}\.{6,8}$/);
  expect(glyphDots(narrow, EM, 12, GOTHIC)).toHaveLength(36);
});

it('has nothing for an outline without ink', () => {
  expect(glyphDots({ contours: [], advance: EM }, EM, 24, GOTHIC)).toBeUndefined();
  expect(glyphDots({ contours: [rectangle(0, 0, 1, 1)], advance: EM }, EM, 24, GOTHIC)).toBeUndefined();
});

it('gives whatever outline the same dots each time, and never an empty character', () => {
  const point = fc.record({ x: fc.integer({ min: -4_000, max: 6_000 }), y: fc.integer({ min: -4_000, max: 6_000 }) });
  const contours = fc.array(fc.array(point, { minLength: 1, maxLength: 6 }).map((points) => [...points, ...points.slice(0, 1)]), { maxLength: 4 });
  fc.assert(
    fc.property(contours, fc.integer({ min: 0, max: 4_000 }), fc.constantFrom(12 as const, 24 as const), (given, advance, width) => {
      const dots = glyphDots({ contours: given, advance }, EM, width, GOTHIC);
      expect(dots?.length ?? width * 3).toBe(width * 3);
      expect(dots?.some((byte) => byte !== 0) ?? true).toBe(true);
      expect(glyphDots({ contours: given, advance }, EM, width, GOTHIC)).toEqual(dots);
    }),
    { numRuns: 60 },
  );
});
