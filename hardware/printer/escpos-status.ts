/**
 * What comes back from an ESC/POS printer: telling the replies apart byte by byte, and what they mean. Must never trust framing: a
 * byte that fits nowhere is reported as stray and the bytes after it are looked at anew. Source of the bit patterns: Epson TM-T88III
 * specification, appendix G and page 84; TM-U220 specification, pages 54 and 82.
 */
import type { PrinterStatus } from './slip-printer.ts';
import type { StatusRequest } from './escpos-commands.ts';

export type PrinterReply =
  | { readonly kind: 'flow'; readonly flow: 'xon' | 'xoff' }
  /** One byte to the last `DLE EOT n`; the byte itself does not say which n it answers. */
  | { readonly kind: 'real-time-status'; readonly byte: number }
  | { readonly kind: 'automatic-status'; readonly bytes: readonly [number, number, number, number] }
  /** Everything before `GS ( H` with these four characters is printed. */
  | { readonly kind: 'printed'; readonly marker: string }
  /** The answer to `GS r 1`: everything before it was taken up. */
  | { readonly kind: 'processed'; readonly byte: number }
  /** The answer to `DLE DC4 8`: nothing unprinted is left in the printer. */
  | { readonly kind: 'cleared' }
  | { readonly kind: 'stray'; readonly byte: number };

const BLOCK_START = 0x37;

export class ReplyParser {
  #pending: number[] = [];
  readonly #says: 'markers' | 'turns';

  /** @param says how the printer proves what it did: by markers, or by answering `GS r 1` in its turn */
  constructor(says: 'markers' | 'turns' = 'markers') {
    this.#says = says;
  }

  /** Takes bytes as they arrive, in pieces of any size. @returns the replies that are complete now, in order */
  feed(bytes: Iterable<number>): PrinterReply[] {
    const replies: PrinterReply[] = [];
    for (const byte of bytes) this.#take(byte, replies);
    return replies;
  }

  /** Gives up a half-received reply after a pause in which its rest should have come. @returns its bytes as stray ones */
  abandon(): PrinterReply[] {
    const replies: PrinterReply[] = [];
    while (this.#pending.length > 0) this.#resynchronise(replies);
    return replies;
  }

  #take(byte: number, replies: PrinterReply[]): void {
    // Flow control may come in the middle of anything. No other reply contains these two bytes: a status byte has bit 0 clear and a
    // marker's characters begin at 20h.
    if (byte === 0x11 || byte === 0x13) {
      replies.push({ kind: 'flow', flow: byte === 0x11 ? 'xon' : 'xoff' });
      return;
    }
    this.#pending.push(byte);
    this.#settle(replies);
  }

  #settle(replies: PrinterReply[]): void {
    const reply = classify(this.#pending, this.#says);
    if (reply === 'incomplete') return;
    if (reply === 'nonsense') {
      this.#resynchronise(replies);
    } else {
      this.#pending = [];
      replies.push(reply);
    }
  }

  /** The first byte was not the beginning of anything; each byte after it may be. */
  #resynchronise(replies: PrinterReply[]): void {
    const [first, ...rest] = this.#pending;
    this.#pending = [];
    if (first !== undefined) replies.push({ kind: 'stray', byte: first });
    for (const byte of rest) {
      this.#pending.push(byte);
      this.#settle(replies);
    }
  }
}

function classify(bytes: readonly number[], says: 'markers' | 'turns'): PrinterReply | 'incomplete' | 'nonsense' {
  const [first = 0, second, third = 0, fourth = 0] = bytes;
  if (says === 'turns' && (first & 0x90) === 0) return { kind: 'processed', byte: first };
  if (first === BLOCK_START) return classifyBlock(bytes);
  if ((first & 0x93) === 0x12) return { kind: 'real-time-status', byte: first };
  if ((first & 0x93) !== 0x10) return 'nonsense';
  // Automatic status: 0xx1xx00, then three of 0xx0xxxx.
  if (bytes.slice(1).some((byte) => (byte & 0x90) !== 0)) return 'nonsense';
  if (bytes.length < 4) return 'incomplete';
  return { kind: 'automatic-status', bytes: [first, second ?? 0, third, fourth] };
}

