/**
 * Lays a slip out: receiptline's markup in, the printer's bytes or a picture of them out. receiptline does the layout; the command
 * object here replaces what it cannot do for Japanese names and for proof of printing. Must never lose or change a character
 * silently: what cannot be printed as it is makes the whole slip `unprintable`.
 */
import type { BaseCommand } from 'receiptline';
import { SHIFT_JIS, defineGlyph, glyphCode } from './escpos-commands.ts';
import { NormalisationShelter, columnsOf, graphemes, printableForm } from './slip-characters.ts';
import { EPSON_COMMANDS, type SlipCommands } from './slip-commands.ts';
import { drawGlyphs } from './slip-glyphs.ts';

export interface SlipLayoutOptions {
  /** Half-width characters of 12 dots in a line: 48 on 80 mm paper, 32 on 58 mm. */
  readonly columns: number;
  /** The printer's commands. Default: Epson's. */
  readonly commands?: SlipCommands;
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
/** Under a line of enlarged characters; 8 dots are a millimetre. */
const LEADING_DOTS = 10;
/** Stands in the text that receiptline returns wherever a unit ends; no byte has this value. */
const BOUNDARY = '\u{e000}';
/** Stands in it before every text, for what makes the printer read Japanese. */
const TEXT_MODE = '\u{e001}';

/**
 * @param markup receiptline's markup; foreign text in it must have gone through `escapeSlipText`
 * @returns the slip from `ESC @` to the cut. Takes about 2 ms; 200 ms when the first character ever has to be drawn
 */
export async function layoutSlip(markup: string, options: SlipLayoutOptions): Promise<SlipLayout> {
  const { commands, qrcode, transform } = await import('receiptline');
  const printer = options.commands ?? EPSON_COMMANDS;
  const shelter = new NormalisationShelter();
  const sheltered = shelter.hide(markup);

  const lay = (drawn: ReadonlyMap<string, number>) => {
    const found = { toDraw: new Set<string>(), unsupported: false, taken: 0, printed: 0 };
    const base = printer.base(commands);
    const airy = leading(base, (dots) => printer.feed(dots));
    const command: BaseCommand = {
      ...base,
      ...measuring(shelter, (count) => (found.taken += count)),
      open(configuration) {
        return printer.opening(base.open.call(this, configuration)) + BOUNDARY;
      },
      // receiptline asks for a status after the cut; the proof of printing takes its place.
      close: () => printer.cut + BOUNDARY,
      cut: () => printer.cut + BOUNDARY,
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
          else if (form.kind === 'backslash') result += printer.backslash;
          else result += drawnCharacter(form.grapheme);
        }
        return result;
      },
      qrcode(symbol) {
        if (symbol.data.length === 0) return '';
        const rows = qrcode.generate(symbol).flatMap((row) => Array<Uint8Array>(symbol.cell).fill(packed(row, symbol.cell)));
        return printer.strips((rows.length / symbol.cell) * symbol.cell, rows).map((strip) => strip + BOUNDARY).join('');
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
  if (laid.found.toDraw.size > printer.ownCharacters) return { kind: 'unprintable', why: 'character' };
  if (laid.found.toDraw.size > 0) {
    const drawn = await drawGlyphs(laid.found.toDraw);
    if (drawn.missing.length > 0) return { kind: 'unprintable', why: 'character' };
    laid = lay(new Map([...drawn.glyphs.keys()].map((grapheme, index) => [grapheme, index])));
    glyphs = [...drawn.glyphs.values()].map((columns, index) => Uint8Array.of(...SHIFT_JIS, ...defineGlyph(index, columns)));
  }
  const [opening = new Uint8Array(), ...lines] = withTextModeOnce(laid.text, printer).split(BOUNDARY).filter((unit) => unit.length > 0).map((unit) => Buffer.from(unit, 'latin1'));
  const units = [opening, ...glyphs, ...lines];
  if (units.some((unit) => unit.length > UNIT_BYTES_MAX)) return { kind: 'unprintable', why: 'too-long' };
  if (printer.findRealTimeCommand(Buffer.concat(units)) >= 0) throw new Error('A slip must not contain a real-time command.');
  return { kind: 'printable', units };
}

/** Says it once, and again after a ruled line or the printer's reset. Dots that look like these cost a few bytes and do no harm. */
function withTextModeOnce(text: string, { textMode, ruledLine }: SlipCommands): string {
  let said = false;
  const parts = [TEXT_MODE, ruledLine, '\x1b@'].map((part) => part.replace('$', '\\$'));
  return text.replace(new RegExp(parts.join('|'), 'gu'), (found) => {
    if (found !== TEXT_MODE) {
      said = false;
      return found;
    }
    const commands = said ? '' : textMode;
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
    em() {
      base.em.call(this);
      // A printer strikes twice one dot apart, however large the character.
      (this['textAttributes'] as Record<string, string>)['vector-effect'] = 'non-scaling-stroke';
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
      const air = enlarged && !ruled ? feed.call(this, LEADING_DOTS) : '';
      enlarged = false;
      ruled = false;
      return base.lf.call(this) + air;
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
