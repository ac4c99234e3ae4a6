/**
 * How the person who stands here likes the screens. Kept as long as the person is here: through a card that was moved and laid down again,
 * to the last word of the farewell. Whoever comes then finds the usual kiosk.
 */
import type { AccountId } from '../../contract/ids.ts';
import type { ScreenName, Settings } from '../../contract/kiosk.ts';
import { USUAL_SETTINGS } from '../../contract/usual-settings.ts';
import type { Clock } from '../ports.ts';
import { SESSION_TIMINGS } from './timings.ts';

export interface PersonSettings {
  current(): Settings;
  take(settings: Settings): void;
  /** Which screen stands there, and whose account is open on it (null: nobody's, or not known yet). Before what is shown is made of it. */
  saw(screen: ScreenName, account: AccountId | null): void;
  stop(): void;
}

/** Screens before which a person may just walk away. */
const NOBODY_SERVED: ReadonlySet<ScreenName> = new Set(['starting', 'start', 'out-of-service']);

/** Whether going from one screen to another ends a person's stay: back at the start, or the last screen is over. */
export function endsStay(from: ScreenName, to: ScreenName): boolean {
  return from !== to && (to === 'start' || from === 'farewell');
}

export function createPersonSettings(clock: Clock, changed: () => void): PersonSettings {
  let settings = USUAL_SETTINGS;
  let screen: ScreenName = 'starting';
  let owner: AccountId | null = null;
  let cancelIdle = () => {};

  function reset(): void {
    cancelIdle();
    settings = USUAL_SETTINGS;
    owner = null;
  }
  function waitForNobody(): void {
    cancelIdle();
    if (settings === USUAL_SETTINGS || !NOBODY_SERVED.has(screen)) return;
    cancelIdle = clock.after(SESSION_TIMINGS.untilSettingsForgotten, () => {
      reset();
      changed();
    });
  }

  return {
    current: () => settings,
    take(wanted) {
      settings = wanted;
      waitForNobody();
      changed();
    },
    saw(next, account) {
      const before = screen;
      screen = next;
      // Another card was laid down before the last person's visit was over.
      const someoneElse = account !== null && owner !== null && account !== owner;
      if (endsStay(before, next) || someoneElse) reset();
      if (account !== null) owner = account;
      if (before !== next) waitForNobody();
    },
    stop: () => cancelIdle(),
  };
}
