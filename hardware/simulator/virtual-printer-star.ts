/**
 * Reads a byte stream in Star line mode the way a printer does, as far as slips use it. Must never skip a byte: what it does not know is
 * handed out as `unknown`. Source: Star Micronics, "STAR Line Mode Command Specifications", chapter 3.
 */
import { decodeWith, type CommandReader, type KanjiMode, type PrinterCommand } from './virtual-printer-commands.ts';

const DOTS_OF_COLUMN = 12;
/** `ESC z 1` and `ESC 0`. */
const FOUR_MILLIMETRES = 32;
const THREE_MILLIMETRES = 24;

/**
 * The first command in `bytes`.
 * @returns the command and how many bytes it takes, or undefined when some of it has not come yet
 */
export function decodeStarCommand(bytes: Uint8Array, kanji: KanjiMode): { readonly command: PrinterCommand; readonly length: number } | undefined {
  return decodeWith(bytes, (reader) => read(reader, kanji));
}

function read(reader: CommandReader, kanji: KanjiMode): PrinterCommand {
  const first = reader.byte();
  switch (first) {
    case 0x00:
      return { kind: 'nothing' };
    case 0x0a:
      return { kind: 'line-feed' };
    case 0x0f:
    case 0x12:
      return { kind: 'set', what: 'upside-down', value: first === 0x0f ? 1 : 0 };
    case 0x17:
      return { kind: 'count' };
    case 0x1b:
      return escape(reader);
  }
  if (first < 0x20 || first === 0x7f) return reader.unknown();
  const shiftJis = kanji.system === 1 && ((first >= 0x81 && first <= 0x9f) || (first >= 0xe0 && first <= 0xfc));
  return shiftJis ? { kind: 'double', lead: first, trail: reader.byte() } : { kind: 'single', byte: first };
}

function escape(reader: CommandReader): PrinterCommand {
  switch (String.fromCharCode(reader.byte())) {
    case '@':
      return { kind: 'initialise' };
    case '\x06':
      // Obeyed when it arrived.
      return reader.byte() === 0x01 ? { kind: 'nothing' } : reader.unknown();
    case '\x1e':
      return recordSeparator(reader);
    case '\x1d':
      return groupSeparator(reader);
    case ' ':
      return { kind: 'set', what: 'character-spacing', value: reader.byte() % 48 };
    case 's':
      return { kind: 'set', what: 'kanji-spacing', value: (reader.byte() % 48) * 256 + (reader.byte() % 48) };
    case 'z':
      return { kind: 'set', what: 'line-spacing', value: reader.byte() % 48 === 1 ? FOUR_MILLIMETRES : THREE_MILLIMETRES };
    case '0':
      return { kind: 'set', what: 'line-spacing', value: THREE_MILLIMETRES };
    case 'l':
      return { kind: 'set', what: 'left-margin', value: reader.byte() * DOTS_OF_COLUMN };
    case 'Q':
      return { kind: 'set', what: 'right-edge', value: reader.byte() * DOTS_OF_COLUMN };
    case '-':
      return { kind: 'set', what: 'underline', value: (reader.byte() % 48) * 2 };
    case 'E':
      return { kind: 'set', what: 'emphasis', value: 1 };
    case 'F':
      return { kind: 'set', what: 'emphasis', value: 0 };
    case '4':
      return { kind: 'set', what: 'reverse', value: 1 };
    case '5':
      return { kind: 'set', what: 'reverse', value: 0 };
    case 'i': {
      const high = reader.byte() % 48;
      return { kind: 'set', what: 'size', value: ((reader.byte() % 48) << 4) | high };
    }
    case '$':
      return { kind: 'set', what: 'kanji-system', value: reader.byte() % 48 };
    case 'R':
      return { kind: 'set', what: 'international', value: reader.byte() % 48 };
    case 'J':
      return { kind: 'feed', amount: reader.byte() * 2, unit: 'dots' };
    case 'k': {
      const rowBytes = reader.word();
      return { kind: 'line-raster', widthDots: rowBytes * 8, heightDots: 24, rows: reader.take(rowBytes * 24) };
    }
    case 'd':
      return { kind: 'cut', feedDots: reader.byte() % 48 >= 2 ? 24 : 0 };
    default:
      return reader.unknown();
  }
}

function recordSeparator(reader: CommandReader): PrinterCommand {
  switch (String.fromCharCode(reader.byte())) {
    case 'a':
      return { kind: 'automatic-status', mask: reader.byte() % 48 };
    case 'E':
      reader.byte();
      return { kind: 'count-from-nought' };
    case 'F':
      return { kind: 'set', what: 'font', value: reader.byte() % 48 };
    default:
      return reader.unknown();
  }
}

function groupSeparator(reader: CommandReader): PrinterCommand {
  switch (String.fromCharCode(reader.byte())) {
    case 'a':
      return { kind: 'set', what: 'alignment', value: reader.byte() % 48 };
    case 'A':
      return { kind: 'set', what: 'absolute', value: reader.word() };
    case 'R':
      return { kind: 'set', what: 'relative', value: reader.word() };
    default:
      return reader.unknown();
  }
}
