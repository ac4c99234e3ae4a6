/** The slip did not come out, or nobody knows. The value is safe either way, and that is said first. */
import type { Screen } from '../../../contract/kiosk.ts';
import type { Key } from '../../strings/catalogue.ts';
import type { TroubleName } from '../../../contract/trouble.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon, SlipIcon } from '../pieces/icons.tsx';
import { PaperPicture } from '../pieces/pictures.tsx';
import { Safe, Title, TroubleNumber } from '../pieces/words.tsx';

/** What the screen says besides its number: the title, what may be seen or expected, and whether a slip may be lying there. */
interface Words {
  readonly title: Key;
  readonly lead?: Key;
  readonly mayBeThere: boolean;
}

const NOTHING_THERE = { mayBeThere: false } as const;
const LOOK_FIRST = { lead: 'print-trouble.no-proof-look', mayBeThere: true } as const;

function wordsOf(trouble: TroubleName): Words {
  switch (trouble) {
    case 'printer-absent':
    case 'printer-silent':
    case 'printer-paper-out':
    case 'printer-cover-open':
    case 'printer-cutter':
    case 'printer-unrecoverable':
    case 'printer-garbled':
    case 'printer-faulty':
      return { title: `print-trouble.${trouble}`, ...NOTHING_THERE };
    case 'printer-overheated':
      return { title: `print-trouble.${trouble}`, lead: 'print-trouble.goes-on-by-itself', ...NOTHING_THERE };
    case 'slip-character':
    case 'slip-layout':
      return { title: `print-trouble.${trouble}`, lead: 'print-trouble.staff-will-write', ...NOTHING_THERE };
    case 'printer-no-proof':
    case 'printer-power-cycled':
    case 'printer-line-lost':
      return { title: `print-trouble.${trouble}`, ...LOOK_FIRST };
    case 'printer-stopped-at-end':
      return { title: `print-trouble.${trouble}`, lead: 'print-trouble.may-come', ...NOTHING_THERE };
    default:
      return { title: 'print-trouble.other', ...NOTHING_THERE };
  }
}

export function PrintTroubleScreen({ screen }: { readonly screen: Extract<Screen, { name: 'print-trouble' }> }) {
  const { say } = useKiosk();
  const { slip, trouble, number } = screen;
  const { title, lead, mayBeThere } = wordsOf(trouble);
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={say('button.finish')} />}>
      <div className="words">
        <Safe title={say('safe.money')}>{slip === 'load' || slip === 'points' ? say('safe.on-card') : slip === 'request' ? say('request.safe') : undefined}</Safe>
        <Title text={say(title)} />
        {lead && <p className="lead">{say(lead)}</p>}
        <p className="lead">
          <b>{say(mayBeThere ? 'print-trouble.no-proof-else' : 'staff.please-call')}</b>
        </p>
        <TroubleNumber number={number} />
      </div>
      <div className="aside choices">
        <ChoiceButton
          choice="continue"
          look="choice"
          icon={slip === 'request' ? <SlipIcon /> : <BackIcon />}
          label={say(slip === 'request' ? 'button.another' : 'button.continue')}
          about={slip === 'request' ? undefined : say(slip === 'incident' ? 'printed.back' : 'continue.about')}
        />
        {slip === 'request' && <ChoiceButton choice="withdraw" look="choice" label={say('button.withdraw')} about={say('withdraw.about')} />}
        <PaperPicture pose={mayBeThere ? 'take' : 'none'} />
      </div>
    </Frame>
  );
}
