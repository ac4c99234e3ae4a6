/**
 * The one thing a card with its factory key (two-key DES, zeros) is good for here: proving that key in the older way (command 1A, ISO
 * 9798-2 with chained vectors) and replacing it by an AES key. Everything else with DES keys is left out.
 */
import { crc32 } from 'node:zlib';
import { sameSecret, tripleDesCbcDecrypt, tripleDesCbcEncrypt } from '../../card/crypto.ts';
import { concatenated } from '../virtual-card-answers.ts';
import { littleEndian, rotatedLeft } from './byte-fields.ts';
import { requireThat } from './status.ts';

const BLOCK_BYTES = 8;
const ZERO_IV = new Uint8Array(BLOCK_BYTES);

/** CRC-32 as DESFire has it: without the final inversion, least significant byte first. */
export function desfireCrc(bytes: Uint8Array): Uint8Array {
  return littleEndian((crc32(bytes) ^ 0xffffffff) >>> 0, 4);
}

/** The session after command 1A; it can open one ChangeKey. */
export class FactorySession {
  readonly #key: Uint8Array;

  /** Both halves of a factory key are alike, and so are those of its session key: four bytes of each random number. */
  constructor(randomA: Uint8Array, randomB: Uint8Array) {
    const half = concatenated(randomA.slice(0, 4), randomB.slice(0, 4));
    this.#key = concatenated(half, half);
  }

  /** @param cryptogram new key, version and CRC over command, key number, key and version; filled up with zeros */
  openChangeKey(instruction: number, keyNumber: number, cryptogram: Uint8Array): { readonly key: Uint8Array; readonly version: number } {
    requireThat(cryptogram.length === 3 * BLOCK_BYTES, 'lengthError');
    const clear = tripleDesCbcDecrypt(this.#key, ZERO_IV, cryptogram);
    const [key, version] = [clear.slice(0, 16), clear[16]!];
    const expected = desfireCrc(concatenated(Uint8Array.of(instruction, keyNumber), key, Uint8Array.of(version)));
    requireThat(sameSecret(clear.slice(17, 21), expected) && clear.slice(21).every((byte) => byte === 0), 'integrityError');
    return { key, version };
  }
}

/** The first half of the older authentication was answered. */
export class FactoryHandshake {
  readonly #key: Uint8Array;
  readonly #randomB: Uint8Array;

  constructor(key: Uint8Array, randomB: Uint8Array) {
    this.#key = key;
    this.#randomB = randomB;
  }

  get challenge(): Uint8Array {
    return tripleDesCbcEncrypt(this.#key, ZERO_IV, this.#randomB);
  }

  /** Each message goes on with the vector of the one before. */
  finish(answer: Uint8Array): { readonly session: FactorySession; readonly proof: Uint8Array } {
    requireThat(answer.length === 2 * BLOCK_BYTES, 'lengthError');
    const clear = tripleDesCbcDecrypt(this.#key, this.challenge, answer);
    const randomA = clear.slice(0, BLOCK_BYTES);
    requireThat(sameSecret(clear.slice(BLOCK_BYTES), rotatedLeft(this.#randomB)), 'authenticationError');
    const proof = tripleDesCbcEncrypt(this.#key, answer.slice(-BLOCK_BYTES), rotatedLeft(randomA));
    return { session: new FactorySession(randomA, this.#randomB), proof };
  }
}
