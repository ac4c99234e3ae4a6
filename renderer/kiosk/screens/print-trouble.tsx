/** The slip did not come out, or nobody knows. The value is safe either way, and that is said first. */
import type { Screen } from '../../../contract/kiosk.ts';
import type { Key } from '../../strings/catalogue.ts';
import type { TroubleName } from '../../../contract/trouble.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon } from '../pieces/icons.tsx';
import { PaperPicture } from '../pieces/pictures.tsx';
import { Safe, Title, TroubleNumber } from '../pieces/words.tsx';

function titleOf(trouble: TroubleName) {
  switch (trouble) {
    case 'printer-absent':
    case 'printer-silent':
    case 'printer-paper-out':
    case 'printer-cover-open':
    case 'printer-faulty':
    case 'printer-no-proof':
      return `print-trouble.${trouble}` as const satisfies Key;
    default:
      return 'print-trouble.other' satisfies Key;
  }
}

export function PrintTroubleScreen({ screen }: { readonly screen: Extract<Screen, { name: 'print-trouble' }> }) {
  const { say } = useKiosk();
  const { slip, trouble, number } = screen;
  const noProof = trouble === 'printer-no-proof';
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={say('button.finish')} />}>
      <div className="words">
        <Safe title={say('safe.money')}>{slip === 'load' ? say('safe.on-card') : undefined}</Safe>
        <Title text={say(titleOf(trouble))} />
        {noProof && <p className="lead">{say('print-trouble.no-proof-look')}</p>}
        <p className="lead">
          <b>{say(noProof ? 'print-trouble.no-proof-else' : 'staff.please-call')}</b>
        </p>
        <TroubleNumber number={number} />
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="choice" icon={<BackIcon />} label={say('button.continue')} about={say('continue.about')} />
        <PaperPicture pose={noProof ? 'take' : 'none'} />
      </div>
    </Frame>
  );
}
