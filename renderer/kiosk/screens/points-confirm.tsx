/** Before and after, of points that are exchanged or given. Nothing happens until かえる or 寄付する; everything else changes nothing, and that is said. */
import type { BeforeAfterView, Screen } from '../../../contract/kiosk.ts';
import { amountInWords } from '../../strings/amounts.ts';
import { untilDay } from '../../strings/dates.ts';
import type { ReactNode } from 'react';
import { useKiosk } from '../kiosk-context.ts';
import { Amount, AmountPanel } from '../pieces/amounts.tsx';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { MoreIcon } from '../pieces/icons.tsx';
import { BackBar } from '../pieces/usual-buttons.tsx';
import { Lines, Title } from '../pieces/words.tsx';

/** One pocket: what there is, and what there will be. */
function Change({ change, look, children }: { readonly change: BeforeAfterView; readonly look: 'before' | 'after'; readonly children?: ReactNode }) {
  const { spell, settings } = useKiosk();
  const { name, unit, before, after } = change;
  return (
    <section className={`panel ${look}`}>
      <h2 lang="ja">{name}</h2>
      <p className="was">
        <Lines text={spell('points.now')} /> <Lines text={amountInWords(before, unit, settings.form)} /> → <span className="then"><Lines text={spell('points.after-exchange')} /></span>
      </p>
      <Amount amount={after} unit={unit} />
      {children}
    </section>
  );
}

export function ExchangeConfirmScreen({ screen }: { readonly screen: Extract<Screen, { name: 'exchange-confirm' }> }) {
  const { spell, settings, snapshot } = useKiosk();
  const { give, get, from, to, lastDay, usableAt } = screen;
  return (
    <Frame layout="swap" bar={<BackBar end="stop" />}>
      <Title text={spell('exchange.title')} />
      <p className="lead what">
        <b><Lines text={amountInWords(give, from.unit, settings.form)} /></b> <span>→</span> <b><Lines text={amountInWords(get, to.unit, settings.form)} /></b>
      </p>
      <Change look="before" change={from} />
      <Change look="after" change={to}>
        <p className="until"><Lines text={untilDay(lastDay, snapshot.now, settings.form)} /></p>
      </Change>
      <p className="usable">
        <b><Lines text={spell('load.usable-at')} /></b> <span lang="ja">{usableAt}</span>
      </p>
      <ChoiceButton choice="decline" look="plain" label={spell('button.do-not-exchange')} about={spell('points.nothing-changes')} />
      <ChoiceButton choice="confirm" look="go" label={spell('button.exchange')} />
    </Frame>
  );
}

export function GiveConfirmScreen({ screen }: { readonly screen: Extract<Screen, { name: 'give-confirm' }> }) {
  const { spell, settings } = useKiosk();
  const { give, from, activity } = screen;
  return (
    <Frame layout="load" bar={<BackBar end="stop" />}>
      <Title text={spell('give.title')} />
      <p className="lead what">
        <span lang="ja">{activity}</span> <b><Lines text={amountInWords(give, from.unit, settings.form)} /></b>
      </p>
      <AmountPanel look="before" title={spell('points.now')} amount={from.before} unit={from.unit} />
      <div className="arrow">
        <MoreIcon />
      </div>
      <AmountPanel look="after" title={spell('points.after-gift')} amount={from.after} unit={from.unit} />
      <p className="usable" lang="ja">
        {from.name}
      </p>
      <ChoiceButton choice="decline" look="plain" label={spell('button.do-not-give')} about={spell('points.nothing-changes')} />
      <ChoiceButton choice="confirm" look="go" label={spell('button.give')} />
    </Frame>
  );
}
