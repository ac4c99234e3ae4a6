/** Fields of DESFire's commands and answers: numbers are little-endian (least significant byte first). */
import { requireThat } from './status.ts';

/** Takes a command's data apart from the left. Too few bytes, or bytes left over, are the card's length error. */
export class ByteFields {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Uint8Array {
    requireThat(this.left >= length, 'lengthError');
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  /** An unsigned number of 1 to 4 bytes. */
  unsigned(length: 2 | 3 | 4): number {
    return this.take(length).reduceRight((number, byte) => number * 256 + byte, 0);
  }

  /** A signed number of 4 bytes: the values of value files. */
  signed(): number {
    return this.unsigned(4) | 0;
  }

  end(): void {
    requireThat(this.left === 0, 'lengthError');
  }
}

export function littleEndian(value: number, length: 2 | 3 | 4): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => Math.floor((value < 0 ? value + 2 ** 32 : value) / 256 ** index) & 0xff);
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

export function exclusiveOr(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((byte, index) => byte ^ other[index]!);
}

/** The first byte goes to the end: what each side does with the other's random number. */
export function rotatedLeft(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(...bytes.slice(1), bytes[0]!);
}
