/** A press on the key of a keypad. */
import { useRef } from 'react';
import { tone } from '../chimes.ts';
import { useKiosk } from '../kiosk-context.ts';
import { usePress } from '../touch.ts';

/** @returns what a key's `<button>` is given */
export function useKeyPress(onPress: () => void): Record<string, unknown> {
  const { live, touch } = useKiosk();
  const key = useRef({});
  const { pressed, handlers } = usePress((at) => {
    if (!live) return;
    touch.type(key.current, at, () => {
      tone();
      onPress();
    });
  });
  return { type: 'button', 'data-pressed': pressed || undefined, 'aria-disabled': touch.resting || undefined, ...handlers };
}
