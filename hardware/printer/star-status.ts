/**
 * What comes back from a Star printer in line mode: one form of status for everything, of a length that its first byte tells. Must never
 * trust framing: a byte that fits nowhere is reported as stray. Source: Star Micronics, "STAR Line Mode Command Specifications", appendix 2;
 * the sixth byte as receiptline's printing program reads it.
 */
import { statusOf } from './escpos-status.ts';
import type { PrinterStatus } from './slip-printer.ts';

export type StarReply =
  | { readonly kind: 'status'; readonly bytes: readonly number[] }
  | { readonly kind: 'stray'; readonly byte: number };

/** A shorter status would lack the paper sensors. */
const LENGTH_MIN = 6;

export class StarReplyParser {
  #pending: number[] = [];

  /** Takes bytes as they arrive, in pieces of any size. @returns the replies that are complete now, in order */
  feed(bytes: Iterable<number>): StarReply[] {
    const replies: StarReply[] = [];
    for (const byte of bytes) {
      // Flow control may come in the middle of anything; no status byte is like it.
      if (byte === 0x11 || byte === 0x13) continue;
      this.#pending.push(byte);
      this.#settle(replies);
    }
    return replies;
  }

  /** Gives up a half-received status. @returns its bytes as stray ones */
  abandon(): StarReply[] {
    const replies: StarReply[] = [];
    while (this.#pending.length > 0) this.#resynchronise(replies);
    return replies;
  }

  #settle(replies: StarReply[]): void {
    const length = lengthOf(this.#pending);
    if (length === 'nonsense') this.#resynchronise(replies);
    else if (length !== undefined && this.#pending.length === length) {
      replies.push({ kind: 'status', bytes: this.#pending });
      this.#pending = [];
    }
  }

  /** The first byte was not the beginning of anything; each byte after it may be. */
  #resynchronise(replies: StarReply[]): void {
    const [first, ...rest] = this.#pending;
    this.#pending = [];
    if (first !== undefined) replies.push({ kind: 'stray', byte: first });
    for (const byte of rest) {
      this.#pending.push(byte);
      this.#settle(replies);
    }
  }
}

/** How long the status that begins with these bytes is, undefined while that cannot be told. */
function lengthOf(bytes: readonly number[]): number | 'nonsense' | undefined {
  const [first = 0, second] = bytes;
  if ((first & 0x91) !== 0x01) return 'nonsense';
  const length = ((first >> 2) & 0x18) | ((first >> 1) & 0x07);
  if (length < LENGTH_MIN || ((second ?? 0) & 0x11) !== 0) return 'nonsense';
  if (bytes.slice(2, length).some((byte) => (byte & 0x91) !== 0)) return 'nonsense';
  // Two more bytes when the second one says that the status is extended.
  return second === undefined ? undefined : length + ((second >> 6) & 0x02);
}

/** What the bytes of a status mean. */
export function statusOfStar(bytes: readonly number[]): PrinterStatus {
  const [, , printer = 0, error = 0, more = 0, paper = 0] = bytes;
  return statusOf({
    offline: (printer & 0x08) !== 0,
    coverOpen: (printer & 0x20) !== 0,
    paperOut: (paper & 0x08) !== 0,
    paperNearEnd: (paper & 0x06) !== 0,
    cutter: (error & 0x08) !== 0,
    unrecoverable: (error & 0x20) !== 0,
    recoverable: (error & 0x40) !== 0,
    other: (error & 0x04) !== 0 || (more & 0x0e) !== 0,
  });
}

/** How far the printer has counted `ETB`, or undefined when this one does not say. */
export function counterOf(bytes: readonly number[]): number | undefined {
  const counter = bytes[7];
  return counter === undefined ? undefined : ((counter >> 2) & 0x18) | ((counter >> 1) & 0x07);
}
