/**
 * The last net: whatever breaks while drawing, people see a calm screen with a number and the window starts itself again. Uses
 * nothing of what may have broken but the catalogue and the style sheet.
 */
import { Component, type ReactNode } from 'react';
import { troubleNumber, type TroubleName } from '../../contract/trouble.ts';
import { sayIn } from '../strings/catalogue.ts';

/** Long enough to read the number, short enough that nobody has to do anything. */
export const RELOAD_MS = 10_000;

const say = sayIn('ja');

export function CalmScreen({ trouble = 'unexpected' }: { readonly trouble?: TroubleName }) {
  return (
    <div className="kiosk" data-glass="roomy" data-text="usual" data-colours="usual">
      <header />
      <main className="one" data-screen="calm">
        <div className="words">
          <div className="safe">
            <p>
              <b>{say('safe.money')}</b>
            </p>
          </div>
          <h1 className="title">{say(`trouble.${trouble}`).replace('\n', '')}</h1>
          <p className="lead">
            <b>{say('staff.please-call')}</b>
          </p>
          <p className="number">
            {say('trouble.number')} <b>{troubleNumber(trouble)}</b>
          </p>
        </div>
      </main>
      <footer />
    </div>
  );
}

export class CalmBoundary extends Component<{ readonly children: ReactNode; readonly reload: () => void }, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override componentDidCatch(): void {
    setTimeout(this.props.reload, RELOAD_MS);
  }

  override render(): ReactNode {
    return this.state.broken ? <CalmScreen /> : this.props.children;
  }
}
