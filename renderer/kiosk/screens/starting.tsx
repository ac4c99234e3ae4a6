/** The kiosk is getting ready. */
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { Lines, Title } from '../pieces/words.tsx';

/** @param standsIn for a screen whose file has not come yet */
export function StartingScreen({ standsIn = false }: { readonly standsIn?: boolean }) {
  const { spell } = useKiosk();
  return (
    <Frame standsIn={standsIn} layout="two">
      <div className="words">
        <Title text={spell('starting.title')} grand />
        <p className="lead"><Lines text={spell('starting.wait')} /></p>
      </div>
      <div className="aside">
        <CardPicture pose="reader" />
      </div>
    </Frame>
  );
}
