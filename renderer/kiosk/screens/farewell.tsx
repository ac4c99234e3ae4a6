/** All done: the card may be taken. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { EmergencyWords } from '../pieces/notice-board.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { Lines, Title } from '../pieces/words.tsx';

export function FarewellScreen({ screen }: { readonly screen: Extract<Screen, { name: 'farewell' }> }) {
  const { spell, settings, snapshot } = useKiosk();
  const [emergency] = snapshot.emergencies;
  const title = spell(screen.cardOnReader ? 'farewell.take' : 'farewell.thanks');
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={emergency ? title.replace('\n', settings.form === 'en' ? ' ' : '') : title} grand />
        {screen.cardOnReader && <p className="lead"><Lines text={spell('farewell.thanks')} /></p>}
        {emergency && <EmergencyWords emergency={emergency} />}
      </div>
      <div className="aside">
        <CardPicture pose={screen.cardOnReader ? 'take' : 'reader'} />
      </div>
    </Frame>
  );
}
