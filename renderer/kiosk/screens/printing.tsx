/** A slip is being printed. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { PaperPicture, SlipPicture } from '../pieces/pictures.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';
import { doneWords } from './print-trouble-words.ts';

export function PrintingScreen({ screen }: { readonly screen: Extract<Screen, { name: 'printing' }> }) {
  const { spell } = useKiosk();
  const done = doneWords(screen.slip);
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={spell('printing.title')} grand />
        <p className="lead"><Lines text={spell('printing.wait')} /></p>
        {done !== null && <Safe title={spell(done)} />}
        {screen.slip === 'tickets' && <Safe title={spell('paper.left-card')} />}
      </div>
      <div className="aside">
        {screen.preview === null ? <PaperPicture pose="printing" /> : <SlipPicture svg={screen.preview} />}
      </div>
    </Frame>
  );
}
