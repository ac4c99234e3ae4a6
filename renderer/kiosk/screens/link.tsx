/**
 * A My Number card is linked with the card somebody came with: what it means is said before anything is asked, all of it, a page at a time where
 * the glass is small; nobody agrees to what they have not been shown.
 */
import type { Screen } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon, DoneIcon } from '../pieces/icons.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { TurnButton, useTurning } from '../pieces/turning.tsx';
import { BackBar, ContinueButton } from '../pieces/usual-buttons.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';
import { LINK_FACTS } from './link-words.ts';

type Named<Name extends Screen['name']> = { readonly screen: Extract<Screen, { name: Name }> };

/** So many of the four things stand on one page. */
function factsAPage(glass: string, large: boolean): number {
  switch (glass) {
    case 'roomy':
    case 'tall':
      return large ? 2 : 4;
    case 'compact':
      return large ? 1 : 2;
    default:
      return 1;
  }
}

export function LinkAboutScreen() {
  const { spell, settings, glass } = useKiosk();
  const room = factsAPage(glass, settings.text === 'large');
  const pages = Math.ceil(LINK_FACTS.length / room);
  const turning = useTurning(pages);
  return (
    <Frame layout="two" bar={<BackBar end="stop" />}>
      <div className="words">
        <Title text={spell('link.title')} />
        <dl className="facts">
          {LINK_FACTS.slice(turning.page * room, (turning.page + 1) * room).map(([what, about]) => (
            <div key={what}>
              <dt><Lines text={spell(what)} /></dt>
              <dd><Lines text={spell(about)} /></dd>
            </div>
          ))}
        </dl>
      </div>
      <div className="aside choices">
        <TurnButton turning={turning} wanted={!turning.seenAll} about={spell('review.page', { page: turning.page + 1, pages: turning.pages })} />
        {turning.seenAll && <ChoiceButton choice="confirm" look="go" label={spell('button.agree-link')} />}
        <ChoiceButton choice="decline" look="choice" label={spell('button.do-not-link')} about={<span className="detail"><Lines text={spell('link.nothing-changes')} /></span>} />
      </div>
    </Frame>
  );
}

/** Nothing can be pressed: the answer comes within seconds. */
export function LinkAskingScreen() {
  const { spell } = useKiosk();
  return (
    <Frame layout="two">
      <div className="words">
        <Title text={spell('link.asking')} grand />
        <p className="lead"><Lines text={spell('starting.wait')} /></p>
      </div>
      <div className="aside">
        <CardPicture pose="reader" />
      </div>
    </Frame>
  );
}

const POSE = { there: 'on', wanted: 'bring', 'no-reader': 'reader' } as const;

/** The own card is there and leads on, or it is wanted, or nothing could read it. */
function WithOwnCard({ ownCard }: Pick<Named<'link-done'>['screen'], 'ownCard'>) {
  const { spell } = useKiosk();
  return (
    <div className="aside choices">
      {ownCard === 'there' ? (
        <ContinueButton />
      ) : (
        <p className="notice"><Lines text={spell(ownCard === 'wanted' ? 'link.own-card' : 'link.no-reader')} /></p>
      )}
      <CardPicture pose={POSE[ownCard]} />
    </div>
  );
}

export function LinkDoneScreen({ screen }: Named<'link-done'>) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <div className="done">
          <DoneIcon />
          <Title text={spell('link.done')} />
        </div>
        <p className="lead"><Lines text={spell('link.done-about')} /></p>
        <p className="lead detail">
          <b><Lines text={spell('link.end')} /></b>
          <br />
          <Lines text={spell('link.end-about')} />
        </p>
      </div>
      <WithOwnCard ownCard={screen.ownCard} />
    </Frame>
  );
}

export function LinkNotDoneScreen({ screen }: Named<'link-not-done'>) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Safe title={spell('safe.nothing-changed')} />
        <Title text={spell(`link.${screen.why}`)} />
        <p className="lead"><Lines text={spell(`link.${screen.why}-about`)} /></p>
      </div>
      <WithOwnCard ownCard={screen.ownCard} />
    </Frame>
  );
}

/** Sent, and no answer came. */
export function LinkNotKnownScreen() {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<ChoiceButton choice="finish" look="bar" label={spell('button.finish')} />}>
      <div className="words">
        <Safe title={spell('safe.money')} />
        <Title text={spell('link.not-known')} />
        <p className="lead"><Lines text={spell('link.not-known-about')} /></p>
      </div>
      <div className="aside choices">
        <ChoiceButton choice="again" look="wanted" icon={<BackIcon />} label={spell('button.ask-town-again')} about={spell('link.again-about')} />
        <CardPicture pose="reader" />
      </div>
    </Frame>
  );
}
