/** The slip did not come out, or nobody knows. The value is safe either way, and that is said first. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon } from '../pieces/icons.tsx';
import { PaperPicture } from '../pieces/pictures.tsx';
import { Safe, Title, TroubleNumber } from '../pieces/words.tsx';
import { printTroubleWords } from './print-trouble-words.ts';

export function PrintTroubleScreen({ screen }: { readonly screen: Extract<Screen, { name: 'print-trouble' }> }) {
  const { say } = useKiosk();
  const { slip, trouble, number } = screen;
  const { title, lead, mayBeThere } = printTroubleWords(trouble);
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={say('button.finish')} />}>
      <div className="words">
        <Safe title={say('safe.money')}>{slip === 'load' ? say('safe.on-card') : undefined}</Safe>
        <Title text={say(title)} />
        {lead && <p className="lead">{say(lead)}</p>}
        <p className="lead">
          <b>{say(mayBeThere ? 'print-trouble.no-proof-else' : 'staff.please-call')}</b>
        </p>
        <TroubleNumber number={number} />
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="choice" icon={<BackIcon />} label={say('button.continue')} about={say('continue.about')} />
        <PaperPicture pose={mayBeThere ? 'take' : 'none'} />
      </div>
    </Frame>
  );
}
