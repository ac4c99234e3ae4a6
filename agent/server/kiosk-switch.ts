/**
 * The one service the window talks to while the kiosk behind it comes and goes: starting, in trouble, serving. The window stays
 * connected through all of it. Revisions and screen ids keep growing across the changes, so an old press never fits a new screen.
 */
import type { KioskService } from '../../contract/kiosk-router.ts';
import type { KioskSnapshot } from '../../contract/kiosk.ts';

export interface KioskSwitch extends KioskService {
  use(kiosk: KioskService): void;
}

export function createKioskSwitch(first: KioskService): KioskSwitch {
  const listeners = new Set<(snapshot: KioskSnapshot) => void>();
  let current = first;
  let base = { revision: 0, screenId: 0 };
  let last = { revision: 0, screenId: 0 };

  const shifted = (snapshot: KioskSnapshot): KioskSnapshot => {
    const next = { ...snapshot, revision: base.revision + snapshot.revision, screenId: base.screenId + snapshot.screenId };
    last = { revision: Math.max(last.revision, next.revision), screenId: Math.max(last.screenId, next.screenId) };
    return next;
  };
  const forward = (snapshot: KioskSnapshot) => {
    const next = shifted(snapshot);
    for (const listener of listeners) listener(next);
  };
  let stop = current.onSnapshot(forward);

  return {
    snapshot: () => shifted(current.snapshot()),
    onSnapshot(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    choose: (input) => (input.screenId <= base.screenId ? 'ignored' : current.choose({ ...input, screenId: input.screenId - base.screenId })),
    use(kiosk) {
      stop();
      base = last;
      current = kiosk;
      stop = current.onSnapshot(forward);
      forward(current.snapshot());
    },
  };
}
