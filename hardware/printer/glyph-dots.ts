/**
 * Turns an outline into the few dots of a printer's character. A plain threshold closes the small white fields of a dense kanji and
 * loses thin strokes; so a handful of places and thresholds is tried, and the dots are taken that hang together, and leave white
 * fields open, as the outline does. The result is the same on every machine.
 */
import type { GlyphOutline, Point } from './font-outline.ts';

/** Dots in the height of every character; a full-width one is as wide, a half-width one half of it. */
export const CELL_DOTS = 24;
/** Baseline below the top of the em square; all Japanese fonts have it there. */
const BASELINE = 0.88;
/** Samples to a dot, each way. */
const FINE = 8;
/** Dots around the cell that are sampled too, so that the glyph can be moved. */
const MARGIN = 1;
/** How far a glyph may be moved to meet the dots, in samples. */
const SHIFTS = [0, -2, 2, -4, 4];
/** What one step to thinner strokes counts against one part or white field too many or too few. */
const STEP_COST = 0.35;

/** Parts of a dot that must be covered for it to be burnt: the first is preferred, the later ones make thinner strokes. */
export type Thresholds = readonly number[];
/** Strokes of even thickness come out two dots thick, as in printers' own characters. */
export const GOTHIC: Thresholds = [0.44, 0.5, 0.56, 0.62];
/** Horizontal strokes half a dot thin must stay. */
export const MINCHO: Thresholds = [0.18, 0.23, 0.28, 0.33, 0.38, 0.44];

/** One bit a dot, in a row after row; no margins. */
interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly bits: Uint8Array;
}

/**
 * @param width dots of the cell
 * @returns columns from left to right, each of three bytes from top to bottom with the top dot in the highest bit (as `FS 2` wants
 * them), or undefined when the outline leaves no dot
 */
export function glyphDots(outline: GlyphOutline, unitsPerEm: number, width: 12 | 24, thresholds: Thresholds): Uint8Array | undefined {
  const fine = sampled(placed(outline, unitsPerEm, width), width);
  if (!fine.bits.includes(1)) return undefined;
  const sums = summed(fine);
  const [parts, fields] = countRegions(fine);
  let best: Uint8Array | undefined;
  let bestCost = Infinity;
  let bestClarity = 0;
  for (const [step, threshold] of thresholds.entries()) {
    if (step * STEP_COST >= bestCost) break;
    for (const dy of SHIFTS) {
      for (const dx of SHIFTS) {
        const { dots, clarity } = burnt(sums, fine.width, width, dx, dy, threshold);
        const [gotParts, gotFields] = countRegions(dots);
        const cost = Math.abs(gotParts - parts) + Math.abs(gotFields - fields) + step * STEP_COST;
        if (cost > bestCost || (cost === bestCost && clarity <= bestClarity)) continue;
        bestCost = cost;
        bestClarity = clarity;
        best = packedColumns(dots, width);
      }
    }
  }
  return best?.some((byte) => byte !== 0) ? best : undefined;
}

/** The outline in samples, in the middle of its cell, y downwards; made smaller where it would not fit. */
function placed(outline: GlyphOutline, unitsPerEm: number, width: number): Point[][] {
  const points = outline.contours.flat();
  const [left, right] = [Math.min(...points.map(({ x }) => x)), Math.max(...points.map(({ x }) => x))];
  const [bottom, top] = [Math.min(...points.map(({ y }) => y)), Math.max(...points.map(({ y }) => y))];
  const unit = Math.min((CELL_DOTS * FINE) / unitsPerEm, (width * FINE) / (right - left || 1), (CELL_DOTS * FINE) / (top - bottom || 1));
  const inside = (low: number, size: number, room: number): number => Math.max(0, Math.min(low, room - size));
  const moved = inside((width * FINE - outline.advance * unit) / 2 + left * unit, (right - left) * unit, width * FINE) - left * unit;
  const raised = inside(CELL_DOTS * FINE * BASELINE - top * unit, (top - bottom) * unit, CELL_DOTS * FINE) + top * unit;
  return outline.contours.map((contour) => contour.map(({ x, y }) => ({ x: MARGIN * FINE + moved + x * unit, y: MARGIN * FINE + raised - y * unit })));
}

/** The inside of the contours by the non-zero rule, looked at in the middle of each sample. */
function sampled(contours: readonly (readonly Point[])[], cellWidth: number): Bitmap {
  const width = (cellWidth + 2 * MARGIN) * FINE;
  const height = (CELL_DOTS + 2 * MARGIN) * FINE;
  const crossings = Array.from({ length: height }, (): { x: number; turn: number }[] => []);
  for (const contour of contours) {
    contour.forEach((to, index) => {
      const from = contour[index - 1];
      if (!from || from.y === to.y) return;
      const [high, low, turn] = from.y < to.y ? [from, to, 1] : [to, from, -1];
      for (let row = Math.max(0, Math.ceil(high.y - 0.5)); row < height && row + 0.5 < low.y; row++) {
        crossings[row]?.push({ x: high.x + ((row + 0.5 - high.y) * (low.x - high.x)) / (low.y - high.y), turn });
      }
    });
  }
  const bits = new Uint8Array(width * height);
  crossings.forEach((row, y) => {
    row.sort((a, b) => a.x - b.x);
    let turns = 0;
    row.forEach(({ x, turn }, index) => {
      if (turns !== 0) bits.fill(1, y * width + column(row[index - 1]?.x ?? 0), y * width + column(x));
      turns += turn;
    });
  });
  function column(x: number): number {
    return Math.max(0, Math.min(width, Math.ceil(x - 0.5)));
  }
  return { width, height, bits };
}

