/** Value is being put on the card: the card must stay, and there is nothing to press but 職員を呼ぶ. */
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { Title } from '../pieces/words.tsx';

export function WritingScreen() {
  const { say } = useKiosk();
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={say('writing.title')} grand />
        {/* The bar shows that something goes on; it never fills up by itself, the next screen says when it is done. */}
        <div className="fill" aria-hidden="true">
          <i />
        </div>
        <p className="lead">{say('writing.doing')}</p>
      </div>
      <div className="aside">
        <CardPicture pose="on" />
      </div>
    </Frame>
  );
}
