/** Chance that is the same on every machine and in every run: the demo town must not change from one seeding to the next. */

export interface Chance {
  /** A whole number from 0 to `below` − 1. */
  below(below: number): number;
  pick<T>(from: readonly T[]): T;
  /** True in `percent` of 100 cases. */
  percent(percent: number): boolean;
  /** `count` bytes as hexadecimal digits. */
  hex(count: number): string;
  /** Picks by weight. */
  weighted<T>(from: ReadonlyArray<readonly [T, number]>): T;
}

/** The SplitMix32 sequence of `seed`. */
export function constantChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  const below = (limit: number) => Math.floor((next() / 2 ** 32) * limit);
  const pick = <T>(from: readonly T[]): T => {
    const picked = from[below(from.length)];
    if (picked === undefined) throw new Error('Nothing to pick from');
    return picked;
  };
  return {
    below,
    pick,
    percent: (percent) => below(100) < percent,
    hex: (count) => Array.from({ length: count }, () => below(256).toString(16).padStart(2, '0')).join(''),
    weighted(from) {
      let left = below(from.reduce((sum, [, weight]) => sum + weight, 0));
      for (const [value, weight] of from) {
        left -= weight;
        if (left < 0) return value;
      }
      throw new Error('The weights do not add up');
    },
  };
}
