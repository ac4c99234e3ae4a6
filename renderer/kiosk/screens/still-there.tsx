/** Nobody pressed anything for a while. More time is one touch away, and leaving costs nothing. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon } from '../pieces/icons.tsx';
import { Safe, Title } from '../pieces/words.tsx';

export function StillThereScreen({ screen }: { readonly screen: Extract<Screen, { name: 'still-there' }> }) {
  const { say } = useKiosk();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={say('button.finish')} />}>
      <div className="words">
        <Safe title={say('safe.money')} />
        <Title text={say('still-there.title')} grand />
        <p className="lead">{say('still-there.ends', { seconds: screen.secondsLeft })}</p>
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="wanted" icon={<BackIcon />} label={say('button.continue')} about={say('still-there.about')} />
      </div>
    </Frame>
  );
}