/** For each corner how many samples left of and above it are set; one column and row more than the bitmap. */
function summed({ width, height, bits }: Bitmap): Int32Array {
  const line = width + 1;
  const sums = new Int32Array(line * (height + 1));
  for (let y = 0; y < height; y++) {
    let row = 0;
    for (let x = 0; x < width; x++) {
      row += bits[y * width + x] ?? 0;
      sums[(y + 1) * line + x + 1] = (sums[y * line + x + 1] ?? 0) + row;
    }
  }
  return sums;
}

/** @returns the dots with a white margin of one, and how far from the threshold the dots were altogether */
function burnt(sums: Int32Array, fineWidth: number, width: number, dx: number, dy: number, threshold: number): { readonly dots: Bitmap; readonly clarity: number } {
  const line = fineWidth + 1;
  const dots = { width: width + 2, height: CELL_DOTS + 2, bits: new Uint8Array((width + 2) * (CELL_DOTS + 2)) };
  let clarity = 0;
  for (let y = 0; y < CELL_DOTS; y++) {
    for (let x = 0; x < width; x++) {
      const at = ((y + MARGIN) * FINE + dy) * line + (x + MARGIN) * FINE + dx;
      const below = at + FINE * line;
      const covered = ((sums[below + FINE] ?? 0) - (sums[below] ?? 0) - (sums[at + FINE] ?? 0) + (sums[at] ?? 0)) / FINE ** 2;
      clarity += Math.abs(covered - threshold);
      if (covered >= threshold) dots.bits[(y + 1) * dots.width + x + 1] = 1;
    }
  }
  return { dots, clarity };
}

/**
 * How many black parts there are (touching at corners is enough) and how many white fields (it is not), the surroundings included. Each
 * row is cut into runs of one colour, white first; a run that touches one of its colour in the row above is of the same region.
 */
function countRegions({ width, height, bits }: Bitmap): readonly [parts: number, fields: number] {
  let parts = 0;
  let fields = 0;
  const regions = new Regions(height * (width + 1));
  let above = new Int32Array(width + 1); // where the runs of the row above end
  let ends = new Int32Array(width + 1);
  let aboveCount = 0;
  let firstRun = 1;
  for (let y = 0; y < height; y++) {
    let count = 0;
    let over = 0;
    for (let start = 0, x = 0; x <= width; x++) {
      const black = count & 1;
      if (x < width && bits[y * width + x] === black) continue;
      ends[count] = x;
      if (x > start) {
        if (black === 1) parts++;
        else fields++;
        const reach = black; // black runs touch across a corner
        while (over > 0 && (above[over - 1] ?? 0) > start - reach) over--;
        for (; over < aboveCount; over++) {
          const from = over === 0 ? 0 : (above[over - 1] ?? 0);
          const to = above[over] ?? 0;
          if (from >= x + reach) break;
          if ((over & 1) !== black || to === from || to <= start - reach) continue;
          if (!regions.join(firstRun + aboveCount + count, firstRun + over)) continue;
          if (black === 1) parts--;
          else fields--;
        }
      }
      start = x;
      count++;
    }
    firstRun += aboveCount;
    aboveCount = count;
    [above, ends] = [ends, above];
  }
  return [parts, fields];
}

/** Which runs are of one region: each leads to another one, or by 0 to itself. */
class Regions {
  readonly #leadsTo: Int32Array;
  /** @param size numbers of runs, from 1 */
  constructor(size: number) {
    this.#leadsTo = new Int32Array(size + 1);
  }
  /** @returns whether they were of two regions until now */
  join(one: number, other: number): boolean {
    const [a, b] = [this.#last(one), this.#last(other)];
    if (a === b) return false;
    this.#leadsTo[b] = a;
    return true;
  }
  #last(run: number): number {
    let at = run;
    for (let next = this.#leadsTo[at] ?? 0; next !== 0; next = this.#leadsTo[at] ?? 0) at = next;
    if (at !== run) this.#leadsTo[run] = at;
    return at;
  }
}

function packedColumns({ width: line, bits }: Bitmap, width: number): Uint8Array {
  const columns = new Uint8Array(width * 3);
  for (let y = 0; y < CELL_DOTS; y++) {
    for (let x = 0; x < width; x++) {
      const at = x * 3 + (y >> 3);
      if (bits[(y + 1) * line + x + 1] === 1) columns[at] = (columns[at] ?? 0) | (0x80 >> (y & 7));
    }
  }
  return columns;
}
