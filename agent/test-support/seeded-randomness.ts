/** Chance that can be had again: the same seed gives the same bytes. Not for keys. */
import type { Randomness } from '../ports.ts';

/** mulberry32: a small generator with a 32-bit state. @returns numbers in [0, 1) */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function createSeededRandomness(seed: number): Randomness {
  const number = seededNumbers(seed);
  return { bytes: (length) => Uint8Array.from({ length }, () => Math.floor(number() * 256)) };
}
