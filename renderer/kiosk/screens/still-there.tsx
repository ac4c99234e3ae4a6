/** Nobody pressed anything for a while. More time is one touch away, and leaving costs nothing. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon } from '../pieces/icons.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';

export function StillThereScreen({ screen }: { readonly screen: Extract<Screen, { name: 'still-there' }> }) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Safe title={spell('safe.money')} />
        <Title text={spell('still-there.title')} grand />
        <p className="lead"><Lines text={spell('still-there.ends', { seconds: screen.secondsLeft })} /></p>
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="wanted" icon={<BackIcon />} label={spell('button.continue')} about={spell('still-there.about')} />
      </div>
    </Frame>
  );
}
