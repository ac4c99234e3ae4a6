/**
 * The keys of one card, made of a town's master key and the card's own identifier (NXP AN10922, AES-128), so that a key taken out of
 * one card, or out of a kiosk, opens no other card. Used where cards are issued and by the backend; never by a kiosk or its window,
 * which must not have a master key. None of this may change for cards that are out.
 */
import { cmac } from '@noble/ciphers/aes.js';

/** Application of our cards (DESFire AID, as sent on the wire): the letters KZS. */
const APPLICATION_ID = [0x4b, 0x5a, 0x53] as const;
/** The card itself (PICC), which is no application. */
const WHOLE_CARD = [0x00, 0x00, 0x00] as const;
/** FeliCa Lite-S has no applications; its system code stands in their place. */
const FELICA_LITE_S_SYSTEM = [0x88, 0xb4] as const;

const purpose = (identifierBytes: number, place: readonly number[], text: string) => ({ identifierBytes, place, text });

/** What a key is for. The text is AN10922's system identifier. */
const PURPOSES = {
  /** DESFire: makes and deletes applications. Only where cards are issued. */
  'card-master': purpose(7, WHOLE_CARD, 'kazasu card master'),
  /** DESFire: changes keys and file settings of our application. Only where cards are issued. */
  'application-master': purpose(7, APPLICATION_ID, 'kazasu app master'),
  /** DESFire: reads, and takes value off. */
  spend: purpose(7, APPLICATION_ID, 'kazasu spend'),
  /** DESFire: puts value on. */
  load: purpose(7, APPLICATION_ID, 'kazasu load'),
  /** DESFire: the two keys that nothing uses yet. A key is changed only by one who knows the old one, so they must be known as well. */
  'reserved-a': purpose(7, APPLICATION_ID, 'kazasu reserved a'),
  'reserved-b': purpose(7, APPLICATION_ID, 'kazasu reserved b'),
  /** DESFire: with it the card proves a transaction to the backend. Only the card and the backend have it. */
  'transaction-mac': purpose(7, APPLICATION_ID, 'kazasu transaction'),
  /** FeliCa Lite-S: the card key CK, two-key Triple DES. */
  'felica-card': purpose(8, FELICA_LITE_S_SYSTEM, 'kazasu felica card'),
} as const;
export type KeyPurpose = keyof typeof PURPOSES;

const MASTER_KEY_BYTES = 16;
const DIVERSIFICATION_CONSTANT = 0x01;

/** Length of the identifier that keys for `use` are made of: a UID of 7 bytes, or an IDm of 8. */
export function identifierBytesFor(use: KeyPurpose): number {
  return PURPOSES[use].identifierBytes;
}

/**
 * CMAC of `01 ‖ identifier ‖ application ‖ system identifier` under the master key, 16 bytes.
 * @param identifier the card's UID (7 bytes) or IDm (8 bytes)
 * @throws RangeError when a length is wrong: a bug, or a card of another kind
 */
export function diversifiedKey(masterKey: Uint8Array, use: KeyPurpose, identifier: Uint8Array): Uint8Array {
  const { identifierBytes, place, text } = PURPOSES[use];
  if (identifier.length !== identifierBytes) throw new RangeError(`A key for ${use} is made of ${identifierBytes} bytes, not ${identifier.length}`);
  return an10922(masterKey, Uint8Array.of(...identifier, ...place, ...new TextEncoder().encode(text)));
}

/**
 * AN10922 for AES-128. It pads shorter inputs in a way of its own; from 16 bytes on (17 with its constant) that is the padding of plain
 * CMAC, so nothing of it is repeated here.
 * @throws RangeError when a length is wrong
 */
export function an10922(masterKey: Uint8Array, input: Uint8Array): Uint8Array {
  if (masterKey.length !== MASTER_KEY_BYTES) throw new RangeError(`A master key has ${MASTER_KEY_BYTES} bytes, not ${masterKey.length}`);
  if (input.length < 16 || input.length > 31) throw new RangeError(`A diversification input has 16 to 31 bytes, not ${input.length}`);
  return cmac(Uint8Array.of(DIVERSIFICATION_CONSTANT, ...input), masterKey);
}
