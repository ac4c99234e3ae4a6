/** How was it? One touch, and as easily none. The faces stand in the same order in every language, the happiest first. */
import type { Screen } from '../../../contract/kiosk.ts';
import type { Face } from '../../../contract/survey.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton, PressButton } from '../pieces/big-button.tsx';
import { FacePicture } from '../pieces/faces.tsx';
import { Frame } from '../pieces/frame.tsx';
import { Title } from '../pieces/words.tsx';

const FACES = [5, 4, 3, 2, 1] as const satisfies readonly Face[];

export function SurveyScreen({ screen }: { readonly screen: Extract<Screen, { name: 'survey' }> }) {
  const { say } = useKiosk();
  return (
    <Frame layout="survey" bar={<ChoiceButton choice="finish" look="bar" label={say('button.finish')} />}>
      <div className="asking">
        <Title text={say('survey.title')} />
        <p className="lead">{say('survey.nobody')}</p>
        {screen.cardOnReader && <p className="take-card">{say('survey.take-card')}</p>}
      </div>
      {FACES.map((face, index) => (
        <PressButton key={face} press={{ choice: 'pick', index }} look="face" icon={<FacePicture face={face} />} label={say(`survey.face-${face}`)} />
      ))}
      <ChoiceButton choice="decline" look="plain" label={say('button.leave-out')} />
    </Frame>
  );
}
