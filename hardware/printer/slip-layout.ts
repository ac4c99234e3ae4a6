/**
 * Lays a slip out: receiptline's markup in, the printer's bytes or a picture of them out. receiptline does the layout; the command
 * object here replaces what it cannot do for Japanese names and for proof of printing. Must never lose or change a character
 * silently: what cannot be printed as it is makes the whole slip `unprintable`.
 */
import type { BaseCommand } from 'receiptline';
import { AUTOMATIC_STATUS_ON, GLYPHS_MAX, SHIFT_JIS, defineGlyph, findRealTimeCommand, glyphCode, imageStrip } from './escpos-commands.ts';
import { NormalisationShelter, columnsOf, graphemes, printableForm } from './slip-characters.ts';
import { drawGlyphs } from './slip-glyphs.ts';

export interface SlipLayoutOptions {
  /** Half-width characters of 12 dots in a line: 48 on 80 mm paper, 32 on 58 mm. */
  readonly columns: number;
}

export type SlipLayout =
  /** Each unit is a run of whole commands: between two of them, and nowhere else, something else may be sent. */
  | { readonly kind: 'printable'; readonly units: readonly Uint8Array[] }
  | {
      readonly kind: 'unprintable';
      /** `character`: no font has it, or too many had to be drawn. `cut-off`: text that does not fit its column. */
      readonly why: 'character' | 'cut-off' | 'unsupported-markup' | 'too-long';
    };

/** A printer's receive buffer has 4 KB; nothing longer than this may go out without being proved. */
export const UNIT_BYTES_MAX = 3_584;
/** Bytes of one strip of an image, so that a proof can be asked for after each. */
const STRIP_BYTES_MAX = 840;
/** Under a line of enlarged characters; 8 dots are a millimetre. */
const LEADING_DOTS = 10;
/** `GS V 66 24`: feeds the last line past the cutter and 3 mm more, then cuts leaving a hinge. */
const CUT = '\x1dVB\x18';
const COLUMN_DOTS = 12;
const XML: Readonly<Record<string, string>> = { ' ': '&#xa0;', '&': '&amp;', '<': '&lt;', '>': '&gt;' };
/** Stands in the text that receiptline returns wherever a unit ends; no byte has this value. */
const BOUNDARY = '\u{e000}';
/** Stands in it before every text, for what makes the printer read Japanese: katakana page, Shift JIS, Japanese signs. */
const TEXT_MODE = '\u{e001}';
const TEXT_MODE_COMMANDS = '\x1bt\x01\x1cC1\x1bR\x08';

/**
 * @param markup receiptline's markup; foreign text in it must have gone through `escapeSlipText`
 * @returns the slip from `ESC @` to the cut. Takes about 2 ms; 200 ms when the first character ever has to be drawn
 */
