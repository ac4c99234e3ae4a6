/** A rule stood against the load. Nothing changed, and that is said first. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { ContinueButton } from '../pieces/usual-buttons.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';

export function LoadRefusedScreen({ screen }: { readonly screen: Extract<Screen, { name: 'load-refused' }> }) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Safe title={spell('safe.money')}>{spell('safe.nothing-changed')}</Safe>
        <Title text={spell(`refused.${screen.why}`)} />
        <p className="lead"><Lines text={spell(`refused.${screen.why}-about`)} /></p>
      </div>
      <div className="aside choices">
        <ContinueButton />
        <CardPicture pose="on" />
      </div>
    </Frame>
  );
}
