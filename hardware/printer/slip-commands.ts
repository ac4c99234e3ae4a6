/**
 * The commands in which a slip is laid out, for each family of printers: receiptline's own set and what has to be said differently from it.
 * Only bytes are made here, as text of characters below 100h.
 */
import type { BaseCommand, Commands } from 'receiptline';
import { AUTOMATIC_STATUS_ON, GLYPHS_MAX, findRealTimeCommand, imageStrip, rasterStrip } from './escpos-commands.ts';
import { STAR_STRIP_ROWS, findStarRealTimeCommand, starStrip } from './star-commands.ts';

export interface SlipCommands {
  /** Which of receiptline's sets is the base. */
  base(commands: Commands): BaseCommand;
  /** What receiptline's opening becomes: it says how the printer shall tell its status, which is the driver's to say. */
  opening(opening: string): string;
  /** Feeds the last line past the cutter and cuts leaving a hinge. */
  readonly cut: string;
  /** Makes the printer read Japanese: katakana page, Shift JIS, Japanese signs. */
  readonly textMode: string;
  /** What begins receiptline's ruled lines, and ends that mode. */
  readonly ruledLine: string;
  /** ASCII's backslash, which the Japanese signs lack. */
  readonly backslash: string;
  /** Paper without print; 8 dots are a millimetre. */
  feed(dots: number): string;
  /** An image in strips of whole commands, so that a proof can be asked for after each. */
  strips(widthDots: number, rows: readonly Uint8Array[]): string[];
  /** How many characters of `FS 2` it can hold; 0 where it has none. */
  readonly ownCharacters: number;
  /** @returns where the first real-time command begins in `bytes`, or −1 */
  findRealTimeCommand(bytes: Uint8Array): number;
}

/** Bytes of one strip of an image, so that a proof can be asked for after each. */
const STRIP_BYTES_MAX = 840;

export const EPSON_COMMANDS: SlipCommands = {
  base: (commands) => commands.epson,
  // receiptline switches automatic status off at the head of every slip; here it stays on.
  opening: (opening) => opening.replace('\x1da\x00', binary(AUTOMATIC_STATUS_ON)),
  // `GS V 66 24`: 3 mm more than to the cutter.
  cut: '\x1dVB\x18',
  textMode: '\x1bt\x01\x1cC1\x1bR\x08',
  ruledLine: '\x1cC0',
  backslash: '\x1bR\x00\\\x1bR\x08',
  feed: (dots) => `\x1bJ${String.fromCharCode(dots)}`,
  strips: (widthDots, rows) => inStrips(rows, Math.floor(STRIP_BYTES_MAX / ((widthDots + 7) >> 3))).map((strip) => binary(imageStrip(widthDots, strip))),
  ownCharacters: GLYPHS_MAX,
  findRealTimeCommand,
};

/** What every ESC/POS printer has: parameters as numbers, images by `GS v 0`, no characters of one's own. */
export const GENERIC_COMMANDS: SlipCommands = {
  ...EPSON_COMMANDS,
  base: (commands) => commands.generic,
  textMode: '\x1bt\x01\x1cC\x01\x1bR\x08',
  ruledLine: '\x1cC\x00',
  strips: (widthDots, rows) => inStrips(rows, Math.floor(STRIP_BYTES_MAX / ((widthDots + 7) >> 3))).map((strip) => binary(rasterStrip(widthDots, strip))),
  ownCharacters: 0,
};

/** Star line mode. Source: Star Micronics, "STAR Line Mode Command Specifications", chapter 3. */
export const STAR_LINE_COMMANDS: SlipCommands = {
  base: (commands) => commands.starlinembcs,
  // Its `ESC RS a 0` is what the driver wants too.
  opening: (opening) => opening,
  // `ESC d 3`.
  cut: '\x1bd3',
  textMode: '\x1b$1\x1bR8',
  ruledLine: '\x1b$0',
  backslash: '\x1bR0\\\x1bR8',
  // `ESC J n` feeds quarters of a millimetre.
  feed: (dots) => `\x1bJ${String.fromCharCode(Math.round(dots / 2))}`,
  strips(widthDots, rows) {
    const strips = inStrips(rows, STAR_STRIP_ROWS).map((strip) => `${binary(starStrip(widthDots, strip))}\n`);
    // The lines of an image must touch: 3 mm while it lasts, then 4 mm again.
    return strips.map((strip, index) => `${index === 0 ? '\x1b0' : ''}${strip}${index === strips.length - 1 ? '\x1bz1' : ''}`);
  },
  ownCharacters: 0,
  findRealTimeCommand: findStarRealTimeCommand,
};

function inStrips(rows: readonly Uint8Array[], height: number): Uint8Array[][] {
  return Array.from({ length: Math.ceil(rows.length / height) }, (_, index) => rows.slice(index * height, (index + 1) * height));
}

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
