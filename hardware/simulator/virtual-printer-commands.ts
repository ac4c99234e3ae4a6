/**
 * Reads an ESC/POS byte stream the way a printer does: one command at a time, with its exact length. Must never skip a byte: what it
 * does not know is handed out as `unknown`. Source: Epson's ESC/POS command reference.
 */

export type PrinterCommand =
  | { readonly kind: 'initialise' }
  | { readonly kind: 'line-feed' }
  | { readonly kind: 'feed'; readonly amount: number; readonly unit: 'lines' | 'dots' }
  | { readonly kind: 'cut'; readonly feedDots: number }
  | { readonly kind: 'single'; readonly byte: number }
  | { readonly kind: 'double'; readonly lead: number; readonly trail: number }
  | { readonly kind: 'set'; readonly what: Setting; readonly value: number }
  | { readonly kind: 'define-glyph'; readonly lead: number; readonly trail: number; readonly columns: Uint8Array }
  | { readonly kind: 'store-graphics' | 'print-raster'; readonly widthDots: number; readonly heightDots: number; readonly rows: Uint8Array }
  | { readonly kind: 'print-graphics' }
  | { readonly kind: 'automatic-status'; readonly mask: number }
  | { readonly kind: 'transmit-status'; readonly what: number }
  | { readonly kind: 'marker'; readonly marker: string }
  /** An image into the line being set. */
  | { readonly kind: 'line-raster'; readonly widthDots: number; readonly heightDots: number; readonly rows: Uint8Array }
  /** `ETB`, and where it counts from 0 again. */
  | { readonly kind: 'count' | 'count-from-nought' }
  /** Real-time commands were obeyed when they arrived; a NUL means nothing. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unknown'; readonly bytes: Uint8Array };

export type Setting =
  | 'international' | 'code-page' | 'alignment' | 'emphasis' | 'underline' | 'size' | 'reverse' | 'line-spacing' | 'default-line-spacing'
  | 'left-margin' | 'area-width' | 'right-edge' | 'absolute' | 'relative' | 'kanji-system' | 'kanji-mode' | 'kanji-style' | 'kanji-underline'
  | 'kanji-spacing' | 'character-spacing' | 'font' | 'kanji-font' | 'upside-down';

export interface KanjiMode {
  /** `FS C`: 0 JIS, 1 Shift JIS. */
  readonly system: number;
  /** `FS &` / `FS .`; matters in JIS mode only. */
  readonly on: boolean;
}

/** Commands of two bytes and one parameter. */
const ONE_PARAMETER: Readonly<Record<number, Setting>> = {
  0x1b52: 'international', 0x1b74: 'code-page', 0x1b61: 'alignment', 0x1b45: 'emphasis', 0x1b2d: 'underline', 0x1b33: 'line-spacing',
  0x1b4d: 'font', 0x1b20: 'character-spacing', 0x1b7b: 'upside-down', 0x1d21: 'size', 0x1d42: 'reverse', 0x1c43: 'kanji-system',
  0x1c21: 'kanji-style', 0x1c2d: 'kanji-underline',
};
/** Commands of two bytes and a 16-bit parameter, low byte first. */
const TWO_PARAMETERS: Readonly<Record<number, Setting>> = {
  0x1d4c: 'left-margin', 0x1d57: 'area-width', 0x1b24: 'absolute', 0x1b5c: 'relative', 0x1c53: 'kanji-spacing',
};

/**
 * The first command in `bytes`.
 * @returns the command and how many bytes it takes, or undefined when some of it has not come yet
 */
export function decodeCommand(bytes: Uint8Array, kanji: KanjiMode): { readonly command: PrinterCommand; readonly length: number } | undefined {
  return decodeWith(bytes, (reader) => read(reader, kanji));
}

/** The first command in `bytes` as `read` understands it, or undefined when it wants more bytes than there are. */
export function decodeWith(bytes: Uint8Array, read: (reader: CommandReader) => PrinterCommand): { readonly command: PrinterCommand; readonly length: number } | undefined {
  const reader = new CommandReader(bytes);
  try {
    const command = read(reader);
    return { command, length: reader.at };
  } catch (error) {
    if (error instanceof Incomplete) return undefined;
    throw error;
  }
}

class Incomplete extends Error {}

export class CommandReader {
  at = 0;
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw new Incomplete();
    this.at++;
    return value;
  }
  word(): number {
    return this.byte() | (this.byte() << 8);
  }
  take(count: number): Uint8Array {
    if (this.at + count > this.bytes.length) throw new Incomplete();
    return this.bytes.slice(this.at, (this.at += count));
  }
  unknown(): PrinterCommand {
    return { kind: 'unknown', bytes: this.bytes.slice(0, this.at) };
  }
}

