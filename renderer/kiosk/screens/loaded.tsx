/** The value is on the card: what came, what there is now, and until when. */
import type { Screen } from '../../../contract/kiosk.ts';
import { amountInWords } from '../../strings/amounts.ts';
import { untilDay } from '../../strings/dates.ts';
import { useKiosk } from '../kiosk-context.ts';
import { AmountPanel } from '../pieces/amounts.tsx';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon, DoneIcon, SlipIcon } from '../pieces/icons.tsx';
import { Title } from '../pieces/words.tsx';

export function LoadedScreen({ screen }: { readonly screen: Extract<Screen, { name: 'loaded' }> }) {
  const { say, settings, snapshot } = useKiosk();
  const { offer, balance, lastDay } = screen;
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={say('button.finish')} />}>
      <div className="words top">
        <div className="done">
          <DoneIcon />
          <Title text={say('loaded.title')} />
        </div>
        <p className="lead what">
          <span lang="ja">{offer.name}</span> <b>{amountInWords(offer.amount, offer.unit, settings.language)}</b>
        </p>
        <AmountPanel look="after" title={say('loaded.balance')} amount={balance} unit={offer.unit}>
          <p className="until">{untilDay(lastDay, snapshot.now, settings.language)}</p>
        </AmountPanel>
      </div>
      <div className="aside choices">
        {snapshot.printer === 'ready' ? (
          <ChoiceButton choice="print" look="wanted" icon={<SlipIcon />} label={say('button.print')} about={say('loaded.print-about')} />
        ) : (
          <p className="why-not">{say(`paper.${snapshot.printer}`)}</p>
        )}
        <ChoiceButton choice="continue" look="choice" icon={<BackIcon />} label={say('button.continue')} about={say('continue.about')} />
      </div>
    </Frame>
  );
}
