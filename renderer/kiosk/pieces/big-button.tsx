/** The buttons: large, real `<button>`s that show at once that they were felt. */
import type { ReactNode } from 'react';
import type { PlainChoice, Press } from '../../../contract/kiosk.ts';
import { useKiosk } from '../kiosk-context.ts';
import { usePress } from '../touch.ts';
import { Folded, Lines } from './words.tsx';

interface ButtonProps {
  /** As it is spelt. */
  readonly label: string;
  /** One or two short lines under the label: what it leads to. Words as they are spelt. */
  readonly about?: ReactNode;
  readonly icon?: ReactNode;
  /** `choice` one of several · `wanted` the one most people want · `go` the step that does it, `waits` until it can · `key` of a keypad · `face` one of the five · `bar` in the bottom bar · `staff` */
  readonly look: 'choice' | 'wanted' | 'go' | 'waits' | 'plain' | 'key' | 'face' | 'bar' | 'staff';
  readonly onPress: () => void;
  readonly underway?: boolean;
  /** The language of the label where it is not the screen's. */
  readonly lang?: string;
  /** It lays something over the screen rather than choosing. */
  readonly opens?: boolean;
  /** Its press goes to the agent. */
  readonly sends?: boolean;
}

/** A button for something the window does itself. */
export function BigButton({ label, about, icon, look, onPress, underway = false, lang, opens = false, sends = false }: ButtonProps) {
  const { touch } = useKiosk();
  const { pressed, handlers } = usePress((at) => touch.act(at, onPress));
  return (
    <button type="button" className={`button ${look}`} data-pressed={pressed || underway || undefined} aria-disabled={touch.resting || look === 'waits' || undefined} data-opens={opens || undefined} data-sends={sends || undefined} {...handlers}>
      {icon}
      <span className="label">
        <b lang={lang}>
          <Folded text={label} />
        </b>
        {about !== undefined && <span className="about">{typeof about === 'string' ? <Lines text={about} /> : about}</span>}
      </span>
    </button>
  );
}

type SentButtonProps = Omit<ButtonProps, 'onPress' | 'underway' | 'sends'>;

/** A button whose press goes to the agent. */
export function PressButton({ press, ...rest }: { readonly press: Press } & SentButtonProps) {
  const { choose, underway } = useKiosk();
  return <BigButton {...rest} sends onPress={() => choose(press)} underway={JSON.stringify(underway) === JSON.stringify(press)} />;
}

export function ChoiceButton({ choice, ...rest }: { readonly choice: PlainChoice } & SentButtonProps) {
  return <PressButton {...rest} press={{ choice }} />;
}
