/** This card cannot be used here, for a reason that is nobody's fault; what was not read is said. */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { CardPicture, CodePicture, type CardPose } from '../pieces/pictures.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';

type Why = Extract<Screen, { name: 'card-not-usable' }>['why'];

/** Whether the card should go, or come again. */
function poseFor(why: Why): CardPose {
  switch (why) {
    case 'several':
    case 'unreadable':
      return 'bring';
    case 'unknown':
    case 'payment':
    case 'my-number':
    case 'stopped':
    case 'suspect':
      return 'take';
    case 'foreign-code':
    case 'damaged-code':
      return 'reader';
  }
}

function About({ why }: { readonly why: Why }) {
  const { spell } = useKiosk();
  switch (why) {
    case 'payment':
    case 'my-number':
      return (
        <>
          <Safe title={spell('not-usable.not-read')} />
          <p className="lead"><Lines text={spell('not-usable.town-card')} /></p>
        </>
      );
    case 'foreign-code':
      return (
        <>
          <Safe title={spell('not-usable.not-kept')} />
          <p className="lead"><Lines text={spell('not-usable.town-code')} /></p>
        </>
      );
    case 'stopped':
    case 'suspect':
      return (
        <>
          <Safe title={spell('safe.money')}>{spell('not-usable.stopped-about')}</Safe>
          <p className="lead">
            <b><Lines text={spell('staff.please-call')} /></b>
          </p>
        </>
      );
    case 'unknown':
    case 'several':
    case 'unreadable':
      return <p className="lead"><Lines text={spell(`not-usable.${why}-about`)} /></p>;
    case 'damaged-code':
      return <p className="lead"><Lines text={spell('not-usable.unreadable-about')} /></p>;
  }
}

export function CardNotUsableScreen({ screen }: { readonly screen: Extract<Screen, { name: 'card-not-usable' }> }) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Title text={spell(`not-usable.${screen.why}`)} />
        <About why={screen.why} />
      </div>
      <div className="aside">
        {screen.card === 'shown' ? <CodePicture /> : <CardPicture pose={poseFor(screen.why)} />}
      </div>
    </Frame>
  );
}
