/** All done: the card may be taken. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { Lines, Title } from '../pieces/words.tsx';

export function FarewellScreen({ screen }: { readonly screen: Extract<Screen, { name: 'farewell' }> }) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={spell(screen.cardOnReader ? 'farewell.take' : 'farewell.thanks')} grand />
        {screen.cardOnReader && <p className="lead"><Lines text={spell('farewell.thanks')} /></p>}
      </div>
      <div className="aside">
        <CardPicture pose={screen.cardOnReader ? 'take' : 'reader'} />
      </div>
    </Frame>
  );
}
