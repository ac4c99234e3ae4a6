/**
 * The arithmetic of FeliCa Lite-S: session key, the MAC the card puts under what is read, and the MAC it wants over what is written.
 * Two-key Triple DES in CBC mode, with every group of eight bytes turned round on its way in and out. Pure; keeps no keys, and never
 * talks to a card. Source: nfcpy (tt3_sony), checked against its published vectors.
 */
import { tripleDesCbcEncrypt } from '../crypto.ts';

const GROUP = 8;
export const BLOCK_LENGTH = 16;
/** The block that holds the MAC; it is part of what the MAC covers. */
const MAC_BLOCK = 0x91;

/** Each group of eight bytes in the other order: how keys, challenges and data stand in the card's blocks. */
export function reversedGroups(bytes: Uint8Array): Uint8Array {
  const reversed = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += GROUP) reversed.set(bytes.slice(start, start + GROUP).reverse(), start);
  return reversed;
}

/**
 * @param key 16 bytes
 * @param iv 8 bytes, in the order of the cipher
 * @param data whole groups of 8 bytes, in the order of the blocks
 * @returns 8 bytes, as they stand in a MAC block
 */
export function felicaMac(key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array {
  return reversedGroups(tripleDesCbcEncrypt(key, iv, reversedGroups(data)).slice(-GROUP));
}

/** What a challenge and the card key make; holds until the next challenge, or until the card loses its power. */
export interface SessionKeys {
  readonly forReading: Uint8Array;
  readonly forWriting: Uint8Array;
  readonly iv: Uint8Array;
}

/**
 * @param cardKey CK, 16 bytes in the order of the cipher; the CK block holds its `reversedGroups`
 * @param challenge the RC block as it was written, 16 bytes
 */
export function sessionKeysOf(cardKey: Uint8Array, challenge: Uint8Array): SessionKeys {
  const random = reversedGroups(challenge);
  const key = tripleDesCbcEncrypt(cardKey, new Uint8Array(GROUP), random);
  return {
    forReading: key,
    forWriting: Uint8Array.from([...key.slice(GROUP), ...key.slice(0, GROUP)]),
    iv: random.slice(0, GROUP),
  };
}

/**
 * MAC_A over blocks read in one command with MAC_A last.
 * @param numbers the blocks before MAC_A, one to three, in the order they were asked for
 * @param contents their contents, 16 bytes each
 */
export function macOfRead(session: SessionKeys, numbers: readonly number[], contents: readonly Uint8Array[]): Uint8Array {
  const list = new Uint8Array(GROUP).fill(0xff);
  list.set([...numbers, MAC_BLOCK].flatMap((number) => [number, 0x00]));
  return felicaMac(session.forReading, session.iv, Uint8Array.from([list, ...contents].flatMap((bytes) => [...bytes])));
}

/**
 * MAC_A over one block to be written.
 * @param writeCounter what the WCNT block holds before the write; so no write can be played again
 */
export function macOfWrite(session: SessionKeys, writeCounter: number, block: number, data: Uint8Array): Uint8Array {
  const head = [...writeCounterBytes(writeCounter), 0x00, block, 0x00, MAC_BLOCK, 0x00];
  return felicaMac(session.forWriting, session.iv, Uint8Array.from([...head, ...data]));
}

/** Three bytes, least significant first, as in the WCNT block and the MAC_A block. */
export function writeCounterBytes(writeCounter: number): readonly [number, number, number] {
  return [writeCounter & 0xff, (writeCounter >> 8) & 0xff, (writeCounter >> 16) & 0xff];
}

/** The write counter in a WCNT block. */
export function writeCounterIn(block: Uint8Array): number {
  return (block[0] ?? 0) | ((block[1] ?? 0) << 8) | ((block[2] ?? 0) << 16);
}

/** The card key version in a CKV block: two bytes, least significant first. */
export function keyVersionIn(block: Uint8Array): number {
  return (block[0] ?? 0) | ((block[1] ?? 0) << 8);
}

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
