/**
 * The first step with a card that comes from the factory: its key is two-key DES, all zeros, and is known to everybody. It is proved in the
 * older way (command 1A, ISO 9798-2) and replaced by the issuer's AES key, in the older secure messaging, which is used for nothing else.
 * Source: libfreefare and Proxmark 3, which agree; not tried on a real card here.
 */
import { sameSecret, tripleDesCbcDecrypt, tripleDesCbcEncrypt } from '../crypto.ts';
import { AES_KEYS, ISSUING_INS, desfireCrc, type VersionedKey } from './issuing-commands.ts';
import { INS, STATUS, concatenated, exchangeFrame, type CardLink } from './native-commands.ts';
import type { SessionFailure } from './secure-messaging.ts';

const AUTHENTICATE_ISO = 0x1a;
const BLOCK = 8;
const FACTORY_KEY = new Uint8Array(16);
const ZERO_IV = new Uint8Array(BLOCK);

/**
 * The card itself must be selected. `sent` says only that the card took the command: whether the key is in place is seen by its version.
 */
export async function replaceFactoryKey(link: CardLink, to: VersionedKey, random: (bytes: number) => Uint8Array): Promise<{ readonly kind: 'sent' } | SessionFailure> {
  const sessionKey = await proveFactoryKey(link, random);
  if (!(sessionKey instanceof Uint8Array)) return sessionKey;
  const content = concatenated(to.key, Uint8Array.of(to.version));
  const check = desfireCrc(concatenated(Uint8Array.of(ISSUING_INS.changeKey, AES_KEYS), content));
  const clear = new Uint8Array(3 * BLOCK);
  clear.set(concatenated(content, check));
  const cryptogram = tripleDesCbcEncrypt(sessionKey, ZERO_IV, clear);
  const changed = await exchangeFrame(link, ISSUING_INS.changeKey, concatenated(Uint8Array.of(AES_KEYS), cryptogram));
  if (changed.kind !== 'answered') return changed;
  return changed.status === STATUS.ok ? { kind: 'sent' } : { kind: 'refused', status: changed.status };
}

/** @returns the session key; both its halves are alike, as those of the factory key are */
async function proveFactoryKey(link: CardLink, random: (bytes: number) => Uint8Array): Promise<Uint8Array | SessionFailure> {
  const challenge = await exchangeFrame(link, AUTHENTICATE_ISO, Uint8Array.of(0x00));
  if (challenge.kind !== 'answered') return challenge;
  if (challenge.status !== STATUS.additionalFrame) return { kind: 'refused', status: challenge.status };
  if (challenge.data.length !== BLOCK) return { kind: 'garbled' };
  const randomA = random(BLOCK);
  const randomB = tripleDesCbcDecrypt(FACTORY_KEY, ZERO_IV, challenge.data);
  // Each message is chained to the one before it.
  const response = tripleDesCbcEncrypt(FACTORY_KEY, challenge.data, concatenated(randomA, randomB.slice(1), randomB.slice(0, 1)));
  const proof = await exchangeFrame(link, INS.additionalFrame, response);
  if (proof.kind !== 'answered') return proof;
  if (proof.status !== STATUS.ok) return { kind: 'refused', status: proof.status };
  if (proof.data.length !== BLOCK) return { kind: 'garbled' };
  const rotated = tripleDesCbcDecrypt(FACTORY_KEY, response.slice(-BLOCK), proof.data);
  if (!sameSecret(rotated, concatenated(randomA.slice(1), randomA.slice(0, 1)))) return { kind: 'wrong-proof' };
  const half = concatenated(randomA.slice(0, 4), randomB.slice(0, 4));
  return concatenated(half, half);
}
