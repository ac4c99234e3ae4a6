/**
 * What a finger does. A press acts when it is let go inside the button, even if it slid a little; a second touch within half a
 * second is the same shaky touch, and a touch just after the screen changed was meant for the screen before: both do nothing. What
 * counts is when the finger was there (`at`, ms as in `Event.timeStamp`): a machine that is busy hears of it later.
 */
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type MouseEvent, type PointerEvent } from 'react';

export const SECOND_TOUCH_MS = 500;
export const NEW_SCREEN_MS = 300;

export interface Touch {
  /** While true, buttons do nothing; they say so with `aria-disabled` and look the same. */
  readonly resting: boolean;
  /** Runs `deed` unless the glass rests, and lets it rest. */
  act(at: number, deed: () => void): void;
  /**
   * Runs `deed` for a key of a keypad, and lets nothing rest: typing is quick, so another key is the next letter however soon it comes. Only the same
   * key again at once, with no other between, is a tremble.
   */
  type(key: object, at: number, deed: () => void): void;
}

/** @param screenId changes with the screen */
export function useTouch(screenId: number): Touch {
  const restsUntil = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [resting, setResting] = useState(false);

  const rest = useCallback((until: number) => {
    if (until <= restsUntil.current) return;
    restsUntil.current = until;
    setResting(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setResting(false), until - performance.now());
  }, []);
  useEffect(() => {
    rest(performance.now() + NEW_SCREEN_MS);
  }, [screenId, rest]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const act = useCallback(
    (at: number, deed: () => void) => {
      if (at < restsUntil.current) return;
      rest(at + SECOND_TOUCH_MS);
      deed();
    },
    [rest],
  );
  const last = useRef<{ readonly key: object | null; readonly at: number }>({ key: null, at: Number.NEGATIVE_INFINITY });
  const type = useCallback((key: object, at: number, deed: () => void) => {
    if (at < restsUntil.current || (last.current.key === key && at - last.current.at < SECOND_TOUCH_MS)) return;
    last.current = { key, at };
    deed();
  }, []);
  return { resting, act, type };
}

function isInside(element: Element, event: PointerEvent): boolean {
  const box = element.getBoundingClientRect();
  return event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
}

/**
 * Handlers for a `<button>`. Pointer events instead of `click`, because a browser drops the click of a finger that slid; `click`
 * remains for keyboards and assistive devices, which send no pointer.
 *
 * @param deed is told when the finger was there
 */
export function usePress(deed: (at: number) => void): { pressed: boolean; handlers: Record<string, unknown> } {
  const [pressed, setPressed] = useState(false);
  const pointer = useRef<number | null>(null);
  const letGo = () => {
    pointer.current = null;
    setPressed(false);
  };
  return {
    pressed,
    handlers: {
      onPointerDown: (event: PointerEvent<HTMLButtonElement>) => {
        if (event.button !== 0 || pointer.current !== null) return;
        pointer.current = event.pointerId;
        event.currentTarget.setPointerCapture(event.pointerId);
        setPressed(true);
      },
      onPointerMove: (event: PointerEvent<HTMLButtonElement>) => {
        if (pointer.current === event.pointerId) setPressed(isInside(event.currentTarget, event));
      },
      onPointerUp: (event: PointerEvent<HTMLButtonElement>) => {
        if (pointer.current !== event.pointerId) return;
        const inside = isInside(event.currentTarget, event);
        letGo();
        if (inside) deed(event.timeStamp);
      },
      onPointerCancel: letGo,
      onLostPointerCapture: letGo,
      onClick: (event: MouseEvent<HTMLButtonElement>) => {
        if (event.detail === 0) deed(event.timeStamp);
      },
      onContextMenu: (event: MouseEvent) => event.preventDefault(),
      onKeyDown: (event: KeyboardEvent) => {
        if (event.repeat) event.preventDefault();
      },
    },
  };
}
