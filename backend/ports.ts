/** What the backend needs of the world besides its database. Passed in, so that it can be run under a seed in one process. */
import { randomBytes } from 'node:crypto';

export interface BackendClock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

export interface BackendRandomness {
  bytes(length: number): Uint8Array;
}

export const systemClock: BackendClock = { now: () => Date.now() };
export const systemRandomness: BackendRandomness = { bytes: (length) => randomBytes(length) };
