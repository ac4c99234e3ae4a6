/** A press on the key of a keypad. Typing is quick, so another key is the next letter however soon it comes; only the same key again at once is a tremble. */
import { useRef } from 'react';
import { tone } from '../chimes.ts';
import { useKiosk } from '../kiosk-context.ts';
import { SECOND_TOUCH_MS, usePress } from '../touch.ts';

/** @returns what a key's `<button>` is given */
export function useKeyPress(onPress: () => void): Record<string, unknown> {
  const { live, touch } = useKiosk();
  const before = useRef(Number.NEGATIVE_INFINITY);
  const { pressed, handlers } = usePress(() => {
    const now = performance.now();
    if (!live || touch.resting || now - before.current < SECOND_TOUCH_MS) return;
    before.current = now;
    tone();
    onPress();
  });
  return { type: 'button', 'data-pressed': pressed || undefined, 'aria-disabled': touch.resting || undefined, ...handlers };
}
