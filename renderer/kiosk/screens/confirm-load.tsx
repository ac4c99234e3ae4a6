/** One offer, before and after. Nothing happens until 入れる; 入れない, 戻る and やめる change nothing. */
import type { Screen } from '../../../contract/kiosk.ts';
import { amountInWords } from '../../strings/amounts.ts';
import { untilDay } from '../../strings/dates.ts';
import { useKiosk } from '../kiosk-context.ts';
import { AmountPanel } from '../pieces/amounts.tsx';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { MoreIcon } from '../pieces/icons.tsx';
import { BackBar } from '../pieces/usual-buttons.tsx';
import { Lines, Title } from '../pieces/words.tsx';

export function ConfirmLoadScreen({ screen }: { readonly screen: Extract<Screen, { name: 'confirm-load' }> }) {
  const { spell, settings, snapshot } = useKiosk();
  const { offer, before, after, lastDay, usableAt } = screen;
  return (
    <Frame layout="load" bar={<BackBar end="stop" />}>
      <Title text={spell(`load.title-${offer.unit}`)} />
      <p className="lead what">
        <span lang="ja">{offer.name}</span> <b><Lines text={amountInWords(offer.amount, offer.unit, settings.form)} /></b> <span className="free"><Lines text={spell('load.free')} /></span>
      </p>
      <AmountPanel look="before" title={spell('load.before')} amount={before} unit={offer.unit} />
      <div className="arrow">
        <MoreIcon />
      </div>
      <AmountPanel look="after" title={spell('load.after')} amount={after} unit={offer.unit}>
        <p className="until">
          <span>
            <Lines text={untilDay(lastDay, snapshot.now, settings.form)} />
          </span>
        </p>
      </AmountPanel>
      <p className="usable">
        <b><Lines text={spell('load.usable-at')} /></b> <span lang="ja">{usableAt}</span>
      </p>
      <ChoiceButton choice="decline" look="plain" label={spell('button.decline')} />
      <ChoiceButton choice="confirm" look="go" label={spell('button.confirm')} />
    </Frame>
  );
}
