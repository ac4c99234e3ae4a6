/** Nobody knows yet whether it happened. First that nothing is lost, then what to do, then what staff find it by. */
import type { Screen } from '../../../contract/kiosk.ts';
import { amountInWords } from '../../strings/amounts.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { DoneIcon, SlipIcon } from '../pieces/icons.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { ContinueButton } from '../pieces/usual-buttons.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';

export function UndecidedScreen({ screen }: { readonly screen: Extract<Screen, { name: 'undecided' }> }) {
  const { spell, settings, snapshot } = useKiosk();
  const { number, cash, cardThere } = screen;
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.later')} />}>
      <div className="words">
        <Safe title={spell('safe.money')}>{spell('undecided.safe')}</Safe>
        <Title text={spell('undecided.title')} />
        <p className="lead detail"><Lines text={spell('undecided.why')} /></p>
        {cash > 0 && (
          <p className="lead">
            <Lines text={spell('undecided.cash')} /> <b><Lines text={amountInWords(cash, 'yen', settings.form)} /></b>
          </p>
        )}
        <p className="number">
          <Lines text={spell('undecided.number')} /> <b lang="ja">{number}</b>
        </p>
      </div>
      <div className="aside choices">
        {cardThere && <ChoiceButton choice="continue" look="choice" label={spell('button.read-card')} about={spell('undecided.read-about')} />}
        {snapshot.printer === 'ready' ? (
          <ChoiceButton choice="print" look="choice" icon={<SlipIcon />} label={spell('button.print-number')} about={spell('undecided.print-about')} />
        ) : (
          <p className="why-not"><Lines text={spell(`paper.${snapshot.printer}`)} /></p>
        )}
        <CardPicture pose="bring" />
      </div>
    </Frame>
  );
}

/** What nobody knew, the card has told. */
export function DecidedScreen({ screen }: { readonly screen: Extract<Screen, { name: 'decided' }> }) {
  const { spell, settings } = useKiosk();
  const { what, happened } = screen;
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Safe title={spell('safe.money')}>{spell(happened ? 'decided.happened-about' : 'safe.nothing-changed')}</Safe>
        <div className="done">
          {happened && <DoneIcon />}
          <Title text={spell(happened ? 'decided.happened' : 'decided.not-happened')} />
        </div>
        <p className="lead what">
          <span lang="ja">{what.name}</span> <b><Lines text={amountInWords(what.amount, what.unit, settings.form)} /></b>
        </p>
        {!happened && <p className="lead"><Lines text={spell('decided.not-happened-about')} /></p>}
      </div>
      <div className="aside choices">
        <ContinueButton />
        <CardPicture pose="on" />
      </div>
    </Frame>
  );
}
