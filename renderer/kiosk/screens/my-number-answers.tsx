/** What the My Number card answered, and what can be done now. Nothing here blames anybody, and going on without the card is never far. */
import type { Screen } from '../../../contract/kiosk.ts';
import { dayAsRead } from '../../strings/dates.ts';
import { useKiosk } from '../kiosk-context.ts';
import { ChoiceButton } from '../pieces/big-button.tsx';
import { Frame } from '../pieces/frame.tsx';
import { BackIcon, DoneIcon, MoreIcon } from '../pieces/icons.tsx';
import { CardPicture } from '../pieces/pictures.tsx';
import { Lines, Safe, Title } from '../pieces/words.tsx';

type Named<Name extends Screen['name']> = { readonly screen: Extract<Screen, { name: Name }> };

function StopBar() {
  const { spell } = useKiosk();
  return <ChoiceButton choice="finish" look="bar" label={spell('button.stop')} />;
}

function OtherWay({ screen }: Named<'my-number-unknown' | 'my-number-locked'>) {
  const { spell } = useKiosk();
  if (!screen.otherWay) return null;
  return screen.way === 'pin' ? (
    <ChoiceButton choice="other-way" look="wanted" icon={<MoreIcon />} label={spell('button.printed-numbers')} about={<span className="detail"><Lines text={spell('my-number.printed-about')} /></span>} />
  ) : (
    <ChoiceButton choice="other-way" look="wanted" icon={<MoreIcon />} label={spell('button.own-number')} about={<span className="detail"><Lines text={spell('my-number.four-about')} /></span>} />
  );
}

function WithoutCard({ screen }: Named<'my-number-unknown' | 'my-number-locked'>) {
  const { spell } = useKiosk();
  const about = spell(screen.use === 'link' ? 'my-number.without-link-about' : 'my-number.without-about');
  return <ChoiceButton choice="without-card" look="choice" icon={<MoreIcon />} label={spell('button.without-card')} about={<span className="detail"><Lines text={about} /></span>} />;
}

/** 「分からない」 was pressed. */
export function MyNumberUnknownScreen({ screen }: Named<'my-number-unknown'>) {
  const { spell } = useKiosk();
  const bar = (
    <>
      <ChoiceButton choice="back" look="bar" label={spell('button.back')} />
      <StopBar />
    </>
  );
  return (
    <Frame layout="two" bar={bar}>
      <div className="words">
        <Safe title={spell('my-number.stays')}>{spell('my-number.not-sent')}</Safe>
        <Title text={spell('my-number.unknown')} />
      </div>
      <div className="aside choices">
        <OtherWay screen={screen} />
        <WithoutCard screen={screen} />
      </div>
    </Frame>
  );
}

/** The digits did not match, or there is one try left before any were entered. */
export function MyNumberTryScreen({ screen }: Named<'my-number-wrong-pin' | 'my-number-last-try'>) {
  const { spell } = useKiosk();
  const last = screen.name === 'my-number-last-try';
  return (
    <Frame layout="two" bar={<StopBar />}>
      <div className="words">
        <Title text={spell(`my-number.${last ? 'last-try' : 'wrong'}`)} />
        <p className="why-not">
          <Lines text={last ? spell('my-number.last-try-about') : spell('my-number.tries-left', { count: screen.tries })} />
        </p>
        {!last && <p className="lead"><Lines text={spell('my-number.stays')} /></p>}
      </div>
      <div className="aside choices">
        <ChoiceButton choice="do-not-know" look={last ? 'wanted' : 'choice'} icon={<MoreIcon />} label={spell('button.do-not-try')} />
        <ChoiceButton choice="again" look={last ? 'choice' : 'wanted'} icon={<BackIcon />} label={spell(last ? 'button.last-try' : 'button.again')} />
      </div>
    </Frame>
  );
}

export function MyNumberLockedScreen({ screen }: Named<'my-number-locked'>) {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<StopBar />}>
      <div className="words">
        <Title text={spell('my-number.locked')} />
        <p className="lead">
          <Lines text={spell('my-number.locked-about')} />
        </p>
      </div>
      <div className="aside choices">
        <OtherWay screen={screen} />
        <WithoutCard screen={screen} />
      </div>
    </Frame>
  );
}

/** What was read stands behind a mask: whoever waits in line need not read it too. */
export function MyNumberReadScreen({ screen }: Named<'my-number-read'>) {
  const { spell, settings, snapshot } = useKiosk();
  const { shown } = screen;
  return (
    <Frame layout="two" bar={<StopBar />}>
      <div className="words">
        <div className="done">
          <DoneIcon />
          <Title text={spell('my-number.read')} />
        </div>
        {shown ? (
          <dl className="read-of-card">
            <dt><Lines text={spell('my-number.name')} /></dt>
            <dd lang="ja">{shown.name}</dd>
            <dt><Lines text={spell('my-number.address')} /></dt>
            <dd lang="ja">{shown.address}</dd>
            <dt><Lines text={spell('my-number.birthday')} /></dt>
            <dd><Lines text={shown.birthday ? dayAsRead(shown.birthday, snapshot.now, settings.form) : spell('my-number.birthday-unknown')} /></dd>
          </dl>
        ) : (
          <>
            <p className="masked"><Lines text={spell('my-number.masked')} /></p>
            <p className="lead">
              <Lines text={spell('my-number.read-about')} />
            </p>
          </>
        )}
      </div>
      <div className="aside choices">
        <ChoiceButton choice="continue" look="wanted" icon={<MoreIcon />} label={spell('button.continue')} about={<span className="detail"><Lines text={spell('my-number.continue-about')} /></span>} />
        <ChoiceButton choice="reveal" look="choice" label={spell(shown ? 'button.hide-read' : 'button.show-read')} />
      </div>
    </Frame>
  );
}

export function MyNumberTakeScreen() {
  const { spell } = useKiosk();
  return (
    <Frame layout="two" bar={<StopBar />}>
      <div className="words">
        <Title text={spell('my-number.take')} grand />
        <p className="lead"><Lines text={spell('my-number.take-about')} /></p>
      </div>
      <div className="aside">
        <CardPicture pose="take" />
      </div>
    </Frame>
  );
}
