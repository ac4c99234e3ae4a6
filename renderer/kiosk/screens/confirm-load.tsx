/** One offer, before and after. Nothing happens until 入れる; 入れない, 戻る and やめる change nothing. */
import type { Screen } from '../../../contract/kiosk.ts';
import { amountInWords } from '../../strings/amounts.ts';
import { untilDay } from '../../strings/dates.ts';
import { useKiosk } from '../kiosk-context.ts';
import { AmountPanel } from '../pieces/amounts.tsx';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { MoreIcon } from '../pieces/icons.tsx';
import { Title } from '../pieces/words.tsx';

export function ConfirmLoadScreen({ screen }: { readonly screen: Extract<Screen, { name: 'confirm-load' }> }) {
  const { say, settings, snapshot } = useKiosk();
  const { offer, before, after, lastDay, usableAt } = screen;
  const bar = (
    <>
      <ChoiceButton choice="back" look="bar" label={say('button.back')} />
      <ChoiceButton choice="finish" look="bar" label={say('button.stop')} />
    </>
  );
  return (
    <Frame layout="load" bar={bar}>
      <Title text={say(`load.title-${offer.unit}`)} />
      <p className="lead what">
        <span lang="ja">{offer.name}</span> <b>{amountInWords(offer.amount, offer.unit, settings.language)}</b> <span className="free">{say('load.free')}</span>
      </p>
      <AmountPanel look="before" title={say('load.before')} amount={before} unit={offer.unit} />
      <div className="arrow">
        <MoreIcon />
      </div>
      <AmountPanel look="after" title={say('load.after')} amount={after} unit={offer.unit}>
        <p className="until">{untilDay(lastDay, snapshot.now, settings.language)}</p>
      </AmountPanel>
      <p className="usable">
        <b>{say('load.usable-at')}</b> <span lang="ja">{usableAt}</span>
      </p>
      <ChoiceButton choice="decline" look="plain" label={say('button.decline')} />
      <ChoiceButton choice="confirm" look="go" label={say('button.confirm')} />
    </Frame>
  );
}
