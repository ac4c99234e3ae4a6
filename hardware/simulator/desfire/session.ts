/**
 * The card's side of DESFire EV2 secure messaging with AES: mutual authentication, session keys, and the MAC and encryption of each
 * command and answer (NXP AN12343, MF2DLHX0 section 9). Independent of the production code, which implements the other side.
 */
import { aesCbcDecrypt, aesCbcEncrypt, aesCmac, padded, sameSecret } from '../../card/crypto.ts';
import { concatenated } from '../virtual-card-answers.ts';
import { exclusiveOr, littleEndian, rotatedLeft } from './byte-fields.ts';
import type { CommunicationMode } from './memory.ts';
import { Refusal, requireThat } from './status.ts';

const MAC_BYTES = 8;
const BLOCK_BYTES = 16;
const ZERO_IV = new Uint8Array(BLOCK_BYTES);
/** What the card says it can do (PDcap2): nothing beyond the usual. */
const CARD_CAPABILITIES = new Uint8Array(6);

/** Every second byte of a CMAC, from the second on (AN12343, "MACt"). */
export function truncatedMac(mac: Uint8Array): Uint8Array {
  return mac.filter((_, index) => index % 2 === 1);
}

/** @param label A5 5A for encryption, 5A A5 for MACs @returns the session key (MF2DLHX0, 9.1.7) */
function sessionKey(key: Uint8Array, label: readonly [number, number], a: Uint8Array, b: Uint8Array): Uint8Array {
  const vector = [Uint8Array.of(...label, 0x00, 0x01, 0x00, 0x80), a.slice(0, 2), exclusiveOr(a.slice(2, 8), b.slice(0, 6)), b.slice(6, 16), a.slice(8, 16)];
  return aesCmac(key, concatenated(...vector));
}

export interface SessionKeys {
  readonly encryption: Uint8Array;
  readonly mac: Uint8Array;
}

export function sessionKeys(key: Uint8Array, randomA: Uint8Array, randomB: Uint8Array): SessionKeys {
  return { encryption: sessionKey(key, [0xa5, 0x5a], randomA, randomB), mac: sessionKey(key, [0x5a, 0xa5], randomA, randomB) };
}

/** A command taken out of its protection: `header` came in the clear, `data` is decrypted. */
export interface OpenedCommand {
  readonly header: Uint8Array;
  readonly data: Uint8Array;
}

/** One authenticated session. Every command, also a plain one, counts. */
export class Session {
  readonly keyNumber: number;
  readonly transactionId: Uint8Array;
  /** Set for a forged card: every MAC it answers is wrong. */
  wrongMac = false;
  readonly #keys: SessionKeys;
  #counter: number;

  constructor(keyNumber: number, keys: SessionKeys, transactionId: Uint8Array, counter = 0) {
    this.keyNumber = keyNumber;
    this.transactionId = transactionId;
    this.#keys = keys;
    this.#counter = counter;
  }

  get counter(): number {
    return this.#counter;
  }

  /** @throws Refusal `integrityError` when the MAC or the padding is wrong */
  open(instruction: number, body: Uint8Array, headerLength: number, mode: CommunicationMode): OpenedCommand {
    if (mode === 'plain') return { header: body.slice(0, headerLength), data: body.slice(headerLength) };
    requireThat(body.length >= headerLength + MAC_BYTES, 'lengthError');
    const signed = body.slice(0, -MAC_BYTES);
    requireThat(sameSecret(this.#macOf(instruction, signed), body.slice(-MAC_BYTES)), 'integrityError');
    const header = signed.slice(0, headerLength);
    const data = signed.slice(headerLength);
    if (mode === 'mac' || data.length === 0) return { header, data };
    requireThat(data.length % BLOCK_BYTES === 0, 'integrityError');
    return { header, data: withoutPadding(aesCbcDecrypt(this.#keys.encryption, this.#iv(0xa5, 0x5a), data)) };
  }

  /** Counts the command, and protects its answer. */
  close(data: Uint8Array, mode: CommunicationMode): Uint8Array {
    this.#counter += 1;
    if (mode === 'plain') return data;
    const sent = mode === 'full' && data.length > 0 ? aesCbcEncrypt(this.#keys.encryption, this.#iv(0x5a, 0xa5), padded(data)) : data;
    const mac = this.#macOf(0x00, sent);
    return concatenated(sent, this.wrongMac ? mac.map((byte) => byte ^ 0x01) : mac);
  }

  #macOf(first: number, bytes: Uint8Array): Uint8Array {
    return truncatedMac(aesCmac(this.#keys.mac, concatenated(Uint8Array.of(first), littleEndian(this.#counter, 2), this.transactionId, bytes)));
  }

  #iv(...label: readonly [number, number]): Uint8Array {
    const block = concatenated(Uint8Array.of(...label), this.transactionId, littleEndian(this.#counter, 2), new Uint8Array(8));
    return aesCbcEncrypt(this.#keys.encryption, ZERO_IV, block);
  }
}

function withoutPadding(data: Uint8Array): Uint8Array {
  const end = data.lastIndexOf(0x80);
  requireThat(end >= 0 && data.slice(end + 1).every((byte) => byte === 0), 'integrityError');
  return data.slice(0, end);
}

/** The first half of an authentication was answered; the second is awaited. */
export class Handshake {
  readonly #keyNumber: number;
  readonly #key: Uint8Array;
  readonly #randomB: Uint8Array;
  /** The session that goes on with other keys (AuthenticateEV2NonFirst); undefined for a first authentication. */
  readonly #continued: Session | undefined;

  constructor(keyNumber: number, key: Uint8Array, randomB: Uint8Array, continued?: Session) {
    this.#keyNumber = keyNumber;
    this.#key = key;
    this.#randomB = randomB;
    this.#continued = continued;
  }

  get challenge(): Uint8Array {
    return aesCbcEncrypt(this.#key, ZERO_IV, this.#randomB);
  }

  /**
   * @param transactionId 4 random bytes for a first authentication
   * @throws Refusal `authenticationError` when the other side does not know the key
   */
  finish(answer: Uint8Array, transactionId: Uint8Array): { readonly session: Session; readonly proof: Uint8Array } {
    if (answer.length !== 2 * BLOCK_BYTES) throw new Refusal('lengthError');
    const clear = aesCbcDecrypt(this.#key, ZERO_IV, answer);
    const randomA = clear.slice(0, BLOCK_BYTES);
    requireThat(sameSecret(clear.slice(BLOCK_BYTES), rotatedLeft(this.#randomB)), 'authenticationError');
    const keys = sessionKeys(this.#key, randomA, this.#randomB);
    if (this.#continued) {
      const session = new Session(this.#keyNumber, keys, this.#continued.transactionId, this.#continued.counter);
      return { session, proof: aesCbcEncrypt(this.#key, ZERO_IV, rotatedLeft(randomA)) };
    }
    const clearProof = concatenated(transactionId, rotatedLeft(randomA), CARD_CAPABILITIES, new Uint8Array(6));
    return { session: new Session(this.#keyNumber, keys, transactionId), proof: aesCbcEncrypt(this.#key, ZERO_IV, clearProof) };
  }
}
