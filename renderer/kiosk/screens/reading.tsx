/** A card was seen and is being looked at. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture, CodePicture } from '../pieces/pictures.tsx';
import { Lines, Title } from '../pieces/words.tsx';

export function ReadingScreen({ screen }: { readonly screen: Extract<Screen, { name: 'reading' }> }) {
  const { spell } = useKiosk();
  const shown = screen.card === 'shown';
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={spell('reading.title')} grand />
        <p className="lead"><Lines text={spell(shown ? 'starting.wait' : 'card.leave')} /></p>
      </div>
      <div className="aside">
        {shown ? <CodePicture /> : <CardPicture pose="on" />}
      </div>
    </Frame>
  );
}
