/** Staff at a sale: they are called, sign in with card and PIN, say that they have the cash, and make room for the buyer's card. */
import { useState } from 'react';
import type { Screen } from '../../../contract/kiosk.ts';
import { priceInWords } from '../../strings/amounts.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Amount, AmountPanel } from '../pieces/amounts.tsx';
import { BigButton, ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon, DoneIcon } from '../pieces/icons.tsx';
import { EMPTY_ENTRY, enteredOf, erased, shuffledOrder, unpredictableBelow, USUAL_ORDER, withDigit } from '../pieces/keypad.ts';
import { CardPicture, type CardPose } from '../pieces/pictures.tsx';
import { SecretDots, SecretKey, useSecretKeyboard } from '../pieces/secret-pad.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';
import { buyerCardWords, staffCardWords } from './purchase-words.ts';

type On<N extends Screen['name']> = { readonly screen: Extract<Screen, { name: N }> };

export function BuyCallStaffScreen({ screen: { price, why } }: On<'buy-call-staff'>) {
  const { spell } = useKiosk();
  const { title, about } = staffCardWords(why);
  const pose: CardPose = why === 'reader-lost' ? 'reader' : why === 'asked' || why === 'moved' || why === 'unreadable' ? 'bring' : 'take';
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.stop')} />}>
      <div className="words">
        <Title text={spell(title)} />
        {about && <p className="lead about-card"><Lines text={spell(about)} /></p>}
        <div className="have">
          <p className="lead"><Lines text={spell('staff-card.cash')} /></p>
          <Amount amount={price} unit="yen" />
        </div>
      </div>
      <div className="aside">
        <CardPicture pose={pose} />
      </div>
    </Frame>
  );
}

/** Of so many digits is a PIN, and so many at most. */
const [LEAST, MOST] = [6, 8] as const;
const LENGTHS = [MOST];

/** Lives here alone, goes to the agent in one press, and is gone with it or with the screen. */
export function StaffPinScreen({ screen: { tries, again } }: On<'staff-pin'>) {
  const { say, spell, choose, live } = useKiosk();
  const [entry, setEntry] = useState(EMPTY_ENTRY);
  const [order, setOrder] = useState(USUAL_ORDER);
  const entered = enteredOf(entry, LENGTHS);
  const enough = entered >= LEAST;
  const shuffled = order !== USUAL_ORDER;

  const digit = (pressed: number) => setEntry((now) => withDigit(now, pressed, LENGTHS));
  const erase = () => setEntry((now) => erased(now, LENGTHS));
  const decide = () => {
    if (!enough || !live) return;
    choose({ choice: 'pin', digits: [...entry.digits] });
    setEntry(EMPTY_ENTRY);
  };
  useSecretKeyboard({ digit, erase, decide });

  return (
    <Frame layout="keys" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.stop')} />}>
      <div className="words">
        <Title text={spell('staff-secret.title')} />
        <p className="lead example secret"><Lines text={spell('staff-secret.about')} /></p>
        <SecretDots entered={entered} length={MOST} />
        <p className="why-not tries">
          {again && <span className="again"><Lines text={spell('staff-secret.again')} /></span>} <b><Lines text={spell('my-number.tries-left', { count: tries })} /></b>
        </p>
      </div>
      <div className="pad" role="group" aria-label={say('my-number.keys')}>
        {order.map((value, place) => (
          <SecretKey key={value} label={String(value)} place={`k${place + 1}`} onPress={() => digit(value)} />
        ))}
        <SecretKey label={spell('button.erase')} place="word erase" onPress={erase} />
        <BigButton look="key" label={spell(shuffled ? 'button.usual-order' : 'button.shuffle')} onPress={() => setOrder(shuffled ? USUAL_ORDER : shuffledOrder(unpredictableBelow))} />
      </div>
      <div className="acts">
        <BigButton look={enough ? 'go' : 'waits'} label={spell('button.enter')} onPress={decide} />
      </div>
    </Frame>
  );
}

export function BuyCountCashScreen({ screen: { what, sets } }: On<'buy-count-cash'>) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={spell('count.title')} />
        <AmountPanel look="before" title={spell('count.cash')} amount={what.price} unit="yen" />
        <p className="lead what">
          <span lang="ja">{what.name}</span> <b><Lines text={spell('buy.number-of', { count: sets })} /></b>
        </p>
      </div>
      <div className="aside choices">
        <ChoiceButton choice="confirm" look="wanted" icon={<DoneIcon />} label={spell('button.cash-counted')} />
        <ChoiceButton choice="decline" look="choice" icon={<BackIcon />} label={spell('button.no-cash')} about={spell('points.nothing-changes')} />
      </div>
    </Frame>
  );
}

export function BuyPutCardScreen({ screen: { price, why, byCode } }: On<'buy-put-card'>) {
  const { spell, settings } = useKiosk();
  const { title, about } = buyerCardWords(why, byCode);
  const pose: CardPose = why === 'reader-lost' ? 'reader' : why === 'staff-card' || why === 'other-card' || why === 'several' ? 'take' : 'bring';
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.later')} />}>
      <div className="words">
        <Safe title={spell('put-card.recorded')}>
          <Lines text={priceInWords(price, settings.form)} />
        </Safe>
        <Title text={spell(title)} />
        {about && <p className="lead"><Lines text={spell(about)} /></p>}
      </div>
      <div className="aside">
        <CardPicture pose={pose} />
      </div>
    </Frame>
  );
}
