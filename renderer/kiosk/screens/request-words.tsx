/** The short screens around a request: it cannot be taken, the questions are left, a card came in between, it is taken back. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon, SlipIcon } from '../pieces/icons.tsx';
import { CardPicture, PaperPicture } from '../pieces/pictures.tsx';
import { Safe, Title } from '../pieces/words.tsx';
import { useWords } from '../words-of.ts';

export function RequestNotTakenScreen() {
  const { say } = useKiosk();
  const bar = (
    <>
      <ChoiceButton choice="back" look="bar" label={say('button.back')} />
      <ChoiceButton choice="finish" look="bar" label={say('button.finish')} />
    </>
  );
  return (
    <Frame layout="two" bar={bar}>
      <div className="words">
        <Safe title={say('safe.nothing-changed')} />
        <Title text={say('not-taken.title')} />
        <p className="lead">{say('not-taken.about')}</p>
      </div>
      <div className="aside">
        <PaperPicture pose="none" />
      </div>
    </Frame>
  );
}

export function LeaveQuestionsScreen({ screen }: { readonly screen: Extract<Screen, { name: 'leave-questions' }> }) {
  const { say } = useKiosk();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={say('button.stop')} />}>
      <div className="words">
        <Title text={say('leave.title')} grand />
        <p className="lead">{say(screen.made > 0 ? 'leave.made' : 'leave.nothing')}</p>
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="wanted" icon={<BackIcon />} label={say('button.continue')} about={say('leave.continue-about')} />
      </div>
    </Frame>
  );
}

export function CardWhileAskingScreen() {
  const { say } = useKiosk();
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={say('card-put.title')} grand />
        <p className="lead">{say('card-put.lead')}</p>
        <CardPicture pose="on" />
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="choice" icon={<BackIcon />} label={say('button.continue')} about={say('card-put.continue-about')} />
        <ChoiceButton choice="decline" look="choice" label={say('button.read-card')} about={say('card-put.decline-about')} />
      </div>
    </Frame>
  );
}

export function WithdrawRequestScreen({ screen }: { readonly screen: Extract<Screen, { name: 'withdraw-request' }> }) {
  const { say } = useKiosk();
  const words = useWords();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="back" look="bar" label={say('button.back')} />}>
      <div className="words">
        <Title text={say('withdraw.title')} />
        <p className="lead">{words(screen.procedure)}</p>
        <p className="number">
          {say('trouble.number')} <b>{screen.number}</b>
        </p>
      </div>
      <div className="aside choices">
        <ChoiceButton choice="confirm" look="choice" label={say('button.withdraw')} about={say('withdraw.about')} />
      </div>
    </Frame>
  );
}

export function RequestWithdrawnScreen({ screen }: { readonly screen: Extract<Screen, { name: 'request-withdrawn' }> }) {
  const { say } = useKiosk();
  const words = useWords();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={say('button.finish')} />}>
      <div className="words">
        <Title text={say('withdrawn.title')} grand />
        <p className="lead">{words(screen.procedure)}</p>
        <p className="number">
          {say('trouble.number')} <b>{screen.number}</b>
        </p>
        <p className="lead">{say('withdraw.slip')}</p>
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="choice" icon={<SlipIcon />} label={say('button.another')} />
        <PaperPicture pose="none" />
      </div>
    </Frame>
  );
}