export async function layoutSlip(markup: string, options: SlipLayoutOptions): Promise<SlipLayout> {
  const { commands, qrcode, transform } = await import('receiptline');
  const shelter = new NormalisationShelter();
  const sheltered = shelter.hide(markup);

  const lay = (drawn: ReadonlyMap<string, number>) => {
    const found = { toDraw: new Set<string>(), unsupported: false, taken: 0, printed: 0 };
    const base: BaseCommand = commands.epson;
    const airy = leading(base, (dots) => `\x1bJ${String.fromCharCode(dots)}`);
    const command: BaseCommand = {
      ...base,
      ...measuring(shelter, (count) => (found.taken += count)),
      open(printer) {
        // receiptline switches automatic status off at the head of every slip; here it stays on.
        return base.open.call(this, printer).replace('\x1da\x00', binary(AUTOMATIC_STATUS_ON)) + BOUNDARY;
      },
      // receiptline asks for a status after the cut (GS r 1); the proof of printing takes its place.
      close: () => CUT + BOUNDARY,
      cut: () => CUT + BOUNDARY,
      ...airy,
      lf() {
        return airy.lf.call(this) + BOUNDARY;
      },
      text(text) {
        let result = TEXT_MODE;
        for (const grapheme of graphemes(shelter.reveal(text))) {
          if (grapheme !== ' ') found.printed++;
          const form = printableForm(grapheme);
          if (form.kind === 'text') result += form.bytes;
          else if (form.kind === 'backslash') result += '\x1bR\x00\\\x1bR\x08';
          else result += drawnCharacter(form.grapheme);
        }
        return result;
      },
      qrcode(symbol) {
        if (symbol.data.length === 0) return '';
        const rows = qrcode.generate(symbol).flatMap((row) => Array<Uint8Array>(symbol.cell).fill(packed(row, symbol.cell)));
        return strips((rows.length / symbol.cell) * symbol.cell, rows);
      },
      image: unsupported,
      barcode: unsupported,
      command: unsupported,
    };
    function drawnCharacter(grapheme: string): string {
      found.toDraw.add(grapheme);
      const index = drawn.get(grapheme);
      return index === undefined ? '' : String.fromCharCode(...glyphCode(index));
    }
    function unsupported(): string {
      found.unsupported = true;
      return '';
    }
    return { text: transform(sheltered, { cpl: options.columns, encoding: 'cp932', spacing: true, command }), found };
  };

  let laid = lay(new Map());
  let glyphs: Uint8Array[] = [];
  if (laid.found.unsupported) return { kind: 'unprintable', why: 'unsupported-markup' };
  if (laid.found.taken !== laid.found.printed) return { kind: 'unprintable', why: 'cut-off' };
  if (laid.found.toDraw.size > GLYPHS_MAX) return { kind: 'unprintable', why: 'character' };
  if (laid.found.toDraw.size > 0) {
    const drawn = await drawGlyphs(laid.found.toDraw);
    if (drawn.missing.length > 0) return { kind: 'unprintable', why: 'character' };
    laid = lay(new Map([...drawn.glyphs.keys()].map((grapheme, index) => [grapheme, index])));
    glyphs = [...drawn.glyphs.values()].map((columns, index) => Uint8Array.of(...SHIFT_JIS, ...defineGlyph(index, columns)));
  }
  const [opening = new Uint8Array(), ...lines] = withTextModeOnce(laid.text).split(BOUNDARY).filter((unit) => unit.length > 0).map((unit) => Buffer.from(unit, 'latin1'));
  const units = [opening, ...glyphs, ...lines];
  if (units.some((unit) => unit.length > UNIT_BYTES_MAX)) return { kind: 'unprintable', why: 'too-long' };
  if (findRealTimeCommand(Buffer.concat(units)) >= 0) throw new Error('A slip must not contain a real-time command.');
  return { kind: 'printable', units };
}

/** Says it once, and again after a ruled line (`FS C 0`) or the printer's reset. Dots that look like these cost a few bytes and do no harm. */
function withTextModeOnce(text: string): string {
  let said = false;
  return text.replace(/\u{e001}|\x1cC0|\x1b@/gu, (found) => {
    if (found !== TEXT_MODE) {
      said = false;
      return found;
    }
    const commands = said ? '' : TEXT_MODE_COMMANDS;
    said = true;
    return commands;
  });
}

/**
 * Makes `text` print as itself wherever markup expects text: markup's own characters lose their meaning, line breaks become a space,
 * control and invisible formatting characters (which could turn a line round) are left out. The result is one line.
 */
