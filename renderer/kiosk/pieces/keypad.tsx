/** Keys for digits and kana: smaller than other buttons, at least 24 × 24 mm, 6 mm apart. Letters of a real keyboard work as well. */
import { useEffect, type ReactNode } from 'react';
import { useKiosk } from '../kiosk-context.ts';
import { useKeyPress } from './key-press.ts';
import { Folded, Lines } from './words.tsx';

export function Key({ label, onPress, wide = false, look = 'key' }: { readonly label: string; readonly onPress: () => void; readonly wide?: boolean; readonly look?: 'key' | 'key go' }) {
  return (
    <button className={`button ${look}${wide ? ' wide' : ''}`} {...useKeyPress(onPress)}>
      <Folded text={label} />
    </button>
  );
}

/** What was typed so far. `aria-live`, so that it is heard as it grows. */
export function Typed({ text, hint }: { readonly text: string; readonly hint?: string }) {
  return (
    <p className="typed" aria-live="polite">
      <output>{text === '' ? '　' : text}</output>
      {hint !== undefined && <span className="hint"><Lines text={hint} /></span>}
    </p>
  );
}

interface DigitsProps {
  readonly value: string;
  readonly most: number;
  readonly onChange: (value: string) => void;
  /** Pressed when it is finished; the key is there only while `ready`. */
  readonly onEnter: () => void;
  readonly ready: boolean;
  /** One more key beside the digits. */
  readonly extra?: string;
}

export function Digits({ value, most, onChange, onEnter, ready, extra }: DigitsProps) {
  const { spell } = useKiosk();
  const type = (character: string) => value.length < most && onChange(value + character);
  useEffect(() => {
    const typed = (event: KeyboardEvent) => {
      if (/^\d$/.test(event.key) || (extra !== undefined && event.key === extra)) type(event.key);
      else if (event.key === 'Backspace') onChange(value.slice(0, -1));
    };
    window.addEventListener('keydown', typed);
    return () => window.removeEventListener('keydown', typed);
  });
  return (
    <Keys name="digits">
      {['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => (
        <Key key={digit} label={digit} onPress={() => type(digit)} />
      ))}
      {extra !== undefined && <Key label={extra} onPress={() => type(extra)} />}
      <Key label="0" onPress={() => type('0')} />
      <Key label={spell('button.erase')} wide onPress={() => onChange(value.slice(0, -1))} />
      {ready && <Key label={spell('button.enter')} wide look="key go" onPress={onEnter} />}
    </Keys>
  );
}

export function Keys({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return <div className={`aside keys ${name}`}>{children}</div>;
}
