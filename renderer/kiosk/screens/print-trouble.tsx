/** The slip did not come out, or nobody knows. The value is safe either way, and that is said first. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon, SlipIcon } from '../pieces/icons.tsx';
import { PaperPicture } from '../pieces/pictures.tsx';
import { Lines, Safe, Title, TroubleNumber } from '../pieces/words.tsx';
import { doneWords, printTroubleWords } from './print-trouble-words.ts';

export function PrintTroubleScreen({ screen }: { readonly screen: Extract<Screen, { name: 'print-trouble' }> }) {
  const { spell } = useKiosk();
  const { slip, trouble, number } = screen;
  const { title, lead, mayBeThere } = printTroubleWords(trouble);
  const done = doneWords(slip);
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Safe title={spell('safe.money')}>{done === null ? undefined : spell(done)}</Safe>
        <Title text={spell(title)} />
        {lead && <p className="lead"><Lines text={spell(lead)} /></p>}
        <p className="lead">
          <b><Lines text={spell(mayBeThere ? 'print-trouble.no-proof-else' : 'staff.please-call')} /></b>
        </p>
        <TroubleNumber number={number} />
      </div>
      <div className="aside choices">
        <ChoiceButton
          choice="continue"
          look="choice"
          icon={slip === 'request' ? <SlipIcon /> : <BackIcon />}
          label={spell(slip === 'request' ? 'button.another' : 'button.continue')}
          about={slip === 'request' ? undefined : spell(slip === 'incident' ? 'printed.back' : 'continue.about')}
        />
        {slip === 'request' && <ChoiceButton choice="withdraw" look="choice" label={spell('button.withdraw')} about={spell('withdraw.about')} />}
        <PaperPicture pose={mayBeThere ? 'take' : 'none'} />
      </div>
    </Frame>
  );
}
