/** A card was seen and is being looked at. */
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { Title } from '../pieces/words.tsx';

export function ReadingScreen() {
  const { say } = useKiosk();
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={say('reading.title')} grand />
        <p className="lead">{say('card.leave')}</p>
      </div>
      <div className="aside">
        <CardPicture pose="on" />
      </div>
    </Frame>
  );
}
