/**
 * The frames of FeliCa Lite-S's two commands, Read and Write Without Encryption (JIS X 6319-4), and the numbers of its blocks. Pure:
 * frames in, frames out. An answer that does not name this very card is not an answer.
 */
import { BLOCK_LENGTH } from './mac.ts';

/** Numbers of the blocks that the profile uses; 00 to 0D are free for the mirror. */
export const BLOCK = {
  challenge: 0x80,
  identity: 0x82,
  keyVersion: 0x86,
  cardKey: 0x87,
  configuration: 0x88,
  writeCounter: 0x90,
  mac: 0x91,
} as const;

export interface BlockWrite {
  readonly block: number;
  /** 16 bytes. */
  readonly data: Uint8Array;
}

/** What a read or a write came to when it did not succeed. Nothing here says that a write was not carried out. */
export type NotDone =
  /** The card or the reader said no. */
  | { readonly kind: 'refused' }
  /** Silence, or bytes that are no answer to this command of this card. */
  | { readonly kind: 'no-answer' }
  | { readonly kind: 'card-moved' }
  | { readonly kind: 'reader-lost' };
export type BlocksRead = { readonly kind: 'blocks'; readonly blocks: readonly Uint8Array[] } | NotDone;
export type BlocksWritten = { readonly kind: 'written' } | NotDone;

/** Reading, also of blocks that may be written, needs no more than the service for both. */
export const SERVICE_READ_WRITE = 0x0009;
/** The length byte, the answer's code, IDm, and the two status flags. */
const ANSWER_HEAD = 12;

/** Each block as an element of two bytes: 80, its number. */
export function blockList(blocks: readonly number[]): readonly number[] {
  return blocks.flatMap((block) => [0x80, block]);
}

/** @param blocks one to four */
export function readFrame(idm: Uint8Array, blocks: readonly number[]): Uint8Array {
  return framed([0x06, ...idm, 1, SERVICE_READ_WRITE, 0, blocks.length, ...blockList(blocks)]);
}

/** @param writes one block, or one block and MAC_A */
export function writeFrame(idm: Uint8Array, writes: readonly BlockWrite[]): Uint8Array {
  const list = blockList(writes.map(({ block }) => block));
  return framed([0x08, ...idm, 1, SERVICE_READ_WRITE, 0, writes.length, ...list, ...writes.flatMap(({ data }) => [...data])]);
}

/** @param frame an answer, its length byte first */
export function parseReadAnswer(frame: Uint8Array, idm: Uint8Array, count: number): BlocksRead {
  const head = answerHead(frame, 0x07, idm);
  if (head !== 'ok') return { kind: head };
  return frame[ANSWER_HEAD] === count ? blocksIn(frame.slice(ANSWER_HEAD + 1), count) : { kind: 'no-answer' };
}

export function parseWriteAnswer(frame: Uint8Array, idm: Uint8Array): BlocksWritten {
  const head = answerHead(frame, 0x09, idm);
  if (head !== 'ok') return { kind: head };
  return frame.length === ANSWER_HEAD ? { kind: 'written' } : { kind: 'no-answer' };
}

export function blocksIn(data: Uint8Array, count: number): BlocksRead {
  if (data.length !== count * BLOCK_LENGTH) return { kind: 'no-answer' };
  return { kind: 'blocks', blocks: Array.from({ length: count }, (_, index) => data.slice(index * BLOCK_LENGTH, (index + 1) * BLOCK_LENGTH)) };
}

function framed(body: readonly number[]): Uint8Array {
  return Uint8Array.from([body.length + 1, ...body]);
}

function answerHead(frame: Uint8Array, code: number, idm: Uint8Array): 'ok' | 'refused' | 'no-answer' {
  const isAnswer = frame.length >= ANSWER_HEAD && frame[0] === frame.length && frame[1] === code;
  if (!isAnswer || !idm.every((byte, index) => frame[2 + index] === byte)) return 'no-answer';
  return frame[10] === 0x00 && frame[11] === 0x00 ? 'ok' : 'refused';
}
