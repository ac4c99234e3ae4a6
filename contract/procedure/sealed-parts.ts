/**
 * Bytes as the texts of a few QR codes, and back: `KZ2` and base32 (RFC 4648, without padding). Only A–Z and 2–7: a hand scanner types them as keys, and these
 * keys are the same on Japanese and American keyboards, with and without Shift; base45, base64 and the case of letters are not. Nothing of Node: a page reads them.
 *
 *     KZ2 base32( which part and of how many: 4 bits each, from 1 · tag of the whole: 4 bytes · this part of the bytes · check of this part: 4 bytes )
 *
 * The tag is the beginning of SHA-256 of the whole, the check that of everything before it in the part: a key that the scanner lost is noticed at once, and
 * parts of two slips never become one. Neither keeps anybody from making such a code; seal and signature within do.
 */
import type { Bytes } from '../hpke-bytes.ts';

const PREFIX = 'KZ2';
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const TAG_BYTES = 4;
const FRAME_BYTES = 1 + 2 * TAG_BYTES;
/** What a symbol of version 20 holds at level M. Larger ones would be too fine for a hand scanner, or too wide for the paper. */
export const PART_CHARACTERS_MAX = 666;
const CHUNK_BYTES_MAX = Math.floor(((PART_CHARACTERS_MAX - PREFIX.length) * 5) / 8) - FRAME_BYTES;
/** More than this nobody would scan. */
export const PARTS_MAX = 9;

export interface Part {
  /** From 1. */
  readonly index: number;
  readonly of: number;
  /** Of the whole: eight hexadecimal digits. */
  readonly tag: string;
  readonly chunk: Bytes;
}

/** @returns one text a QR code, of about the same length; undefined when there would be more than `PARTS_MAX` */
export async function partsOfBytes(whole: Bytes): Promise<string[] | undefined> {
  const of = Math.ceil(whole.length / CHUNK_BYTES_MAX);
  if (of === 0 || of > PARTS_MAX) return undefined;
  const size = Math.ceil(whole.length / of);
  const tag = await beginningOfHash(whole);
  return Promise.all(
    Array.from({ length: of }, async (_, at) => {
      const framed = concatenated(Uint8Array.of(((at + 1) << 4) | of), tag, whole.subarray(at * size, (at + 1) * size));
      return PREFIX + base32(concatenated(framed, await beginningOfHash(framed)));
    }),
  );
}

/** @param text as scanned: of any case, full-width, with blanks @returns undefined when it is no such code, or not all of it */
export async function readPart(text: string): Promise<Part | undefined> {
  const letters = text.normalize('NFKC').toUpperCase().replace(/\s/gu, '');
  const bytes = letters.startsWith(PREFIX) ? fromBase32(letters.slice(PREFIX.length)) : undefined;
  if (bytes === undefined || bytes.length <= FRAME_BYTES) return undefined;
  const framed = bytes.slice(0, -TAG_BYTES);
  const [counts = 0] = framed;
  const [index, of] = [counts >> 4, counts & 15];
  if (index < 1 || of > PARTS_MAX || index > of || hexadecimal(await beginningOfHash(framed)) !== hexadecimal(bytes.slice(-TAG_BYTES))) return undefined;
  return { index, of, tag: hexadecimal(framed.slice(1, 1 + TAG_BYTES)), chunk: framed.slice(1 + TAG_BYTES) };
}

/** @param parts all of them, in any order @returns undefined when they are not one whole */
export async function bytesOfParts(parts: readonly Part[]): Promise<Bytes | undefined> {
  const [first] = parts;
  const inOrder = parts.toSorted((one, other) => one.index - other.index);
  if (!first || parts.length !== first.of || inOrder.some(({ index, of }, at) => index !== at + 1 || of !== first.of)) return undefined;
  const whole = concatenated(...inOrder.map(({ chunk }) => chunk));
  return hexadecimal(await beginningOfHash(whole)) === first.tag ? whole : undefined;
}

export async function beginningOfHash(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).slice(0, TAG_BYTES);
}

export function hexadecimal(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function concatenated(...pieces: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function base32(bytes: Bytes): string {
  let [text, bits, held] = ['', 0, 0];
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET.charAt((held >> (bits - 5)) & 31);
  }
  return bits === 0 ? text : text + ALPHABET.charAt((held << (5 - bits)) & 31);
}

/** @returns undefined when a character is none of the alphabet, or the last one says more than it may */
function fromBase32(text: string): Bytes | undefined {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let [at, bits, held] = [0, 0, 0];
  for (const letter of text) {
    const value = ALPHABET.indexOf(letter);
    if (value < 0) return undefined;
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (held >> bits) & 255;
  }
  return bits < 5 && (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}
