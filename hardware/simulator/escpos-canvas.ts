/**
 * What a thermal head burns: dots on paper 576 wide at 203 dpi (8 dots/mm). Characters come from BIZ UDGothic where a printer has its
 * own; they are made once at 12 or 24 × 24 dots and enlarged dot by dot, as a printer does it.
 */
import { createRequire } from 'node:module';
import { GlobalFonts, createCanvas } from '@napi-rs/canvas';
import { dotsToPng } from './dots-picture.ts';

export const HEAD_DOTS = 576;
/** Paper of 80 mm reaches 4 mm over the printable width on both sides. */
const MARGIN_DOTS = 32;
const FAMILY = 'Kazasu Virtual Printer';
const CELL = 24;
const BURNT_FROM = 110;

/** Rectangle of dots, one byte a dot: 1 is burnt. */
export interface Dots {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export function blank(width: number, height: number): Dots {
  return { width, height, data: new Uint8Array(width * height) };
}

/** Unpacks rows in which the highest bit is the leftmost dot. */
export function fromRows(width: number, height: number, rows: Uint8Array): Dots {
  const rowBytes = (width + 7) >> 3;
  return filled(width, height, (x, y) => ((rows[y * rowBytes + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0);
}

/** Unpacks a character of `FS 2`: 24 columns of three bytes, the highest bit on top. */
export function fromColumns(columns: Uint8Array): Dots {
  return filled(CELL, CELL, (x, y) => ((columns[x * 3 + (y >> 3)] ?? 0) & (0x80 >> (y & 7))) !== 0);
}

/** Enlarged, struck twice, underlined, turned white on black – in the order a printer does it. */
export function styled(
  dots: Dots,
  style: { readonly wide: number; readonly high: number; readonly emphasis: boolean; readonly underline: number; readonly reverse: boolean },
): Dots {
  const { width, data } = dots;
  return filled(width * style.wide, dots.height * style.high, (x, y) => {
    const column = Math.floor(x / style.wide);
    const row = Math.floor(y / style.high) * width;
    const inked = data[row + column] === 1 || (style.emphasis && x > 0 && data[row + Math.floor((x - 1) / style.wide)] === 1);
    const underlined = style.underline > 0 && y >= dots.height * style.high - style.underline;
    return style.reverse ? !inked : inked || underlined;
  });
}

function filled(width: number, height: number, burnt: (x: number, y: number) => boolean): Dots {
  const dots = blank(width, height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (burnt(x, y)) dots.data[y * width + x] = 1;
  return dots;
}

/** Draws `dots` into `onto` with their top left corner at (x, y); what does not fit is not drawn. */
export function burn(onto: Dots, dots: Dots, x: number, y: number): void {
  for (let row = 0; row < dots.height && y + row < onto.height; row++) {
    for (let column = 0; column < dots.width && x + column < onto.width; column++) {
      if (dots.data[row * dots.width + column] === 1) onto.data[(y + row) * onto.width + x + column] = 1;
    }
  }
}

const characters = new Map<string, Dots>();

/** A character of the printer's own, 12 (half width) or 24 dots wide. */
export function ownCharacter(character: string, width: 12 | 24): Dots {
  const key = `${width}${character}`;
  let dots = characters.get(key);
  if (!dots) characters.set(key, (dots = drawCharacter(character, width)));
  return dots;
}

function drawCharacter(character: string, width: number): Dots {
  if (!GlobalFonts.has(FAMILY)) {
    GlobalFonts.registerFromPath(createRequire(import.meta.url).resolve('@expo-google-fonts/biz-udgothic/400Regular/BIZUDGothic_400Regular.ttf'), FAMILY);
  }
  const context = createCanvas(width, CELL).getContext('2d');
  context.font = `${CELL}px "${FAMILY}"`;
  context.fillText(character, 0, 21);
  const pixels = context.getImageData(0, 0, width, CELL).data;
  return filled(width, CELL, (x, y) => (pixels[(y * width + x) * 4 + 3] ?? 0) >= BURNT_FROM);
}

/** Arms of the ruled lines in code page 1, as up, right, down, left. */
const RULES: Readonly<Record<number, string>> = {
  0x8f: '1111', 0x90: '1101', 0x91: '0111', 0x92: '1011', 0x93: '1110', 0x95: '0101', 0x96: '1010',
  0x98: '0110', 0x99: '0011', 0x9a: '1100', 0x9b: '1001', 0x9c: '0110', 0x9d: '0011', 0x9e: '1100', 0x9f: '1001',
};

/** A ruled-line character of code page 1, or undefined when `byte` is none. */
export function ruledLine(byte: number): Dots | undefined {
  const arms = RULES[byte];
  if (arms === undefined) return undefined;
  const [up, right, down, left] = [...arms].map((arm) => arm === '1');
  return filled(12, CELL, (x, y) => {
    const vertical = (x === 5 || x === 6) && ((up === true && y <= 12) || (down === true && y >= 11));
    const horizontal = (y === 11 || y === 12) && ((left === true && x <= 6) || (right === true && x >= 5));
    return vertical || horizontal;
  });
}

/** The paper that has left the head and is not cut off yet. */
export class Paper {
  #strips: Dots[] = [];

  /** Burns `dots` (as wide as the head) and moves the paper on by their height. */
  append(dots: Dots): void {
    this.#strips.push(dots);
  }

  feed(rows: number): void {
    if (rows > 0) this.append(blank(HEAD_DOTS, rows));
  }

  /** True when nothing has been burnt on it. */
  get clean(): boolean {
    return this.#strips.every((strip) => strip.data.every((dot) => dot === 0));
  }

  /** How far it has moved since the last piece was taken off, in dots. */
  get length(): number {
    return this.#strips.reduce((sum, strip) => sum + strip.height, 0);
  }

  /** Takes the piece off. @returns it as a PNG picture of its real size, one pixel a dot */
  tear(): Buffer {
    const strips = this.#strips;
    this.#strips = [];
    const page = blank(HEAD_DOTS + 2 * MARGIN_DOTS, Math.max(1, strips.reduce((sum, strip) => sum + strip.height, 0)));
    let top = 0;
    for (const strip of strips) {
      burn(page, strip, MARGIN_DOTS, top);
      top += strip.height;
    }
    return dotsToPng(page);
  }
}
