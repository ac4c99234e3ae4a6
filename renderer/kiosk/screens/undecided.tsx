/** Nobody knows yet whether it happened. First that nothing is lost, then what to do, then what staff find it by. */
import type { Screen } from '../../../contract/kiosk.ts';
import { amountInWords } from '../../strings/amounts.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon, DoneIcon, SlipIcon } from '../pieces/icons.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { Safe, Title } from '../pieces/words.tsx';

export function UndecidedScreen({ screen }: { readonly screen: Extract<Screen, { name: 'undecided' }> }) {
  const { say, settings, snapshot } = useKiosk();
  const { number, cash, cardThere } = screen;
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={say('button.later')} />}>
      <div className="words">
        <Safe title={say('safe.money')}>{say('undecided.safe')}</Safe>
        <Title text={say('undecided.title')} />
        <p className="lead detail">{say('undecided.why')}</p>
        {cash > 0 && (
          <p className="lead">
            {say('undecided.cash')} <b>{amountInWords(cash, 'yen', settings.language)}</b>
          </p>
        )}
        <p className="number">
          {say('undecided.number')} <b lang="ja">{number}</b>
        </p>
      </div>
      <div className="aside choices">
        {cardThere && <ChoiceButton choice="continue" look="choice" label={say('button.read-card')} about={say('undecided.read-about')} />}
        {snapshot.printer === 'ready' ? (
          <ChoiceButton choice="print" look="choice" icon={<SlipIcon />} label={say('button.print-number')} about={say('undecided.print-about')} />
        ) : (
          <p className="why-not">{say(`paper.${snapshot.printer}`)}</p>
        )}
        <CardPicture pose="bring" />
      </div>
    </Frame>
  );
}

/** What nobody knew, the card has told. */
export function DecidedScreen({ screen }: { readonly screen: Extract<Screen, { name: 'decided' }> }) {
  const { say, settings } = useKiosk();
  const { what, happened } = screen;
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={say('button.finish')} />}>
      <div className="words">
        <Safe title={say('safe.money')}>{say(happened ? 'decided.happened-about' : 'safe.nothing-changed')}</Safe>
        <div className="done">
          {happened && <DoneIcon />}
          <Title text={say(happened ? 'decided.happened' : 'decided.not-happened')} />
        </div>
        <p className="lead what">
          <span lang="ja">{what.name}</span> <b>{amountInWords(what.amount, what.unit, settings.language)}</b>
        </p>
        {!happened && <p className="lead">{say('decided.not-happened-about')}</p>}
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="choice" icon={<BackIcon />} label={say('button.continue')} about={say('continue.about')} />
        <CardPicture pose="on" />
      </div>
    </Frame>
  );
}
