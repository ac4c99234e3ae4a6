/** The card left before the end. The same card, put back, goes on. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';
import { cardMovedWords } from './card-moved-words.ts';

export function CardMovedScreen({ screen }: { readonly screen: Extract<Screen, { name: 'card-moved' }> }) {
  const { spell } = useKiosk();
  const { about, end } = cardMovedWords(screen.during);
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell(end)} />}>
      <div className="words">
        <Safe title={spell('safe.money')}>{spell(about)}</Safe>
        <Title text={spell('moved.title')} />
        <p className="lead"><Lines text={spell('moved.why')} /></p>
      </div>
      <div className="aside">
        <CardPicture pose="bring" />
      </div>
    </Frame>
  );
}