function read(reader: CommandReader, kanji: KanjiMode): PrinterCommand {
  const first = reader.byte();
  switch (first) {
    case 0x00:
      return { kind: 'nothing' };
    case 0x0a:
      return { kind: 'line-feed' };
    case 0x10:
      return realTime(reader);
    case 0x1b:
    case 0x1c:
    case 0x1d:
      return escape(reader, first);
  }
  if (first < 0x20 || first === 0x7f) return reader.unknown();
  const shiftJis = kanji.system === 1 && ((first >= 0x81 && first <= 0x9f) || (first >= 0xe0 && first <= 0xfc));
  const jis = kanji.system === 0 && kanji.on;
  return shiftJis || jis ? { kind: 'double', lead: first, trail: reader.byte() } : { kind: 'single', byte: first };
}

function realTime(reader: CommandReader): PrinterCommand {
  const second = reader.byte();
  const third = reader.byte();
  if (second === 0x04 || second === 0x05) return { kind: 'nothing' };
  if (second === 0x14 && third === 8) reader.take(7);
  else return reader.unknown();
  return { kind: 'nothing' };
}

function escape(reader: CommandReader, first: number): PrinterCommand {
  const code = (first << 8) | reader.byte();
  const one = ONE_PARAMETER[code];
  if (one) return { kind: 'set', what: one, value: reader.byte() };
  const two = TWO_PARAMETERS[code];
  if (two) return { kind: 'set', what: two, value: reader.word() };
  switch (code) {
    case 0x1b40:
      return { kind: 'initialise' };
    case 0x1b32:
      return { kind: 'set', what: 'default-line-spacing', value: 0 };
    case 0x1b64:
      return { kind: 'feed', amount: reader.byte(), unit: 'lines' };
    case 0x1b4a:
      return { kind: 'feed', amount: reader.byte(), unit: 'dots' };
    case 0x1c26:
      return { kind: 'set', what: 'kanji-mode', value: 1 };
    case 0x1c2e:
      return { kind: 'set', what: 'kanji-mode', value: 0 };
    case 0x1c32:
      return { kind: 'define-glyph', lead: reader.byte(), trail: reader.byte(), columns: reader.take(72) };
    case 0x1c28:
    case 0x1d28:
      return extended(reader, code);
    case 0x1d38:
      return reader.byte() === 0x4c ? graphics(reader, reader.word() + reader.word() * 0x1_0000) : reader.unknown();
    case 0x1d56:
      return cut(reader);
    case 0x1d61:
      return { kind: 'automatic-status', mask: reader.byte() };
    case 0x1d72:
      return { kind: 'transmit-status', what: reader.byte() };
    case 0x1d76:
      return raster(reader);
    default:
      return reader.unknown();
  }
}

function cut(reader: CommandReader): PrinterCommand {
  const mode = reader.byte();
  if (mode === 65 || mode === 66) return { kind: 'cut', feedDots: reader.byte() };
  return [0, 1, 48, 49].includes(mode) ? { kind: 'cut', feedDots: 0 } : reader.unknown();
}

function raster(reader: CommandReader): PrinterCommand {
  if (reader.byte() !== 0x30) return reader.unknown();
  reader.byte();
  const rowBytes = reader.word();
  const heightDots = reader.word();
  return { kind: 'print-raster', widthDots: rowBytes * 8, heightDots, rows: reader.take(rowBytes * heightDots) };
}

/** `FS (` and `GS (`: a letter, a length, and that many bytes. */
function extended(reader: CommandReader, code: number): PrinterCommand {
  const letter = reader.byte();
  const length = reader.word();
  if (code === 0x1d28 && letter === 0x4c) return graphics(reader, length);
  const body = reader.take(length);
  const [fn, second] = body;
  if (code === 0x1c28 && letter === 0x41 && length === 2 && fn === 48) return { kind: 'set', what: 'kanji-font', value: second ?? 0 };
  if (code === 0x1d28 && letter === 0x48 && length === 6 && fn === 48 && second === 48) {
    return { kind: 'marker', marker: String.fromCharCode(...body.slice(2)) };
  }
  return reader.unknown();
}

/** `GS ( L` and `GS 8 L`, functions 50 (print) and 112 (store monochrome raster, not enlarged). */
function graphics(reader: CommandReader, length: number): PrinterCommand {
  const body = reader.take(length);
  if (body[0] !== 48) return reader.unknown();
  if (body[1] === 50 || body[1] === 2) return { kind: 'print-graphics' };
  const plain = body[1] === 112 && body[2] === 48 && body[3] === 1 && body[4] === 1 && body[5] === 49;
  const widthDots = (body[6] ?? 0) | ((body[7] ?? 0) << 8);
  const heightDots = (body[8] ?? 0) | ((body[9] ?? 0) << 8);
  if (!plain || ((widthDots + 7) >> 3) * heightDots !== length - 10) return reader.unknown();
  return { kind: 'store-graphics', widthDots, heightDots, rows: body.slice(10) };
}
