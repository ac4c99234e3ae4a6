/** The My Number card is wanted. Going on without it is always beside it, and what lies there now is said. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { MoreIcon } from '../pieces/icons.tsx';
import { CardPicture, type CardPose } from '../pieces/pictures.tsx';
import { BackBar } from '../pieces/usual-buttons.tsx';
import { Lines, Title } from '../pieces/words.tsx';
import { placeAbout, placeTitle } from './my-number-place-words.ts';

type PlaceScreen = Extract<Screen, { name: 'my-number-place' }>;
type Why = PlaceScreen['why'];
function poseOf(why: Why): CardPose {
  switch (why) {
    case 'own-card':
    case 'other-card':
      return 'take';
    case 'reader-lost':
      return 'reader';
    default:
      return 'bring';
  }
}

export function MyNumberPlaceScreen({ screen }: { readonly screen: PlaceScreen }) {
  const { spell } = useKiosk();
  const { why, use } = screen;
  const about = placeAbout(screen);
  return (
    <Frame layout="two" bar={<BackBar end="stop" />}>
      <div className="words">
        <Title text={spell(placeTitle(why))} />
        {about && (
          <p className="lead">
            <Lines text={spell(about)} />
          </p>
        )}
        {why === 'asked' && <p className="lead promise"><Lines text={spell('my-number.never-number')} /></p>}
      </div>
      <div className="aside choices place">
        <CardPicture pose={poseOf(why)} />
        <ChoiceButton
          choice="without-card"
          look="choice"
          icon={<MoreIcon />}
          label={spell('button.without-card')}
          about={<span className="detail"><Lines text={spell(use === 'link' ? 'my-number.without-link-about' : 'my-number.without-about')} /></span>}
        />
      </div>
    </Frame>
  );
}
