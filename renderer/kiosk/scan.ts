/**
 * For whoever works with a single switch: the focus goes by itself from button to button, and the switch, which sends Enter or Space as
 * assistive switches do, presses the one it stands on. Begins anew with each screen, in its main part.
 */
import { useEffect } from 'react';

const BUTTONS = '.kiosk main:not([hidden]) button, .kiosk footer button';

/** @param seconds on each button; undefined leaves the focus alone */
export function useScan(seconds: number | undefined, screenId: number): void {
  useEffect(() => {
    if (seconds === undefined) return undefined;
    (document.activeElement as HTMLElement | null)?.blur();
    const step = () => {
      const buttons = [...document.querySelectorAll<HTMLElement>(BUTTONS)].filter((button) => button.checkVisibility() && !button.closest('[inert]'));
      if (buttons.length === 0) return;
      const next = buttons[(buttons.indexOf(document.activeElement as HTMLElement) + 1) % buttons.length];
      next?.focus();
    };
    const timer = setInterval(step, seconds * 1_000);
    return () => clearInterval(timer);
  }, [seconds, screenId]);
}
