/** The kiosk is getting ready. */
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { Title } from '../pieces/words.tsx';

export function StartingScreen() {
  const { say } = useKiosk();
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={say('starting.title')} grand />
        <p className="lead">{say('starting.wait')}</p>
      </div>
      <div className="aside">
        <CardPicture pose="reader" />
      </div>
    </Frame>
  );
}
