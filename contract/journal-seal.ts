/**
 * Seals of a journal: the device's Ed25519 signature (RFC 8032) over the head of its chain. Whoever has the entries up to a head, the seal
 * and the device's public key can prove later what the device wrote, without asking anybody. Like hashing, never loaded by the window.
 *
 * The signed bytes are ASCII, four lines, each ended by one line feed (0x0a):
 *
 *     kazasu journal seal v1
 *     <device id>
 *     <seq, decimal, without leading zeros>
 *     <hash of entry seq, 64 lower-case hexadecimal digits>
 *
 * The first line keeps seals apart from everything else that is signed with the same key.
 */
import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { DeviceId } from './ids.ts';
import { JournalSeal } from './journal.ts';

const FIRST_LINE = 'kazasu journal seal v1';

/** The last entry of what is sealed: its sequence number and hash. */
export interface SealedHead {
  readonly seq: number;
  readonly hash: string;
}

/** Makes the seal of a head. A port: who keeps journals needs no key. */
export type SealJournal = (head: SealedHead) => JournalSeal;

export function sealedBytes(device: DeviceId, { seq, hash }: SealedHead): Buffer {
  return Buffer.from(`${FIRST_LINE}\n${device}\n${seq}\n${hash}\n`, 'ascii');
}

/** @param identity the device and its Ed25519 key */
export function journalSealer({ deviceId, privateKey }: { readonly deviceId: DeviceId; readonly privateKey: KeyObject }): SealJournal {
  const { x: publicKey } = createPublicKey(privateKey).export({ format: 'jwk' });
  return ({ seq, hash }) => JournalSeal.parse({ seq, hash, publicKey, signature: sign(null, sealedBytes(deviceId, { seq, hash }), privateKey).toString('base64url') });
}

/** Reading a key takes as long as checking with it, and a device keeps its own. */
const keys = new Map<string, KeyObject>();
const KEYS_MAX = 1_000;

function keyOf(publicKey: string): KeyObject {
  const known = keys.get(publicKey);
  if (known) return known;
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' });
  if (keys.size >= KEYS_MAX) keys.clear();
  keys.set(publicKey, key);
  return key;
}

/**
 * @param publicKey the device's Ed25519 key: 32 bytes in base64url, the `x` of its JWK
 * @param signature 64 bytes in base64url
 */
export function sealHolds(publicKey: string, device: DeviceId, head: SealedHead, signature: string): boolean {
  try {
    return verify(null, sealedBytes(device, head), keyOf(publicKey), Buffer.from(signature, 'base64url'));
  } catch {
    // Not a key at all.
    return false;
  }
}

/** As `sealHolds`, in a thread of its own: whoever serves many devices has other things to do meanwhile. */
export function sealHoldsElsewhere(publicKey: string, device: DeviceId, head: SealedHead, signature: string): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      verify(null, sealedBytes(device, head), keyOf(publicKey), Buffer.from(signature, 'base64url'), (error, holds) => resolve(!error && holds));
    } catch {
      resolve(false);
    }
  });
}
