/** A rule stood against what was asked. Nothing changed, and that is said first. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { ContinueButton } from '../pieces/usual-buttons.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';

export function NotDoneScreen({ screen }: { readonly screen: Extract<Screen, { name: 'not-done' }> }) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Safe title={spell('safe.money')}>{spell('safe.nothing-changed')}</Safe>
        <Title text={spell(`not-done.${screen.why}`)} />
        <p className="lead"><Lines text={spell(`not-done.${screen.why}-about`)} /></p>
      </div>
      <div className="aside choices">
        <ContinueButton />
        <CardPicture pose="on" />
      </div>
    </Frame>
  );
}
