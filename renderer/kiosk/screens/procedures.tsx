/** What can be asked for here. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Chooser } from '../pieces/chooser.tsx';
import { Frame } from '../pieces/frame.tsx';
import { PaperPicture } from '../pieces/pictures.tsx';
import { Lines, Title } from '../pieces/words.tsx';
import { useWords } from '../words-of.ts';

export function ProceduresScreen({ screen }: { readonly screen: Extract<Screen, { name: 'procedures' }> }) {
  const { spell } = useKiosk();
  const words = useWords();
  const bar = (
    <>
      <ChoiceButton choice="back" look="bar" label={spell('button.back')} />
      <ChoiceButton choice="finish" look="bar" label={spell(screen.made > 0 ? 'button.finish' : 'button.stop')} />
    </>
  );
  return (
    <Frame layout="two" bar={bar}>
      <div className="words">
        <Title text={spell('procedures.title')} />
        <p className="lead"><Lines text={spell(screen.made > 0 ? 'procedures.another' : 'procedures.lead')} /></p>
        <PaperPicture pose="take" />
      </div>
      <Chooser options={screen.procedures.map((name) => ({ label: words(name) }))} />
    </Frame>
  );
}
