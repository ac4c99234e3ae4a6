/**
 * The typed RPC between window and agent: one pushed stream of snapshots and one verb. The agent mounts the router; the window
 * imports only its type.
 */
import { initTRPC } from '@trpc/server';
import { ChooseInput, type KioskSnapshot } from './kiosk.ts';

/** The agent's side of the window. */
export interface KioskService {
  snapshot(): KioskSnapshot;
  /** Calls `listener` after every change. @returns a function that stops it */
  onSnapshot(listener: (snapshot: KioskSnapshot) => void): () => void;
  /** `ignored` when the screen it was made on is not shown any more, or does not offer the choice. */
  choose(input: ChooseInput): 'taken' | 'ignored';
}

const t = initTRPC.create({ sse: { ping: { enabled: true, intervalMs: 5_000 }, client: { reconnectAfterInactivityMs: 12_000 } } });

export function kioskRouter(kiosk: KioskService) {
  return t.router({
    /** The current snapshot at once, then one after every change. Snapshots that pile up are replaced by the newest. */
    snapshots: t.procedure.subscription(async function* ({ signal }) {
      let newest: KioskSnapshot | undefined = kiosk.snapshot();
      let wake: () => void = () => undefined;
      const stop = kiosk.onSnapshot((snapshot) => {
        newest = snapshot;
        wake();
      });
      signal?.addEventListener('abort', () => wake());
      try {
        while (!signal?.aborted) {
          if (newest) {
            const snapshot = newest;
            newest = undefined;
            yield snapshot;
          } else {
            await new Promise<void>((resolve) => (wake = resolve));
          }
        }
      } finally {
        stop();
      }
    }),
    choose: t.procedure.input(ChooseInput).mutation(({ input }) => kiosk.choose(input)),
  });
}

export type KioskRouter = ReturnType<typeof kioskRouter>;
