/** How was it? One touch, and as easily none. The faces stand in the same order in every language, the happiest first. */
import type { Screen } from '../../../contract/kiosk.ts';
import type { Face } from '../../../contract/survey.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton, PressButton } from '../pieces/big-button.tsx';
import { FacePicture } from '../pieces/faces.tsx';
import { Frame } from '../pieces/frame.tsx';
import { Lines, Title } from '../pieces/words.tsx';

const FACES = [5, 4, 3, 2, 1] as const satisfies readonly Face[];

export function SurveyScreen({ screen }: { readonly screen: Extract<Screen, { name: 'survey' }> }) {
  const { spell } = useKiosk();
  return (
    <Frame layout="survey" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="asking">
        <Title text={spell('survey.title')} />
        <p className="lead"><Lines text={spell('survey.nobody')} /></p>
        {screen.cardOnReader && <p className="take-card"><Lines text={spell('survey.take-card')} /></p>}
      </div>
      {FACES.map((face, index) => (
        <PressButton key={face} press={{ choice: 'pick', index }} look="face" icon={<FacePicture face={face} />} label={spell(`survey.face-${face}`)} />
      ))}
      <ChoiceButton choice="decline" look="plain" label={spell('button.leave-out')} />
    </Frame>
  );
}
