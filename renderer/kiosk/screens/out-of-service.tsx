/**
 * Something cannot serve. Each trouble has its own sentence and number; whoever was in the middle of something reads first that
 * nothing is lost. Heals by itself: the next snapshot is another screen.
 */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture, PaperPicture } from '../pieces/pictures.tsx';
import { Lines, Safe, Title, TroubleNumber } from '../pieces/words.tsx';

export function OutOfServiceScreen({ screen }: { readonly screen: Extract<Screen, { name: 'out-of-service' }> }) {
  const { spell } = useKiosk();
  const { trouble, number, interrupted } = screen;
  return (
    <Frame layout="two">
      <div className="words">
        {interrupted && <Safe title={spell('safe.money')} />}
        <Title text={spell(`trouble.${trouble}`)} />
        <p className="lead"><Lines text={spell(trouble === 'agent-unreachable' ? 'service.please-wait' : 'service.heals')} /></p>
        <p className="lead">
          <b><Lines text={spell('staff.please-call')} /></b>
        </p>
        <TroubleNumber number={number} />
      </div>
      <div className="aside">{/^(printer|slip)-/.test(trouble) ? <PaperPicture pose="none" /> : <CardPicture pose="reader" />}</div>
    </Frame>
  );
}
