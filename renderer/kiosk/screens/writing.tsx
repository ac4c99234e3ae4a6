/** Value is being put on the card: a card that lies there must stay, and there is nothing to press but 職員を呼ぶ. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture, CodePicture } from '../pieces/pictures.tsx';
import { Lines, Title } from '../pieces/words.tsx';

const DOING = { load: 'writing.doing', exchange: 'exchange.doing', give: 'give.doing', paper: 'paper.doing', buy: 'buy.doing' } as const;

export function WritingScreen({ screen }: { readonly screen: Extract<Screen, { name: 'writing' }> }) {
  const { spell } = useKiosk();
  const shown = screen.card === 'shown';
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={spell(shown ? 'starting.wait' : 'writing.title')} grand />
        {/* The bar shows that something goes on; it never fills up by itself, the next screen says when it is done. */}
        <div className="fill" aria-hidden="true">
          <i />
        </div>
        <p className="lead"><Lines text={spell(DOING[screen.doing ?? 'load'])} /></p>
      </div>
      <div className="aside">
        {shown ? <CodePicture /> : <CardPicture pose="on" />}
      </div>
    </Frame>
  );
}
