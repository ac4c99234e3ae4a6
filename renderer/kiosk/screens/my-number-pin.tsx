/**
 * Digits of a secret: the four of the PIN, or the three printed numbers of 照合番号B one after the other. They live in this component alone, are
 * shown as dots, go to the agent in one press, and are gone with it or with the screen.
 */
import { useState } from 'react';
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { BigButton, ChoiceButton } from '../pieces/big-button.tsx';
import { CardFront, type CardPart } from '../pieces/card-front.tsx';
import { Frame } from '../pieces/frame.tsx';
import { EMPTY_ENTRY, enteredOf, erased, isFull, shuffledOrder, unpredictableBelow, USUAL_ORDER, withDigit } from '../pieces/keypad.ts';
import { SecretDots, SecretKey, useSecretKeyboard } from '../pieces/secret-pad.tsx';
import { Lines, Title } from '../pieces/words.tsx';

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
  useSecretKeyboard({ digit, erase, decide });
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
        <SecretDots entered={enteredOf(entry, lengths)} length={part.length} />
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
          <SecretKey key={value} label={String(value)} place={`k${place + 1}`} onPress={() => digit(value)} />
        ))}
        <SecretKey label={spell('button.erase')} place="word erase" onPress={erase} />
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
