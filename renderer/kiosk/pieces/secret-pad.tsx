/** The keys on which the digits of a secret are entered, and the dots that stand for them. Nothing here knows what was entered. */
import { useEffect, useRef } from 'react';
import { useKiosk } from '../kiosk-context.ts';
import { useKeyPress } from './key-press.ts';
import { Folded } from './words.tsx';

export function SecretKey({ label, place, onPress }: { readonly label: string; readonly place: string; readonly onPress: () => void }) {
  return (
    <button className={`button key ${place}`} {...useKeyPress(onPress)}>
      <b>
        <Folded text={label} />
      </b>
    </button>
  );
}

export function SecretDots({ entered, length }: { readonly entered: number; readonly length: number }) {
  const { say } = useKiosk();
  return (
    <p className="dots" role="img" aria-label={say('my-number.dots', { count: entered, number: length })}>
      {Array.from({ length }, (_, index) => (
        <i key={index} className={index < entered ? 'full' : undefined} />
      ))}
    </p>
  );
}

/** Digits of a keyboard, wherever the focus is; Enter belongs to the button that has the focus. */
export function useSecretKeyboard(keys: { readonly digit: (digit: number) => void; readonly erase: () => void; readonly decide: () => void }): void {
  const newest = useRef(keys);
  useEffect(() => {
    newest.current = keys;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
      if (/^[0-9]$/.test(event.key)) newest.current.digit(Number(event.key));
      else if (event.key === 'Backspace') newest.current.erase();
      else if (event.key === 'Enter' && !(event.target instanceof HTMLButtonElement)) newest.current.decide();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
}
