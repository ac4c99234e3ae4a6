/**
 * The machine's own clock and randomness: the only place of the agent that may read either. Everything else is handed the ports,
 * so that the production agent can be run under a seed.
 */
import { randomBytes } from 'node:crypto';
import type { Clock, Randomness } from './ports.ts';

/** Node's timers cannot wait longer than this and would fire at once (24.8 days). */
const TIMER_MS_MAX = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, task) {
    if (!(ms >= 0 && ms <= TIMER_MS_MAX)) throw new RangeError(`A timer waits 0 to ${TIMER_MS_MAX} ms, not ${ms}`);
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

/** From the operating system's generator: fit for keys. */
export const systemRandomness: Randomness = {
  bytes: (length) => Uint8Array.from(randomBytes(length)),
};
