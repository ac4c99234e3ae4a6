/** The printer has said that the slip is printed. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon } from '../pieces/icons.tsx';
import { PaperPicture } from '../pieces/pictures.tsx';
import { Lines, Title } from '../pieces/words.tsx';

export function PrintedScreen({ screen }: { readonly screen: Extract<Screen, { name: 'printed' }> }) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Title text={spell('printed.title')} grand />
        <p className="lead"><Lines text={spell(`printed.${screen.slip}`)} /></p>
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="choice" icon={<BackIcon />} label={spell('button.continue')} about={spell('continue.about')} />
        <PaperPicture pose="take" />
      </div>
    </Frame>
  );
}
