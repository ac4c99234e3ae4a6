/**
 * Outlines of TrueType glyphs (`glyf` table) as closed lines of straight pieces. Hinting is not carried out: it is made for screens, and
 * the dots are chosen by `glyph-dots.ts`.
 */
import type { FontFile } from './font-file.ts';

/** In units of the font, y upwards; the inside is where lines wind round (non-zero rule). */
export interface GlyphOutline {
  readonly contours: readonly (readonly Point[])[];
  readonly advance: number;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
interface ControlPoint extends Point {
  readonly onCurve: boolean;
}

export interface FontOutlines {
  readonly unitsPerEm: number;
  /** @throws when the font has no such glyph */
  outline(glyph: number): GlyphOutline;
}

/** Straight pieces for one curve: at 24 dots more cannot be seen. */
const PIECES = 6;
/** Parts within parts, of which fonts have two at most. */
const DEPTH_MAX = 5;

const X_SHORT = 2;
const Y_SHORT = 4;
const REPEAT = 8;
const X_SAME_OR_POSITIVE = 16;
const Y_SAME_OR_POSITIVE = 32;

const WORDS = 1;
const ONE_SCALE = 8;
const MORE_PARTS = 0x20;
const TWO_SCALES = 0x40;
const MATRIX = 0x80;

export function readFontOutlines(font: FontFile): FontOutlines {
  const head = font.table('head');
  const unitsPerEm = head.getUint16(18);
  const longOffsets = head.getInt16(50) === 1;
  const advances = font.table('hhea').getUint16(34);

  function glyphData(glyph: number): DataView | undefined {
    const pair = font.table('loca', glyph * (longOffsets ? 4 : 2), longOffsets ? 8 : 4);
    const [from, to] = longOffsets ? [pair.getUint32(0), pair.getUint32(4)] : [pair.getUint16(0) * 2, pair.getUint16(2) * 2];
    return from === to ? undefined : font.table('glyf', from, to - from);
  }
  function contoursOf(glyph: number, depth = 0): ControlPoint[][] {
    const data = glyphData(glyph);
    if (!data) return [];
    if (data.getInt16(0) >= 0) return simpleContours(data);
    if (depth === DEPTH_MAX) throw new Error(`Glyph ${glyph} consists of itself.`);
    return parts(data).flatMap(({ part, place }) => contoursOf(part, depth + 1).map((contour) => contour.map(place)));
  }
  return {
    unitsPerEm,
    outline: (glyph) => ({
      contours: contoursOf(glyph).map(straightened),
      advance: font.table('hmtx', 4 * Math.min(glyph, advances - 1), 2).getUint16(0),
    }),
  };
}

function simpleContours(data: DataView): ControlPoint[][] {
  const ends = Array.from({ length: data.getInt16(0) }, (_, index) => data.getUint16(10 + 2 * index));
  const count = (ends.at(-1) ?? -1) + 1;
  let at = 10 + 2 * ends.length;
  at += 2 + data.getUint16(at); // instructions
  const flags: number[] = [];
  while (flags.length < count) {
    const flag = data.getUint8(at++);
    for (let times = flag & REPEAT ? data.getUint8(at++) : 0; times >= 0; times--) flags.push(flag);
  }
  const coordinates = (short: number, same: number): number[] => {
    let value = 0;
    return flags.map((flag) => {
      if (flag & short) value += flag & same ? data.getUint8(at++) : -data.getUint8(at++);
      else if (!(flag & same)) {
        value += data.getInt16(at);
        at += 2;
      }
      return value;
    });
  };
  const xs = coordinates(X_SHORT, X_SAME_OR_POSITIVE);
  const ys = coordinates(Y_SHORT, Y_SAME_OR_POSITIVE);
  const points = flags.map((flag, index) => ({ x: xs[index] ?? 0, y: ys[index] ?? 0, onCurve: (flag & 1) === 1 }));
  return ends.map((end, index) => points.slice((ends[index - 1] ?? -1) + 1, end + 1));
}

/** The glyphs that a composed glyph consists of, and where their points go. Parts are placed by offsets; by points no font here does it. */
function parts(data: DataView): { readonly part: number; readonly place: (point: ControlPoint) => ControlPoint }[] {
  const found = [];
  let at = 10;
  let flags: number;
  do {
    flags = data.getUint16(at);
    const part = data.getUint16(at + 2);
    const words = (flags & WORDS) !== 0;
    const dx = words ? data.getInt16(at + 4) : data.getInt8(at + 4);
    const dy = words ? data.getInt16(at + 6) : data.getInt8(at + 5);
    at += words ? 8 : 6;
    const factors = Array.from({ length: flags & MATRIX ? 4 : flags & TWO_SCALES ? 2 : flags & ONE_SCALE ? 1 : 0 }, (_, index) => data.getInt16(at + 2 * index) / 0x4000);
    at += 2 * factors.length;
    const [xx = 1, xy = 0, yx = 0, yy = xx] = factors.length === 2 ? [factors[0], 0, 0, factors[1]] : factors;
    const place = ({ x, y, onCurve }: ControlPoint): ControlPoint => ({ x: x * xx + y * yx + dx, y: x * xy + y * yy + dy, onCurve });
    found.push({ part, place });
  } while (flags & MORE_PARTS);
  return found;
}

/** The same contour as straight pieces; its last point is its first. Two control points in a row have a point of the curve between them. */
function straightened(contour: readonly ControlPoint[]): Point[] {
  const points = contour.flatMap((point, index) => {
    const next = contour[(index + 1) % contour.length] ?? point;
    return point.onCurve || next.onCurve ? [point] : [point, { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2, onCurve: true }];
  });
  const first = points.findIndex(({ onCurve }) => onCurve);
  const ring = [...points.slice(first), ...points.slice(0, first + 1)];
  const line: Point[] = [];
  ring.forEach((point, index) => {
    const [from, to] = [ring[index - 1], ring[index + 1]];
    if (point.onCurve || !from || !to) return line.push(point);
    for (let piece = 1; piece < PIECES; piece++) {
      const t = piece / PIECES;
      const along = (a: number, control: number, b: number): number => (1 - t) ** 2 * a + 2 * t * (1 - t) * control + t ** 2 * b;
      line.push({ x: along(from.x, point.x, to.x), y: along(from.y, point.y, to.y) });
    }
    return undefined;
  });
  return line;
}
