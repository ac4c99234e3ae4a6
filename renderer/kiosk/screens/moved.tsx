/** It is done: what came of the points, what is left of them, and a slip for those who want one. */
import type { Screen } from '../../../contract/kiosk.ts';
import { amountInWords } from '../../strings/amounts.ts';
import { untilDay } from '../../strings/dates.ts';
import { useKiosk } from '../kiosk-context.ts';
import { AmountPanel } from '../pieces/amounts.tsx';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { DoneIcon } from '../pieces/icons.tsx';
import { ContinueButton, PrintOrWhyNot } from '../pieces/usual-buttons.tsx';
import { Lines, Title } from '../pieces/words.tsx';

export function MovedScreen({ screen }: { readonly screen: Extract<Screen, { name: 'moved' }> }) {
  const { spell, settings, snapshot } = useKiosk();
  const { give, from, to, activity } = screen;
  const words = (amount: number, unit: typeof from.unit) => amountInWords(amount, unit, settings.form);
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words top">
        <div className="done">
          <DoneIcon />
          <Title text={spell(to ? 'exchange.done' : 'give.done')} />
        </div>
        {to && (
          <>
            <p className="lead what">
              <b><Lines text={words(give, from.unit)} /></b> <span>→</span> <b><Lines text={words(to.get, to.unit)} /></b>
            </p>
            <AmountPanel look="after" title={to.name} lang="ja" amount={to.amount} unit={to.unit}>
              <p className="until"><Lines text={untilDay(to.lastDay, snapshot.now, settings.form)} /></p>
            </AmountPanel>
            <p className="lead detail">
              <span lang="ja">{from.name}</span> <Lines text={spell('exchange.left')} /> <Lines text={words(from.amount, from.unit)} />
            </p>
          </>
        )}
        {activity !== null && (
          <>
            <p className="lead what">
              <span lang="ja">{activity}</span> <b><Lines text={words(give, from.unit)} /></b>
            </p>
            <AmountPanel look="after" title={from.name} lang="ja" amount={from.amount} unit={from.unit} />
          </>
        )}
      </div>
      <div className="aside choices">
        <PrintOrWhyNot about="loaded.print-about" wanted />
        <ContinueButton />
      </div>
    </Frame>
  );
}
