/** The wait between two exchanges. */
import type { Clock } from '../ports.ts';

/** One timer that can be set again; setting it cancels what it waited for. */
export function createTimer(clock: Pick<Clock, 'after' | 'monotonic'>) {
  let waits: { readonly task: () => void; readonly due: number; readonly setAt: number; readonly cancel: () => void } | undefined;
  const timer = {
    cancel(): void {
      waits?.cancel();
      waits = undefined;
    },
    set(ms: number, task: () => void): void {
      timer.cancel();
      const setAt = clock.monotonic();
      const cancel = clock.after(ms, () => {
        waits = undefined;
        task();
      });
      waits = { task, due: setAt + ms, setAt, cancel };
    },
    /** Lets it end as soon as `ms` have passed since it was set. */
    shorten(ms: number): void {
      if (!waits || waits.due <= waits.setAt + ms) return;
      const { task, setAt } = waits;
      timer.set(Math.max(0, setAt + ms - clock.monotonic()), task);
    },
  };
  return timer;
}
