/** The short screens around a request: it cannot be taken, the questions are left, a card came in between, it is taken back. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon, SlipIcon } from '../pieces/icons.tsx';
import { CardPicture, PaperPicture } from '../pieces/pictures.tsx';
import { BackBar } from '../pieces/usual-buttons.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';
import { useWords } from '../words-of.ts';

export function RequestNotTakenScreen() {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<BackBar end="finish" />}>
      <div className="words">
        <Safe title={spell('safe.nothing-changed')} />
        <Title text={spell('not-taken.title')} />
        <p className="lead"><Lines text={spell('not-taken.about')} /></p>
      </div>
      <div className="aside">
        <PaperPicture pose="none" />
      </div>
    </Frame>
  );
}

export function LeaveQuestionsScreen({ screen }: { readonly screen: Extract<Screen, { name: 'leave-questions' }> }) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={spell('leave.title')} grand />
        <p className="lead"><Lines text={spell(screen.made > 0 ? 'leave.made' : 'leave.nothing')} /></p>
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="wanted" icon={<BackIcon />} label={spell('button.continue')} about={spell('leave.continue-about')} />
        <ChoiceButton choice="finish" look="choice" label={spell('button.stop')} />
      </div>
    </Frame>
  );
}

export function CardWhileAskingScreen() {
  const { spell } = useKiosk();
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={spell('card-put.title')} grand />
        <p className="lead"><Lines text={spell('card-put.lead')} /></p>
        <CardPicture pose="on" />
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="choice" icon={<BackIcon />} label={spell('button.continue')} about={spell('card-put.continue-about')} />
        <ChoiceButton choice="decline" look="choice" label={spell('button.read-card')} about={spell('card-put.decline-about')} />
      </div>
    </Frame>
  );
}

export function WithdrawRequestScreen({ screen }: { readonly screen: Extract<Screen, { name: 'withdraw-request' }> }) {
  const { spell } = useKiosk();
  const words = useWords();
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={spell('withdraw.title')} />
        <p className="lead"><Lines text={words(screen.procedure)} /></p>
        <p className="number">
          <Lines text={spell('trouble.number')} /> <b lang="ja">{screen.number}</b>
        </p>
      </div>
      <div className="aside choices">
        <ChoiceButton choice="confirm" look="choice" label={spell('button.withdraw')} about={spell('withdraw.about')} />
        <ChoiceButton choice="back" look="choice" label={spell('button.do-not-withdraw')} about={<span className="detail"><Lines text={spell('points.nothing-changes')} /></span>} />
      </div>
    </Frame>
  );
}

export function RequestWithdrawnScreen({ screen }: { readonly screen: Extract<Screen, { name: 'request-withdrawn' }> }) {
  const { spell } = useKiosk();
  const words = useWords();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Title text={spell('withdrawn.title')} grand />
        <p className="lead"><Lines text={words(screen.procedure)} /></p>
        <p className="number">
          <Lines text={spell('trouble.number')} /> <b lang="ja">{screen.number}</b>
        </p>
        <p className="lead"><Lines text={spell('withdraw.slip')} /></p>
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="choice" icon={<SlipIcon />} label={spell('button.another')} />
        <PaperPicture pose="none" />
      </div>
    </Frame>
  );
}
