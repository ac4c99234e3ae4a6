/** Lets overdue value expire by itself: soon after the start, and every night. Kiosks are served meanwhile. */
import type { BackendDatabase } from '../database/backend-database.ts';
import { detailOf, type BackendLog } from '../log.ts';
import type { BackendClock } from '../ports.ts';
import { expireEverywhere } from './expire-overdue.ts';
import { untilNight } from './integrity-watch.ts';

export interface ExpiryWatchOptions {
  readonly database: BackendDatabase;
  readonly clock: BackendClock;
  readonly log: BackendLog;
  /** Runs `task` once after `ms`. @returns a function that cancels it */
  readonly after: (ms: number, task: () => void) => () => void;
}

const AFTER_START_MS = 30_000;

/** @returns a function that ends it; it waits for what is under way */
export function startExpiryWatch({ database, clock, log, after }: ExpiryWatchOptions): () => Promise<void> {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let cancel = after(AFTER_START_MS, turn);

  function turn(): void {
    running = expireEverywhere(database, clock.now())
      .then((movements) => {
        if (movements > 0) log.event('value-expired', { movements });
      })
      .catch((error: unknown) => log.event('unexpected-error', { where: 'expiry', detail: detailOf(error) }))
      .then(() => {
        if (!stopped) cancel = after(untilNight(clock.now()), turn);
      });
  }

  return async () => {
    stopped = true;
    cancel();
    await running;
  };
}
