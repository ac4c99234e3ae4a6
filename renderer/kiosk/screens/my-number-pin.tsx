/**
 * Digits of a secret: the four of the PIN, or the three printed numbers of 照合番号B one after the other. They live in this component alone, are
 * shown as dots, go to the agent in one press, and are gone with it or with the screen.
 */
import { useEffect, useRef, useState } from 'react';
import type { Screen } from '../../../contract/kiosk.ts';
import { tone } from '../chimes.ts';
import { useKiosk } from '../kiosk-context.ts';
import { BigButton, ChoiceButton } from '../pieces/big-button.tsx';
import { CardFront, type CardPart } from '../pieces/card-front.tsx';
import { Frame } from '../pieces/frame.tsx';
import { EMPTY_ENTRY, enteredOf, erased, isFull, shuffledOrder, unpredictableBelow, USUAL_ORDER, withDigit } from '../pieces/keypad.ts';
import { Folded, Lines, Title } from '../pieces/words.tsx';
import { SECOND_TOUCH_MS, usePress } from '../touch.ts';

type PinScreen = Extract<Screen, { name: 'my-number-pin' }>;
type PartName = 'secret' | CardPart;

const PARTS = {
  pin: [{ name: 'secret', length: 4 }],
  printed: [
    { name: 'birth', length: 6 },
    { name: 'expiry', length: 4 },
    { name: 'code', length: 4 },
  ],
} as const satisfies Record<PinScreen['way'], ReadonlyArray<{ readonly name: PartName; readonly length: number }>>;

/** Only the same key again within half a second is a tremble; another key is the next digit. */
function Key({ label, place, onPress }: { readonly label: string; readonly place: string; readonly onPress: () => void }) {
  const { touch } = useKiosk();
  const last = useRef(Number.NEGATIVE_INFINITY);
  const { pressed, handlers } = usePress(() => {
    const now = performance.now();
    if (touch.resting || now - last.current < SECOND_TOUCH_MS) return;
    last.current = now;
    tone();
    onPress();
  });
  return (
    <button type="button" className={`button key ${place}`} data-pressed={pressed || undefined} aria-disabled={touch.resting || undefined} {...handlers}>
      <b>
        <Folded text={label} />
      </b>
    </button>
  );
}

function Dots({ entered, length }: { readonly entered: number; readonly length: number }) {
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
function useKeyboard(keys: { readonly digit: (digit: number) => void; readonly erase: () => void; readonly decide: () => void }): void {
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

export function MyNumberPinScreen({ screen }: { readonly screen: PinScreen }) {
  const { say, spell, choose, live } = useKiosk();
  const { way, tries } = screen;
  const parts: ReadonlyArray<{ readonly name: PartName; readonly length: number }> = PARTS[way];
  const lengths = parts.map(({ length }) => length);
  const [entry, setEntry] = useState(EMPTY_ENTRY);
  const [order, setOrder] = useState(USUAL_ORDER);
  const [showsWhere, setShowsWhere] = useState(false);
  const part = parts[entry.part] ?? parts[0];
  const full = isFull(entry, lengths);
  const lastPart = entry.part === parts.length - 1;
  const shuffled = order !== USUAL_ORDER;

  const digit = (pressed: number) => setEntry((now) => withDigit(now, pressed, lengths));
  const erase = () => setEntry((now) => erased(now, lengths));
  const decide = () => {
    if (!full || !live) return;
    if (!lastPart) return setEntry({ ...entry, part: entry.part + 1 });
    choose({ choice: 'pin', digits: [...entry.digits] });
    setEntry(EMPTY_ENTRY);
  };
  useKeyboard({ digit, erase, decide });
  if (!part) return null;

  return (
    <Frame layout="keys" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.stop')} />}>
      <div className="words">
        <Title text={spell(`my-number.${part.name}`)} />
        {showsWhere && part.name !== 'secret' ? (
          <CardFront part={part.name} />
        ) : (
          <p className={`lead example ${part.name}`}>
            <Lines text={spell(`my-number.${part.name}-about`)} />
          </p>
        )}
        <Dots entered={enteredOf(entry, lengths)} length={part.length} />
        {!showsWhere && (
          <p className="why-not tries">
            <b>
              <Lines text={spell('my-number.tries-left', { count: tries })} />
            </b>
            <span className="unsure">
              <Lines text={spell('my-number.if-unsure')} />
            </span>
          </p>
        )}
      </div>
      <div className="pad" role="group" aria-label={say('my-number.keys')}>
        {order.map((value, place) => (
          <Key key={value} label={String(value)} place={`k${place + 1}`} onPress={() => digit(value)} />
        ))}
        <Key label={spell('button.erase')} place="word erase" onPress={erase} />
        <ChoiceButton choice="do-not-know" look="key" label={spell('button.do-not-know')} />
      </div>
      <div className="acts">
        <BigButton look={full ? 'go' : 'waits'} label={spell(lastPart ? 'button.enter' : 'button.next-number')} onPress={decide} />
        {way === 'pin' ? (
          <BigButton look="plain" label={spell(shuffled ? 'button.usual-order' : 'button.shuffle')} onPress={() => setOrder(shuffled ? USUAL_ORDER : shuffledOrder(unpredictableBelow))} />
        ) : (
          <BigButton look="plain" label={spell(showsWhere ? 'button.where-close' : 'button.where')} onPress={() => setShowsWhere(!showsWhere)} />
        )}
      </div>
    </Frame>
  );
}
