/** A slip is being printed. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { PaperPicture, SlipPicture } from '../pieces/pictures.tsx';
import { Safe, Title } from '../pieces/words.tsx';

export function PrintingScreen({ screen }: { readonly screen: Extract<Screen, { name: 'printing' }> }) {
  const { say } = useKiosk();
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={say('printing.title')} grand />
        <p className="lead">{say('printing.wait')}</p>
        {(screen.slip === 'load' || screen.slip === 'points') && <Safe title={say('safe.on-card')} />}
        {screen.slip === 'request' && <Safe title={say('request.safe')} />}
      </div>
      <div className="aside">
        {screen.preview === null ? <PaperPicture pose="printing" /> : <SlipPicture svg={screen.preview} />}
      </div>
    </Frame>
  );
}
