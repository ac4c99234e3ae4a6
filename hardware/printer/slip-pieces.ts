/** Cuts a slip into the pieces that are sent one at a time. Must never cut inside a command: a marker there would be taken for data. */
import { PRINT_MARKER_BYTES } from './escpos-commands.ts';

/** With its marker, a piece takes a quarter of a 4 KB receive buffer. */
export const PIECE_BYTES_MAX = 1_024 - PRINT_MARKER_BYTES;

/**
 * The pieces of a slip for a printer from which nothing can be taken back: the end of the slip goes alone, when all before it is proved, so that a slip
 * that stops earlier is certainly not complete.
 */
export function piecesWithOwnEnd(units: readonly Uint8Array[]): Uint8Array[] {
  return [...pieces(units.slice(0, -END_UNITS)), ...pieces(units.slice(-END_UNITS))];
}

/** The last line, which says the slip's number, and the cut. */
const END_UNITS = 2;

/** Joins units to pieces of at most `max` bytes; a longer unit is a piece by itself. */
export function* pieces(units: Iterable<Uint8Array>, max = PIECE_BYTES_MAX): Generator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for (const unit of units) {
    if (length > 0 && length + unit.length > max) {
      yield Buffer.concat(waiting);
      waiting = [];
      length = 0;
    }
    waiting.push(unit);
    length += unit.length;
  }
  if (length > 0) yield Buffer.concat(waiting);
}