export function escapeSlipText(text: string): string {
  return text
    .replace(/[\s\u0085]*[\n\r\u2028\u2029\u0085\v\f][\s\u0085]*/gu, ' ')
    .replace(/\t/g, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '')
    .replace(/[\\|{}~_"`^=-]/g, hexadecimal)
    .replace(/^ +| +$/g, (spaces) => hexadecimal(' ').repeat(spaces.length));
}

/** receiptline's `\xHH` stands for a character that is not looked at as markup. */
function hexadecimal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/**
 * The same slip as an SVG picture, `12 × columns` units wide. Names the font BIZ UDGothic; loads nothing from anywhere.
 */
export async function slipPreviewSvg(markup: string, options: SlipLayoutOptions): Promise<string> {
  const { commands, transform } = await import('receiptline');
  const shelter = new NormalisationShelter();
  const base: BaseCommand = commands.svg;
  const command: BaseCommand = {
    ...base,
    ...measuring(shelter, () => undefined),
    ...leading(base, function (this: BaseCommand, dots) {
      this['svgHeight'] = Number(this['svgHeight']) + dots;
      return '';
    }),
    open(printer) {
      base.open.call(this, printer);
      // receiptline numbers every picture at random; one picture on a page needs no number, and equal slips get equal pictures.
      this['receiptId'] = 'slip';
      return '';
    },
    text(text) {
      // receiptline puts each character on a whole unit before it enlarges it: up to half a millimetre beside where the printer puts it.
      const scale = Number(this['textScale']);
      const character = (piece: string) => {
        const columns = columnsOf(shelter.reveal(piece)) * scale;
        const middle = ((Number(this['textPosition']) + columns / 2) * COLUMN_DOTS) / scale;
        this['textPosition'] = Number(this['textPosition']) + columns;
        return `<tspan x="${Number(middle.toFixed(3))}">${piece.replace(/[ &<>]/g, (sign) => XML[sign] ?? sign)}</tspan>`;
      };
      const style = this['textAttributes'] as Record<string, string>;
      // A printer strikes twice one dot apart, however large the character.
      const bold = style['stroke'] === undefined ? {} : { 'stroke-width': Number((1 / scale).toFixed(3)) };
      const attributes = Object.entries({ ...style, ...bold }).map(([name, value]) => ` ${name}="${value}"`);
      this['textElement'] = `${String(this['textElement'])}<text${attributes.join('')}>${graphemes(text).map(character).join('')}</text>`;
      return '';
    },
  };
  return transform(shelter.hide(markup), { cpl: options.columns, encoding: 'cp932', spacing: true, command })
    .replace(/<style[^>]*>.*?<\/style>/s, '')
    .replace(/[\u{f0000}-\u{ffffd}]/gu, (standIn) => shelter.reveal(standIn));
}

/** Widths and pieces of text as the printer will print them. `onTaken` is told how many visible characters are to be printed. */
function measuring(shelter: NormalisationShelter, onTaken: (count: number) => void): Pick<BaseCommand, 'measureText' | 'arrayFrom'> {
  return {
    measureText: (text) => columnsOf(shelter.reveal(text)),
    // receiptline joins the pieces again and gives them back to `text`, so they must keep their stand-ins.
    arrayFrom(text) {
      const pieces = graphemes(text);
      onTaken(pieces.filter((piece) => piece !== ' ').length);
      return pieces;
    },
  };
}

interface AiryLines {
  wh(this: BaseCommand, carets: number): string;
  vr(this: BaseCommand, widths: number[], height: number): string;
  lf(this: BaseCommand): string;
}

/** Adds air under lines of enlarged characters, which receiptline sets solid. Ruled tables stay closed. */
function leading(base: BaseCommand, feed: (this: BaseCommand, dots: number) => string): AiryLines {
  let enlarged = false;
  let ruled = false;
  return {
    wh(this: BaseCommand, carets) {
      enlarged ||= carets > 1; // one caret widens only
      return base.wh.call(this, carets);
    },
    vr(this: BaseCommand, widths, height) {
      ruled = true;
      return base.vr.call(this, widths, height);
    },
    lf(this: BaseCommand) {
      const airy = enlarged && !ruled;
      enlarged = false;
      ruled = false;
      // In this order: the picture counts its height as it goes.
      const line = base.lf.call(this);
      return line + (airy ? feed.call(this, LEADING_DOTS) : '');
    },
  };
}

/** One row of a QR code as packed dots, each cell `size` dots wide. */
function packed(cells: Uint8Array, size: number): Uint8Array {
  const row = new Uint8Array((cells.length * size + 7) >> 3);
  cells.forEach((cell, index) => {
    for (let dot = index * size; cell === 1 && dot < (index + 1) * size; dot++) row[dot >> 3] = (row[dot >> 3] ?? 0) | (0x80 >> (dot & 7));
  });
  return row;
}

function strips(widthDots: number, rows: readonly Uint8Array[]): string {
  const rowsInStrip = Math.floor(STRIP_BYTES_MAX / ((widthDots + 7) >> 3));
  let result = '';
  for (let at = 0; at < rows.length; at += rowsInStrip) result += binary(imageStrip(widthDots, rows.slice(at, at + rowsInStrip))) + BOUNDARY;
  return result;
}

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
