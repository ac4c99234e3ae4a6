/**
 * The frame of every screen: header, one main thing, and the bottom bar that never moves — on the left what leads away from this
 * screen, then 声で聞く and 見やすく, on the right 職員を呼ぶ, always.
 */
import { useEffect, useState, type ReactNode } from 'react';
import type { Moment } from '../../../contract/time.ts';
import { timeOfDay, weekdayAndDay } from '../../strings/dates.ts';
import { useKiosk } from '../kiosk-context.ts';
import { BigButton } from './big-button.tsx';
import { LikesPanel } from './likes.tsx';
import { EmergencyIcon } from './notice-icons.tsx';
import { SpotMark } from './spot-mark.tsx';
import { Lines } from './words.tsx';

const CLOCK_STEP_MS = 10_000;

/** The agent's time, carried on between snapshots. */
function useTime(told: Moment): Moment {
  const [time, setTime] = useState({ told, passedMs: 0 });
  if (time.told !== told) setTime({ told, passedMs: 0 });
  useEffect(() => {
    const since = performance.now();
    const timer = setInterval(() => setTime({ told, passedMs: performance.now() - since }), CLOCK_STEP_MS);
    return () => clearInterval(timer);
  }, [told]);
  return new Date(Date.parse(told) + time.passedMs).toISOString() as Moment;
}

function Header() {
  const { spell, settings, snapshot } = useKiosk();
  const now = useTime(snapshot.now);
  const { name } = snapshot.screen;
  // On these two the notice itself is to be read.
  if (snapshot.emergencies.length > 0 && name !== 'start' && name !== 'farewell') return <EmergencyHeader now={now} />;
  return (
    <header>
      <p className="mark">
        <i aria-hidden="true" />
        <b>
          <Lines text={spell('kiosk.name')} />
        </b>
        <span lang="ja">{snapshot.town}</span>
      </p>
      {snapshot.display.procedureSpot && name === 'start' && <SpotMark />}
      {snapshot.simulated && (
        <p className="simulated">
          <span>
            <Lines text={spell('kiosk.simulated')} />
          </span>
        </p>
      )}
      <p className="clock">
        <span className="day">
          <Lines text={weekdayAndDay(now, settings.form)} />
        </span>
        <span>
          <Lines text={timeOfDay(now, settings.form)} />
        </span>
      </p>
    </header>
  );
}

/** In the middle of something: one line, and no more. */
function EmergencyHeader({ now }: { readonly now: Moment }) {
  const { spell, settings, snapshot } = useKiosk();
  return (
    <header className="emergency-band">
      <p role="status">
        <EmergencyIcon />
        <b><Lines text={spell('emergency.there-is')} /></b>
      </p>
      {snapshot.simulated ? <p className="simulated"><Lines text={spell('kiosk.simulated')} /></p> : <p className="clock"><Lines text={timeOfDay(now, settings.form)} /></p>}
    </header>
  );
}

/** Says that staff were called, where the button is, or that there is no voice here; the element is always there, so that screen readers hear it change. */
function CallAnswer() {
  const { spell, snapshot, callDeferred, voice } = useKiosk();
  const called = callDeferred ? spell('staff.deferred') : snapshot.staffCall ? spell('staff.called', { number: snapshot.staffCall.number }) : '';
  const text = called === '' && voice.none ? spell('voice.none') : called;
  return (
    <div className="call-answer" role="status">
      {text !== '' && (
        <p>
          {text.split('\n').map((line) => (
            <span key={line}>
              <Lines text={line} />
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

/** Says the screen, says it again, or stops saying it. */
function HearButton() {
  const { spell, voice } = useKiosk();
  return <BigButton look="bar" label={spell(`button.${voice.button}`)} onPress={voice.press} />;
}

interface FrameProps {
  /** Buttons of the bottom bar, from the left. */
  readonly bar?: ReactNode;
  /** It stands there until the screen itself can be drawn. */
  readonly standsIn?: boolean;
  readonly layout: 'two' | 'one' | 'load' | 'keys' | 'swap' | 'survey' | 'emergency';
  readonly children: ReactNode;
}

export function Frame({ bar, layout, standsIn = false, children }: FrameProps) {
  const { spell, choose, live, likes, underway, snapshot } = useKiosk();
  const { screenId, screen } = snapshot;
  return (
    <>
      <Header />
      {/* Keyed by the screen: a finger that went down on one screen can never act on the next. */}
      <main className={layout} key={screenId} inert={!live} hidden={likes.open} data-screen={standsIn ? 'starting' : screen.name}>
        {children}
      </main>
      {likes.open && <LikesPanel />}
      <footer>
        <div className="leaving" key={`${screenId} ${likes.open}`} inert={!live}>
          {likes.open ? (
            <BigButton look="bar" label={spell('button.close')} onPress={likes.close} />
          ) : (
            <>
              {bar}
              {screen.name !== 'start' && <HearButton />}
              {screen.name !== 'start' && <BigButton look="bar" label={spell('button.likes')} onPress={likes.show} opens />}
            </>
          )}
        </div>
        <CallAnswer />
        <BigButton sends look="staff" label={spell('button.staff')} onPress={() => choose({ choice: 'call-staff' })} underway={underway?.choice === 'call-staff'} />
      </footer>
    </>
  );
}
