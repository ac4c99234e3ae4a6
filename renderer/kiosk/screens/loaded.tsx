/** The value is on the card: what came, what there is now, and until when. */
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

export function LoadedScreen({ screen }: { readonly screen: Extract<Screen, { name: 'loaded' }> }) {
  const { spell, settings, snapshot } = useKiosk();
  const { offer, balance, lastDay } = screen;
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words top">
        <div className="done">
          <DoneIcon />
          <Title text={spell('loaded.title')} />
        </div>
        <p className="lead what">
          <span lang="ja">{offer.name}</span> <b><Lines text={amountInWords(offer.amount, offer.unit, settings.form)} /></b>
        </p>
        <AmountPanel look="after" title={spell('loaded.balance')} amount={balance} unit={offer.unit}>
          <p className="until">
          <span>
            <Lines text={untilDay(lastDay, snapshot.now, settings.form)} />
          </span>
        </p>
        </AmountPanel>
      </div>
      <div className="aside choices">
        <PrintOrWhyNot about="loaded.print-about" wanted />
        <ContinueButton />
      </div>
    </Frame>
  );
}
