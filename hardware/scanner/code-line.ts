/**
 * Makes one scan out of the bytes of one line of a scanner. Pure. Keeps bytes only as long as they can be a card's code: of anything
 * else – an address, a product, the QR code on a My Number card, which is its number – not even the next byte is remembered.
 */
import { CARD_CODE_BEGINNING, CARD_CODE_LENGTH, readCardCode, type CodeScan } from './card-code.ts';

export interface CodeLine {
  /** What may be a card's code; empty as soon as it cannot be one. */
  readonly kept: string;
  readonly length: number;
  /** It cannot be a card's code any more. */
  readonly foreign: boolean;
  /** There was a byte that no code has: noise, or the wrong speed. */
  readonly noise: boolean;
}

export const EMPTY_LINE: CodeLine = { kept: '', length: 0, foreign: false, noise: false };

/** Shorter lines are not worth a word to anybody. */
const LENGTH_MIN = 4;
/** Separates the fields of a product code (GS1). */
const GROUP_SEPARATOR = 0x1d;

/** True for the bytes with which scanners end a line, as they are set: CR, LF or both. */
export function endsLine(byte: number): boolean {
  return byte === 0x0d || byte === 0x0a;
}

/** @param byte one that does not end the line */
export function withByte(line: CodeLine, byte: number): CodeLine {
  const length = line.length + 1;
  const noise = line.noise || (byte < 0x20 && byte !== GROUP_SEPARATOR);
  if (line.foreign || noise) return { kept: '', length, foreign: true, noise };
  const kept = line.kept + String.fromCharCode(byte);
  if (!kept.toLowerCase().startsWith(CARD_CODE_BEGINNING.slice(0, length))) return { kept: '', length, foreign: true, noise };
  // One character too many is enough to know that it is not one code.
  return { kept: kept.slice(0, CARD_CODE_LENGTH + 1), length, foreign: false, noise };
}

/** What the whole line was; undefined when it was nothing: an empty line, noise. */
export function scanOf(line: CodeLine): CodeScan | undefined {
  if (line.noise || line.length < LENGTH_MIN) return undefined;
  return line.foreign ? { kind: 'foreign' } : readCardCode(line.kept);
}
