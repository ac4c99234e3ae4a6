/** The printer has said that the slip is printed. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon, SlipIcon } from '../pieces/icons.tsx';
import { PaperPicture, SlipPicture } from '../pieces/pictures.tsx';
import { Lines, Title } from '../pieces/words.tsx';

export function PrintedScreen({ screen }: { readonly screen: Extract<Screen, { name: 'printed' }> }) {
  const { spell } = useKiosk();
  const { paper: { slip }, preview, weakProof } = screen;
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Title text={spell('printed.title')} grand />
        <p className="lead"><Lines text={spell(`printed.${slip}`)} /></p>
        {weakProof && (
          <p className="lead">
            <Lines text={spell('printed.weak-proof')} />
          </p>
        )}
      </div>
      <div className="aside choices">
        <ChoiceButton
          choice="continue"
          look="choice"
          icon={slip === 'request' ? <SlipIcon /> : <BackIcon />}
          label={spell(slip === 'request' ? 'button.another' : 'button.continue')}
          about={slip === 'request' ? undefined : spell(slip === 'incident' ? 'printed.back' : 'continue.about')}
        />
        {slip === 'request' && <ChoiceButton choice="withdraw" look="choice" label={spell('button.withdraw')} about={spell('withdraw.about')} />}
        {preview === null ? <PaperPicture pose="take" /> : <SlipPicture svg={preview} />}
      </div>
    </Frame>
  );
}
