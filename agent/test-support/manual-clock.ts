/** A clock that stands still until it is moved; timers run in order of their moment, then of their making. */
import type { Clock } from '../ports.ts';

export interface ManualClock extends Clock {
  /** Moves time on and runs what falls due, letting promises settle in between. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock without moving time: somebody corrected it. */
  setNow(epochMs: number): void;
  /** Timers that still wait. */
  waiting(): number;
}

export function createManualClock(epochMs = Date.parse('2026-11-21T01:05:00.000Z')): ManualClock {
  let wall = epochMs;
  let elapsed = 0;
  let made = 0;
  const timers = new Map<number, { readonly due: number; readonly task: () => void }>();
  return {
    now: () => wall,
    monotonic: () => elapsed,
    after(ms, task) {
      made += 1;
      const id = made;
      timers.set(id, { due: elapsed + Math.max(0, ms), task });
      return () => timers.delete(id);
    },
    async advance(ms) {
      const end = elapsed + ms;
      await settle();
      for (;;) {
        const next = [...timers].filter(([, timer]) => timer.due <= end).sort(([a, x], [b, y]) => x.due - y.due || a - b)[0];
        if (!next) break;
        const [id, timer] = next;
        timers.delete(id);
        wall += timer.due - elapsed;
        elapsed = timer.due;
        timer.task();
        await settle();
      }
      wall += end - elapsed;
      elapsed = end;
    },
    setNow(epochMs_) {
      wall = epochMs_;
    },
    waiting: () => timers.size,
  };
}

/** Lets every promise that can settle without time passing settle. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
