import { expect, it } from 'vitest';
import { createRetryDelay } from './retry-delay.ts';

const delays = (byte: number) => {
  const delay = createRetryDelay({ minMs: 1_000, maxMs: 60_000, randomness: { bytes: (length) => new Uint8Array(length).fill(byte) } });
  return { delay, next: (count: number) => Array.from({ length: count }, () => delay.next()) };
};

it('doubles up to the longest and stays there', () => {
  expect(delays(255).next(8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

it('is never less than half, so that chance cannot make it hammer', () => {
  expect(delays(0).next(3)).toEqual([500, 1_000, 2_000]);
});

it('begins anew after a success', () => {
  const { delay, next } = delays(0);
  next(5);
  delay.reset();
  expect(delay.next()).toBe(500);
});
