/**
 * One line of a slip as what stands where, for lines that a printer cannot set itself: with more characters it does not have than it can
 * learn. Such a line is drawn whole, dot for dot as the printer would set it: same places, sizes, strokes struck twice.
 */
import type { PrintableForm } from './slip-characters.ts';
import { CELL_DOTS } from './glyph-dots.ts';

/** How the characters that follow look; sizes are multiples of a character's own. */
export interface TextStyle {
  readonly wide: number;
  readonly high: number;
  readonly emphasis: boolean;
  readonly underline: boolean;
  readonly reverse: boolean;
}
export const PLAIN_STYLE: TextStyle = { wide: 1, high: 1, emphasis: false, underline: false, reverse: false };

/** Dots of a half-width column. */
export const COLUMN_DOTS = 12;
const UNDERLINE_DOTS = 2;

interface Placed {
  /** Dots from the left margin. */
  readonly x: number;
  readonly style: TextStyle;
  /** Undefined for a vertical rule. */
  readonly form: PrintableForm | undefined;
}

/** Packed rows of dots, the leftmost in the highest bit. */
export interface LineRaster {
  readonly widthDots: number;
  readonly rows: readonly Uint8Array[];
}

/** A line being set. */
export class SlipLine {
  readonly #placed: Placed[] = [];
  #x = 0;
  #style = PLAIN_STYLE;

  moveTo(column: number): void {
    this.#x = column * COLUMN_DOTS;
  }
  moveBy(columns: number): void {
    this.#x += columns * COLUMN_DOTS;
  }
  setStyle(style: Partial<TextStyle>): void {
    this.#style = { ...this.#style, ...style };
  }
  place(form: PrintableForm): void {
    this.#placed.push({ x: this.#x, style: this.#style, form });
    this.#x += form.columns * COLUMN_DOTS * this.#style.wide;
  }
  placeRule(high: number): void {
    this.#placed.push({ x: this.#x, style: { ...PLAIN_STYLE, high }, form: undefined });
    this.#x += COLUMN_DOTS;
  }

  /** Every character on it that has ink. */
  get characters(): PrintableForm[] {
    return this.#placed.flatMap(({ form }) => (form && !isBlank(form) ? form : []));
  }
  /** The characters on it that the printer does not have, as they stand there. */
  get drawn(): string[] {
    return this.characters.flatMap(({ kind, grapheme }) => (kind === 'drawn' ? grapheme : []));
  }

  /** The line as dots. @param glyphs those of every character on it */
  raster(glyphs: ReadonlyMap<string, Uint8Array>): LineRaster {
    const height = CELL_DOTS * Math.max(...this.#placed.map(({ style }) => style.high));
    const widthDots = Math.max(...this.#placed.map(({ x, style, form }) => x + (form?.columns ?? 1) * COLUMN_DOTS * style.wide));
    const rows = Array.from({ length: height }, () => new Uint8Array((widthDots + 7) >> 3));
    for (const { x, style, form } of this.#placed) {
      const width = (form?.columns ?? 1) * COLUMN_DOTS * style.wide;
      const inked = form === undefined ? ruled : dotsOf(isBlank(form) ? undefined : glyphs.get(form.grapheme), style);
      const top = height - CELL_DOTS * style.high;
      for (let down = 0; down < CELL_DOTS * style.high; down++) {
        const row = rows[top + down];
        for (let right = 0; row && right < width; right++) {
          if (!inked(right, down)) continue;
          row[(x + right) >> 3] = (row[(x + right) >> 3] ?? 0) | (0x80 >> ((x + right) & 7));
        }
      }
    }
    return { widthDots, rows };
  }
}

function isBlank({ grapheme }: PrintableForm): boolean {
  return grapheme === ' ' || grapheme === '\u3000';
}

/** Two dots in the middle of a half-width column, as high as the line. */
function ruled(right: number): boolean {
  return right === 5 || right === 6;
}

/** The dots of a character as a printer enlarges and strikes them; `glyph` is undefined for a blank. */
function dotsOf(glyph: Uint8Array | undefined, style: TextStyle): (right: number, down: number) => boolean {
  const struck = (right: number, down: number): boolean => {
    const y = Math.floor(down / style.high);
    return right >= 0 && ((glyph?.[Math.floor(right / style.wide) * 3 + (y >> 3)] ?? 0) & (0x80 >> (y & 7))) !== 0;
  };
  return (right, down) => {
    const inked = struck(right, down) || (style.emphasis && struck(right - 1, down));
    const underlined = style.underline && down >= CELL_DOTS * style.high - UNDERLINE_DOTS;
    return style.reverse ? !inked : inked || underlined;
  };
}

/**
 * Decides which lines the printer can set when it may learn `ownCharacters` characters, first come, first served.
 * @returns the characters to teach it with their numbers, and the lines that have to be drawn whole
 */
export function shareOwnCharacters(lines: Iterable<SlipLine>, ownCharacters: number): { readonly own: ReadonlyMap<string, number>; readonly whole: ReadonlySet<SlipLine> } {
  const own = new Map<string, number>();
  const whole = new Set<SlipLine>();
  for (const line of lines) {
    const unknown = new Set(line.drawn.filter((grapheme) => !own.has(grapheme)));
    if (own.size + unknown.size > ownCharacters) whole.add(line);
    else for (const grapheme of unknown) own.set(grapheme, own.size);
  }
  return { own, whole };
}
