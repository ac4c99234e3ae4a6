/**
 * The frame of every screen: header, one main thing, and the bottom bar that never moves — on the left what leads away from this
 * screen, on the right 職員を呼ぶ, always.
 */
import { useEffect, useState, type ReactNode } from 'react';
import type { Moment } from '../../../contract/time.ts';
import { timeOfDay, weekdayAndDay } from '../../strings/dates.ts';
import { useKiosk } from '../kiosk-context.ts';
import { BigButton } from './big-button.tsx';

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
  const { say, settings, snapshot } = useKiosk();
  const now = useTime(snapshot.now);
  return (
    <header>
      <p className="mark">
        <i aria-hidden="true" />
        <b>{say('kiosk.name')}</b>
        <span lang="ja">{snapshot.town}</span>
      </p>
      {snapshot.simulated && <p className="simulated">{say('kiosk.simulated')}</p>}
      <p className="clock">
        <span className="day">{weekdayAndDay(now, settings.language)}</span>
        <span>{timeOfDay(now, settings.language)}</span>
      </p>
    </header>
  );
}

/** Says that staff were called, where the button is; the element is always there, so that screen readers hear it change. */
function CallAnswer() {
  const { say, snapshot, callDeferred } = useKiosk();
  const text = callDeferred ? say('staff.deferred') : snapshot.staffCall ? say('staff.called', { number: snapshot.staffCall.number }) : '';
  return (
    <div className="call-answer" role="status">
      {text !== '' && (
        <p>
          {text.split('\n').map((line) => (
            <span key={line}>{line}</span>
          ))}
        </p>
      )}
    </div>
  );
}

interface FrameProps {
  /** Buttons of the bottom bar, from the left. */
  readonly bar?: ReactNode;
  readonly layout: 'two' | 'one' | 'load' | 'swap';
  readonly children: ReactNode;
}

export function Frame({ bar, layout, children }: FrameProps) {
  const { say, choose, live, underway, snapshot } = useKiosk();
  return (
    <>
      <Header />
      {/* Keyed by the screen: a finger that went down on one screen can never act on the next. */}
      <main className={layout} key={snapshot.screenId} inert={!live} data-screen={snapshot.screen.name}>
        {children}
      </main>
      <footer>
        <div className="leaving" key={snapshot.screenId} inert={!live}>
          {bar}
        </div>
        <CallAnswer />
        <BigButton look="staff" label={say('button.staff')} onPress={() => choose({ choice: 'call-staff' })} underway={underway?.choice === 'call-staff'} />
      </footer>
    </>
  );
}