function classifyBlock(bytes: readonly number[]): PrinterReply | 'incomplete' | 'nonsense' {
  const identifier = bytes[1];
  if (identifier === undefined) return 'incomplete';
  const body = bytes.slice(2);
  switch (identifier) {
    case 0x22: {
      if (body.slice(0, 4).some((byte) => byte < 0x20 || byte > 0x7e)) return 'nonsense';
      if (body.length < 5) return 'incomplete';
      return body[4] === 0 ? { kind: 'printed', marker: String.fromCharCode(...body.slice(0, 4)) } : 'nonsense';
    }
    case 0x25:
      if (body.length === 0) return 'incomplete';
      return body[0] === 0 ? { kind: 'cleared' } : 'nonsense';
    default:
      // `37 23` (offline response) is never asked for.
      return 'nonsense';
  }
}

/** The four answers to `DLE EOT` 1–4. */
export type RealTimeStatus = Readonly<Record<StatusRequest, number>>;

interface Conditions {
  readonly offline: boolean;
  readonly coverOpen: boolean;
  readonly paperOut: boolean;
  readonly paperNearEnd: boolean;
  readonly cutter: boolean;
  readonly unrecoverable: boolean;
  readonly recoverable: boolean;
  /** An error that has no remedy of its own here, such as jammed paper. */
  readonly other: boolean;
}

/** What the four answers to `DLE EOT` mean. */
export function statusOfRealTime(answers: RealTimeStatus): PrinterStatus {
  return statusOf({
    offline: (answers[1] & 0x08) !== 0,
    coverOpen: (answers[2] & 0x04) !== 0,
    paperOut: (answers[2] & 0x20) !== 0 || (answers[4] & 0x60) !== 0,
    paperNearEnd: (answers[4] & 0x0c) !== 0,
    cutter: (answers[3] & 0x08) !== 0,
    unrecoverable: (answers[3] & 0x20) !== 0,
    recoverable: (answers[3] & 0x40) !== 0,
    other: (answers[3] & 0x04) !== 0 || (answers[2] & 0x40) !== 0,
  });
}

/** What the four bytes of an automatic status mean. */
export function statusOfAutomatic(bytes: readonly [number, number, number, number]): PrinterStatus {
  const [first, second, third] = bytes;
  return statusOf({
    offline: (first & 0x08) !== 0,
    coverOpen: (first & 0x20) !== 0,
    paperOut: (third & 0x0c) !== 0,
    paperNearEnd: (third & 0x03) !== 0,
    cutter: (second & 0x08) !== 0,
    unrecoverable: (second & 0x20) !== 0,
    recoverable: (second & 0x40) !== 0,
    other: (second & 0x04) !== 0,
  });
}

/** The order is that of the remedy: with an open cover the paper sensor often reports the end too, and closing it comes first. */
export function statusOf(conditions: Conditions): PrinterStatus {
  if (conditions.coverOpen) return { kind: 'cover-open' };
  if (conditions.paperOut) return { kind: 'paper-out' };
  if (conditions.cutter) return { kind: 'faulty', why: 'cutter' };
  if (conditions.unrecoverable) return { kind: 'faulty', why: 'unrecoverable' };
  if (conditions.recoverable) return { kind: 'faulty', why: 'recoverable' };
  if (conditions.offline || conditions.other) return { kind: 'faulty', why: 'offline' };
  return { kind: 'ready', paper: conditions.paperNearEnd ? 'near-end' : 'enough' };
}

/** Two statuses that say the same. */
export function sameStatus(one: PrinterStatus, other: PrinterStatus): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
