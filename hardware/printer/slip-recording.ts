/**
 * Lets receiptline lay a slip out and writes down what it does: the printer's bytes, cut into units, and for every line of text what
 * stands where on it. The command object here replaces what receiptline cannot do for Japanese names and for proof of printing.
 */
import type { BaseCommand } from 'receiptline';
import { glyphCode } from './escpos-commands.ts';
import { leading, measuring } from './receiptline-command.ts';
import { NormalisationShelter, graphemes, printableForm } from './slip-characters.ts';
import type { SlipCommands } from './slip-commands.ts';
import { PLAIN_STYLE, SlipLine, type LineRaster } from './slip-lines.ts';

/** The printer's distance between lines (`ESC 2`), as long as a line is not higher. */
const LINE_SPACING_DOTS = 30;
/** Stands in the text that receiptline returns wherever a unit ends; no byte has this value. */
const BOUNDARY = '\u{e000}';
/** Stands in it before every text, for what makes the printer read Japanese. */
const TEXT_MODE = '\u{e001}';
/** Stands in it for each character that the printer does not have. */
const DRAWN = '\u{e002}';

/** What ended a unit that is one line of text. */
interface LineEnd {
  readonly line: SlipLine;
  /** Commands for its print area and its alignment. */
  readonly area: string;
  /** Commands for the air under it. */
  readonly air: string;
  /** Without distance to the next, as in ruled tables. */
  readonly solid: boolean;
}

/** A run of whole commands, one character below 100h a byte, but for the stand-ins that `finishedBytes` replaces. */
export interface SlipUnit {
  readonly text: string;
  /** Undefined when the unit is no line of text. */
  readonly end: LineEnd | undefined;
}

export interface RecordedSlip {
  readonly units: readonly SlipUnit[];
  /** The markup would have gone past the rules here: images, bar codes, raw commands. */
  readonly unsupported: boolean;
  /** Text did not fit its column and would be missing. */
  readonly cutOff: boolean;
}

/** @param columns half-width columns of a line */
export async function recordSlip(markup: string, columns: number, printer: SlipCommands): Promise<RecordedSlip> {
  const { commands, qrcode, transform } = await import('receiptline');
  const shelter = new NormalisationShelter();
  const found = { unsupported: false, taken: 0, printed: 0 };
  const ends: (LineEnd | undefined)[] = [];
  let line = new SlipLine();
  let area = '';
  let solid = false;

  const base = printer.base(commands);
  const airy = leading(base, (dots) => printer.feed(dots));
  const command: BaseCommand = {
    ...base,
    ...measuring(shelter, (count) => (found.taken += count)),
    open(configuration) {
      return printer.opening(base.open.call(this, configuration)) + boundary();
    },
    // receiptline asks for a status after the cut; the proof of printing takes its place.
    close: () => printer.cut + boundary(),
    cut: () => printer.cut + boundary(),
    area(left, width, right) {
      return (area = base.area.call(this, left, width, right));
    },
    align(align) {
      const aligned = base.align.call(this, align);
      area += aligned;
      return aligned;
    },
    absolute(position) {
      line.moveTo(position);
      return base.absolute.call(this, position);
    },
    relative(position) {
      line.moveBy(position);
      return base.relative.call(this, position);
    },
    normal() {
      line.setStyle(PLAIN_STYLE);
      return base.normal.call(this);
    },
    ul() {
      line.setStyle({ underline: true });
      return base.ul.call(this);
    },
    em() {
      line.setStyle({ emphasis: true });
      return base.em.call(this);
    },
    iv() {
      line.setStyle({ reverse: true });
      return base.iv.call(this);
    },
    wh(carets) {
      line.setStyle(carets < 3 ? { wide: (carets & 1) + 1, high: (carets >> 1) + 1 } : { wide: carets - 1, high: carets - 1 });
      return airy.wh.call(this, carets);
    },
    vr(widths, height) {
      line.placeRule(height);
      for (const width of widths) {
        line.moveBy(width);
        line.placeRule(height);
      }
      // receiptline's own goes through `relative`, which must not move the line a second time.
      return airy.vr.call({ ...this, relative: (position: number) => base.relative.call(this, position) }, widths, height);
    },
    vrlf(ruled) {
      const ended = base.vrlf.call(this, ruled);
      solid = ruled;
      return ended;
    },
    lf() {
      const fed = airy.lf.call(this);
      ends.push({ line, area, air: fed.slice(1), solid });
      line = new SlipLine();
      return fed + BOUNDARY;
    },
    text(text) {
      let result = TEXT_MODE;
      for (const grapheme of graphemes(shelter.reveal(text))) {
        if (grapheme !== ' ') found.printed++;
        const form = printableForm(grapheme);
        line.place(form);
        if (form.kind === 'text') result += form.bytes;
        else if (form.kind === 'backslash') result += printer.backslash;
        else result += DRAWN;
      }
      return result;
    },
    qrcode(symbol) {
      if (symbol.data.length === 0) return '';
      const rows = qrcode.generate(symbol).flatMap((row) => Array<Uint8Array>(symbol.cell).fill(packed(row, symbol.cell)));
      return printer
        .strips(rows.length, rows)
        .map((strip) => strip + boundary())
        .join('');
    },
    image: unsupported,
    barcode: unsupported,
    command: unsupported,
  };
  function boundary(): string {
    ends.push(undefined);
    return BOUNDARY;
  }
  function unsupported(): string {
    found.unsupported = true;
    return '';
  }

  const texts = transform(shelter.hide(markup), { cpl: columns, encoding: 'cp932', spacing: true, command }).split(BOUNDARY);
  return {
    units: texts.map((text, index) => ({ text, end: ends[index] })),
    unsupported: found.unsupported,
    cutOff: found.taken !== found.printed,
  };
}

/**
 * The bytes of a slip, unit by unit.
 * @param own the numbers of the characters that the printer has learnt
 * @param whole lines that it cannot set itself, as dots
 */
export function finishedBytes(units: readonly SlipUnit[], own: ReadonlyMap<string, number>, whole: ReadonlyMap<SlipLine, LineRaster>, printer: SlipCommands): Uint8Array[] {
  const finished = units.map(({ text, end }) => {
    const raster = end && whole.get(end.line);
    if (raster) return drawnUnits(end, raster, printer);
    const drawn = end?.line.drawn[Symbol.iterator]();
    return text.replace(/\u{e002}/gu, () => String.fromCharCode(...glyphCode(own.get(drawn?.next().value ?? '') ?? -1)));
  });
  return withTextModeOnce(finished.join(BOUNDARY), printer)
    .split(BOUNDARY)
    .filter((unit) => unit.length > 0)
    .map((unit) => Buffer.from(unit, 'latin1'));
}

function drawnUnits({ area, air, solid }: LineEnd, { widthDots, rows }: LineRaster, printer: SlipCommands): string {
  const distance = solid ? 0 : Math.max(0, LINE_SPACING_DOTS - rows.length);
  return `${area}${printer.strips(widthDots, rows).join(BOUNDARY)}${distance === 0 ? '' : printer.feed(distance)}${air}`;
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

/** One row of a QR code as packed dots, each cell `size` dots wide. */
function packed(cells: Uint8Array, size: number): Uint8Array {
  const row = new Uint8Array((cells.length * size + 7) >> 3);
  cells.forEach((cell, index) => {
    for (let dot = index * size; cell === 1 && dot < (index + 1) * size; dot++) row[dot >> 3] = (row[dot >> 3] ?? 0) | (0x80 >> (dot & 7));
  });
  return row;
}
