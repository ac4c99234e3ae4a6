/**
 * A kiosk that only shows one screen: while the agent gets ready, or when it cannot serve and says so. A call for staff is counted
 * in memory and logged, because there may be no ledger to record it in.
 */
import type { KioskService } from '../../contract/kiosk-router.ts';
import type { KioskSnapshot, Screen } from '../../contract/kiosk.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { Log } from '../log/log.ts';
import type { Clock } from '../ports.ts';
import { createPersonSettings } from '../session/person-settings.ts';

export type StillFrame = Pick<KioskSnapshot, 'town' | 'site' | 'display' | 'simulated'>;

export function stillKiosk(screen: Screen, frame: StillFrame, ports: { readonly clock: Clock; readonly log: Log }): KioskService {
  const listeners = new Set<(snapshot: KioskSnapshot) => void>();
  let staffCall: KioskSnapshot['staffCall'] = null;
  let revision = 1;
  const snapshot = (): KioskSnapshot => ({
    revision,
    screenId: 1,
    screen,
    now: momentFromEpoch(ports.clock.now()),
    printer: 'preparing',
    paperEndsSoon: false,
    notices: [],
    emergencies: [],
    staffCall,
    settings: person.current(),
    ...frame,
  });
  const changed = () => {
    revision += 1;
    for (const listener of listeners) listener(snapshot());
  };
  const person = createPersonSettings(ports.clock, changed);
  person.saw(screen.name, null);
  return {
    snapshot,
    onSnapshot(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    choose(input) {
      if (input.choice === 'settings') {
        person.take(input.settings);
        return 'taken';
      }
      if (input.choice !== 'call-staff' || staffCall) return 'ignored';
      staffCall = { number: 1 };
      ports.log.event('staff-called', { callNumber: 1, screen: screen.name });
      changed();
      return 'taken';
    },
  };
}
