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
import { Title } from '../pieces/words.tsx';
import { BackAndStop } from './points.tsx';

/** One pocket: what there is, and what there will be. */
function Change({ change, look, children }: { readonly change: BeforeAfterView; readonly look: 'before' | 'after'; readonly children?: ReactNode }) {
  const { say, settings } = useKiosk();
  const { name, unit, before, after } = change;
  return (
    <section className={`panel ${look}`}>
      <h2 lang="ja">{name}</h2>
      <p className="was">
        {say('points.now')} {amountInWords(before, unit, settings.language)} → <span className="then">{say('points.after-exchange')}</span>
      </p>
      <Amount amount={after} unit={unit} />
      {children}
    </section>
  );
}

export function ExchangeConfirmScreen({ screen }: { readonly screen: Extract<Screen, { name: 'exchange-confirm' }> }) {
  const { say, settings, snapshot } = useKiosk();
  const { give, get, from, to, lastDay, usableAt } = screen;
  return (
    <Frame layout="swap" bar={<BackAndStop />}>
      <Title text={say('exchange.title')} />
      <p className="lead what">
        <b>{amountInWords(give, from.unit, settings.language)}</b> <span>→</span> <b>{amountInWords(get, to.unit, settings.language)}</b>
      </p>
      <Change look="before" change={from} />
      <Change look="after" change={to}>
        <p className="until">{untilDay(lastDay, snapshot.now, settings.language)}</p>
      </Change>
      <p className="usable">
        <b>{say('load.usable-at')}</b> <span lang="ja">{usableAt}</span>
      </p>
      <ChoiceButton choice="decline" look="plain" label={say('button.do-not-exchange')} about={say('points.nothing-changes')} />
      <ChoiceButton choice="confirm" look="go" label={say('button.exchange')} />
    </Frame>
  );
}

export function GiveConfirmScreen({ screen }: { readonly screen: Extract<Screen, { name: 'give-confirm' }> }) {
  const { say, settings } = useKiosk();
  const { give, from, activity } = screen;
  return (
    <Frame layout="load" bar={<BackAndStop />}>
      <Title text={say('give.title')} />
      <p className="lead what">
        <span lang="ja">{activity}</span> <b>{amountInWords(give, from.unit, settings.language)}</b>
      </p>
      <AmountPanel look="before" title={say('points.now')} amount={from.before} unit={from.unit} />
      <div className="arrow">
        <MoreIcon />
      </div>
      <AmountPanel look="after" title={say('points.after-gift')} amount={from.after} unit={from.unit} />
      <p className="usable" lang="ja">
        {from.name}
      </p>
      <ChoiceButton choice="decline" look="plain" label={say('button.do-not-give')} about={say('points.nothing-changes')} />
      <ChoiceButton choice="confirm" look="go" label={say('button.give')} />
    </Frame>
  );
}
