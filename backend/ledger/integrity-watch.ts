/**
 * Adds the ledger up again by itself: soon after the start, and every night when nobody loads anything. Works on a connection of its own,
 * in small steps with pauses, so that kiosks are served meanwhile; it does not begin while they keep the backend busy, for an hour at most.
 */
import { dateInTokyo, momentFromEpoch, type Moment } from '../../contract/time.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { detailOf, type BackendLog } from '../log.ts';
import type { BackendClock } from '../ports.ts';
import { checkIntegrity } from './integrity.ts';

export interface IntegrityWatch {
  /** When everything was last seen to hold, and how many faults the last look found; null before the first. */
  last(): { readonly heldAt: Moment | null; readonly faults: number | null };
  /** Ends the look that is under way. */
  stop(): Promise<void>;
}

export interface IntegrityWatchOptions {
  /** Opens the database a second time; closed after every look. */
  readonly open: () => Promise<BackendDatabase>;
  readonly clock: BackendClock;
  readonly log: BackendLog;
  /** Whether the backend has had much to do since this was asked last. */
  readonly busy: () => boolean;
  /** Runs `task` once after `ms`. @returns a function that cancels it */
  readonly after: (ms: number, task: () => void) => () => void;
}

const AFTER_START_MS = 60_000;
/** 03:30 in Tokyo. */
const NIGHT_MS = 3.5 * 3_600_000;
const DAY_MS = 86_400_000;
const BUSY_MS = 30_000;
const BUSY_TIMES_MAX = 120;
/** Between two steps of some milliseconds each. */
const PAUSE_MS = 5;

export function startIntegrityWatch({ open, clock, log, busy, after }: IntegrityWatchOptions): IntegrityWatch {
  let last: { heldAt: Moment | null; faults: number | null } = { heldAt: null, faults: null };
  let stopped = false;
  let cancel = after(AFTER_START_MS, () => begin(0));
  let running: Promise<void> = Promise.resolve();

  const pause = () =>
    new Promise<void>((resolve, reject) => {
      if (stopped) reject(new Stopped());
      else after(PAUSE_MS, resolve);
    });

  async function look(): Promise<void> {
    const startedMs = clock.now();
    const database = await open();
    try {
      const { movements, journalEntries, faults } = await checkIntegrity(database, pause);
      const seconds = Math.max(0, Math.round((clock.now() - startedMs) / 1_000));
      if (faults.length === 0) log.event('integrity-held', { movements, entries: journalEntries, seconds });
      else log.event('integrity-failed', { faults: faults.length, detail: (faults[0] ?? '').slice(0, 400) });
      last = { heldAt: faults.length === 0 ? momentFromEpoch(startedMs) : last.heldAt, faults: faults.length };
    } finally {
      await database.close();
    }
  }

  /** @param waited how often it was put off */
  function begin(waited: number): void {
    if (busy() && waited < BUSY_TIMES_MAX) cancel = after(BUSY_MS, () => begin(waited + 1));
    else void turn();
  }

  function turn(): Promise<void> {
    running = look()
      .catch((error: unknown) => {
        if (!(error instanceof Stopped)) log.event('unexpected-error', { where: 'integrity', detail: detailOf(error) });
      })
      .then(() => {
        if (!stopped) cancel = after(untilNight(clock.now()), () => begin(0));
      });
    return running;
  }

  return {
    last: () => last,
    async stop() {
      stopped = true;
      cancel();
      await running;
    },
  };
}

class Stopped extends Error {}

/** Milliseconds to the next night's hour. */
export function untilNight(nowMs: number): number {
  const tonight = Date.parse(`${dateInTokyo(momentFromEpoch(nowMs))}T00:00:00+09:00`) + NIGHT_MS;
  return tonight > nowMs ? tonight - nowMs : tonight + DAY_MS - nowMs;
}
