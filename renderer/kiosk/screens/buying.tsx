/** Sets are bought, as far as the buyer decides it: how many, what is paid and what comes of it, and at the end what has come. */
import type { BoughtView } from '../../../contract/purchase-screens.ts';
import type { Screen } from '../../../contract/kiosk.ts';
import { amountInWords, priceInWords } from '../../strings/amounts.ts';
import { untilDay } from '../../strings/dates.ts';
import { useKiosk } from '../kiosk-context.ts';
import { AmountPanel } from '../pieces/amounts.tsx';
import { ChoiceButton, PressButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { DoneIcon, MoreIcon } from '../pieces/icons.tsx';
import { PagedChoices } from '../pieces/paged-choices.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { BackBar, ContinueButton, PrintOrWhyNot } from '../pieces/usual-buttons.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';

type On<N extends Screen['name']> = { readonly screen: Extract<Screen, { name: N }> };

export function BuyHowManyScreen({ screen: { sale } }: On<'buy-how-many'>) {
  const { spell, settings } = useKiosk();
  const { name, unit, price, paid, premium, most } = sale;
  const words = (sets: number) => ({ price: priceInWords(sets * price, settings.form), amount: amountInWords(sets * (paid + premium), unit, settings.form) });
  return (
    <Frame layout="two" bar={<BackBar end="stop" />}>
      <div className="words">
        <Title text={spell('buy.how-many')} />
        <div className="have">
          <p className="lead" lang="ja">{name}</p>
          <p className="lead"><Lines text={spell('buy.one-set')} /> <b><Lines text={words(1).price} /></b></p>
          <p className="lead"><Lines text={spell('buy.gives', { amount: words(1).amount })} /></p>
        </div>
      </div>
      <PagedChoices
        choices={Array.from({ length: most }, (_, index) => (
          <PressButton
            key={index}
            press={{ choice: 'pick', index }}
            look="choice"
            label={spell('buy.sets', { count: index + 1, price: words(index + 1).price })}
            about={<span className="detail"><Lines text={spell('buy.gives', { amount: words(index + 1).amount })} /></span>}
          />
        ))}
      />
    </Frame>
  );
}

/** What of it was paid for, and what is a gift. */
function Parts({ what: { unit, paid, premium } }: { readonly what: BoughtView }) {
  const { spell, settings } = useKiosk();
  const part = (amount: number) => <b><Lines text={amountInWords(amount, unit, settings.form)} /></b>;
  return (
    <>
      <p className="part"><Lines text={spell('buy.paid-part')} /> {part(paid)}</p>
      {premium > 0 && <p className="part gift"><Lines text={spell('buy.gift-part')} /> {part(premium)}</p>}
    </>
  );
}

export function BuyConfirmScreen({ screen }: On<'buy-confirm'>) {
  const { spell, settings, snapshot } = useKiosk();
  const { what, sets, lastDay, usableAt } = screen;
  return (
    <Frame layout="load" bar={<BackBar end="stop" />}>
      <Title text={spell('buy.title')} />
      <p className="lead what">
        <span lang="ja">{what.name}</span> <b><Lines text={spell('buy.number-of', { count: sets })} /></b>
      </p>
      <AmountPanel look="before" title={spell('buy.you-pay')} amount={what.price} unit="yen" />
      <div className="arrow">
        <MoreIcon />
      </div>
      <AmountPanel look="after" title={spell('buy.you-get')} amount={what.paid + what.premium} unit={what.unit}>
        <p className="until"><span><Lines text={untilDay(lastDay, snapshot.now, settings.form)} /></span></p>
      </AmountPanel>
      <div className="parts"><Parts what={what} /></div>
      <p className="usable">
        <b><Lines text={spell('load.usable-at')} /></b> <span lang="ja">{usableAt}</span>
      </p>
      <ChoiceButton choice="decline" look="plain" label={spell('button.do-not-buy')} about={spell('points.nothing-changes')} />
      <ChoiceButton choice="confirm" look="go" label={spell('button.pay')} />
    </Frame>
  );
}

export function BoughtScreen({ screen }: On<'bought'>) {
  const { spell, settings, snapshot } = useKiosk();
  const { what, before, after, lastDay, usableAt } = screen;
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words top">
        <div className="done">
          <DoneIcon />
          <Title text={spell('bought.title')} />
        </div>
        <p className="lead named" lang="ja">{what.name}</p>
        <div className="parts"><Parts what={what} /></div>
        <AmountPanel look="after" title={spell('loaded.balance')} amount={after} unit={what.unit}>
          <p className="was"><Lines text={spell('bought.before')} /> <Lines text={amountInWords(before, what.unit, settings.form)} /></p>
          <p className="until"><span><Lines text={untilDay(lastDay, snapshot.now, settings.form)} /></span></p>
        </AmountPanel>
        <p className="usable">
          <b><Lines text={spell('load.usable-at')} /></b> <span lang="ja">{usableAt}</span>
        </p>
      </div>
      <div className="aside choices">
        <PrintOrWhyNot about="loaded.print-about" wanted />
        <ContinueButton />
      </div>
    </Frame>
  );
}

/** The cash is recorded; what was bought comes later. */
export function BuyWaitsScreen({ screen: { what, number } }: On<'buy-waits'>) {
  const { spell, settings } = useKiosk();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Safe title={spell('safe.money')}>{spell('put-card.yours')}</Safe>
        <Title text={spell('buy-waits.title')} />
        <p className="lead detail"><Lines text={spell('buy-waits.here')} /></p>
        <p className="lead">
          <Lines text={spell('buy-waits.cash')} /> <b><Lines text={priceInWords(what.price, settings.form)} /></b>
        </p>
        <p className="number">
          <Lines text={spell('buy-waits.number')} /> <b lang="ja">{number}</b>
        </p>
      </div>
      <div className="aside">
        <CardPicture pose="bring" />
      </div>
    </Frame>
  );
}

export function BuyStoppedScreen({ screen: { rule, cardThere } }: On<'buy-stopped'>) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Safe title={spell('safe.money')}>{spell('safe.nothing-changed')}</Safe>
        <Title text={spell(rule === null ? 'buy-stopped.title' : `not-done.${rule}`)} />
        {rule !== null && <p className="lead"><Lines text={spell(`not-done.${rule}-about`)} /></p>}
        <p className="lead"><Lines text={spell('buy-stopped.cash')} /></p>
      </div>
      <div className="aside choices">
        {cardThere && <ContinueButton />}
        <CardPicture pose={cardThere ? 'on' : 'take'} />
      </div>
    </Frame>
  );
}
