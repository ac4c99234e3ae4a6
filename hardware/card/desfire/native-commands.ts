/**
 * DESFire's own commands, wrapped into ISO 7816 APDUs (90 INS 00 00 [Lc data] 00), and the continuation of answers that come in several
 * frames. Says whether what came back is an answer at all. Must never send anything again: what became of a command whose answer is
 * missing is not known.
 */
import type { CardReader } from '../../reader/card-reader.ts';
import { commandApdu, parseResponse } from '../apdu.ts';

/**
 * Command codes (MF2DL(H)x0, chapter 11). For data and records those of EV2 that use the chaining of ISO 14443-4, which readers do by
 * themselves: with the older BD, 3D, BB and 3B the card may cut the same answer into frames of 59 bytes, and each is a round trip.
 */
export const INS = {
  authenticateEv2First: 0x71,
  additionalFrame: 0xaf,
  getKeyVersion: 0x64,
  readData: 0xad,
  writeData: 0x8d,
  readRecords: 0xab,
  writeRecord: 0x8b,
  getValue: 0x6c,
  credit: 0x0c,
  debit: 0xdc,
  commitTransaction: 0xc7,
} as const;

/** Status codes: SW2 of an answer whose SW1 is 91. */
export const STATUS = {
  ok: 0x00,
  /** The card's check of our MAC failed. */
  integrityError: 0x1e,
  /** Too many wrong keys lately: the card wants to be asked again later. */
  authenticationDelay: 0xad,
  authenticationError: 0xae,
  additionalFrame: 0xaf,
  /** Beyond a file's or a value's limits. */
  boundaryError: 0xbe,
} as const;

/** The card of one presence; everything sent to it ends with that presence. */
export interface CardLink {
  readonly reader: CardReader;
  readonly generation: number;
}

/** A command has no answer any more: the card or the reader is gone. Not to be sent again. */
export interface Gone {
  readonly kind: 'card-moved' | 'reader-lost';
}

export type NativeAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly data: Uint8Array }
  /** Bytes came, but not an answer of a DESFire. */
  | { readonly kind: 'garbled' }
  | Gone;

const SW1_DESFIRE = 0x91;
/** No answer of ours is longer; a card that goes on and on must not hold the kiosk. */
const FRAMES_MAX = 32;

/** Sends one command and takes one frame, whose status may be `additionalFrame`. */
export async function exchangeFrame(link: CardLink, ins: number, data: Uint8Array = new Uint8Array()): Promise<NativeAnswer> {
  const result = await link.reader.transmit(link.generation, commandApdu({ cla: 0x90, ins, p1: 0x00, p2: 0x00, data, le: 256 }));
  if (result.kind !== 'answered') return { kind: result.kind };
  const response = parseResponse(result.response);
  if (response.kind === 'malformed' || response.status >> 8 !== SW1_DESFIRE) return { kind: 'garbled' };
  return { kind: 'answered', status: response.status & 0xff, data: response.data };
}

/** Sends one command and takes its whole answer; the status is that of the last frame. */
export async function exchange(link: CardLink, ins: number, data: Uint8Array = new Uint8Array()): Promise<NativeAnswer> {
  const frames: Uint8Array[] = [];
  let answer = await exchangeFrame(link, ins, data);
  while (answer.kind === 'answered' && answer.status === STATUS.additionalFrame) {
    frames.push(answer.data);
    if (frames.length === FRAMES_MAX) return { kind: 'garbled' };
    answer = await exchangeFrame(link, INS.additionalFrame);
  }
  return answer.kind === 'answered' ? { ...answer, data: concatenated(...frames, answer.data) } : answer;
}

export function concatenated(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** An unsigned number as DESFire sends it: least significant byte first. @throws RangeError when it does not fit */
export function littleEndian(value: number, bytes: 2 | 3 | 4): Uint8Array {
  const encoded = Buffer.alloc(bytes);
  encoded.writeUIntLE(value, 0, bytes);
  return Uint8Array.from(encoded);
}
