/** The card left before the end. The same card, put back, goes on. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';

export function CardMovedScreen({ screen }: { readonly screen: Extract<Screen, { name: 'card-moved' }> }) {
  const { spell } = useKiosk();
  const writing = screen.during === 'writing';
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell(writing ? 'button.later' : 'button.stop')} />}>
      <div className="words">
        <Safe title={spell('safe.money')}>{spell(writing ? 'safe.will-look' : 'safe.nothing-changed')}</Safe>
        <Title text={spell('moved.title')} />
        <p className="lead"><Lines text={spell('moved.why')} /></p>
      </div>
      <div className="aside">
        <CardPicture pose="bring" />
      </div>
    </Frame>
  );
}
