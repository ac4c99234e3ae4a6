/** How long to wait before trying again: twice as long each time, and never all kiosks at the same moment. */
import type { Randomness } from '../ports.ts';

/** @returns `next()` in milliseconds, between half of and the whole of minMs · 2ⁿ, at most maxMs */
export function createRetryDelay(options: { readonly minMs: number; readonly maxMs: number; readonly randomness: Randomness }) {
  const { minMs, maxMs, randomness } = options;
  let failures = 0;
  return {
    next(): number {
      const whole = Math.min(maxMs, minMs * 2 ** failures);
      if (whole < maxMs) failures += 1;
      const [high = 0, low = 0] = randomness.bytes(2);
      return Math.round(whole * (0.5 + (high * 256 + low) / 131_072));
    },
    reset(): void {
      failures = 0;
    },
  };
}
