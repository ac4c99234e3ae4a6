/** One of several: at most four buttons, and where there are more, three and the way to the others. Nothing scrolls. */
import type { ReactNode } from 'react';
import type { Press } from '../../../contract/kiosk.ts';
import { BigButton, PressButton } from './big-button.tsx';
import { usePart } from './turning.tsx';

const MOST = 4;

export interface Option {
  readonly label: string;
  readonly about?: ReactNode;
  /** Most people need this one. */
  readonly usual?: boolean;
  /** Its words are the town's own, and stay Japanese in every language. */
  readonly japanese?: boolean;
  /** What it sends. Left out: `pick` with its place. */
  readonly press?: Press;
}

/** @param onPick left out: the press goes to the agent as `pick` with the option's place */
export function Chooser({ options, onPick }: { readonly options: readonly Option[]; readonly onPick?: (index: number) => void }) {
  const { shown, first, turn } = usePart(options, options.length > MOST ? MOST - 1 : MOST, 'choices');
  return (
    <div className="aside choices chooser">
      {shown.map(({ label, about, usual = false, japanese = false, press }, index) => {
        const look = usual ? 'wanted' : 'choice';
        const common = { look, label, ...(about === undefined ? {} : { about }), ...(japanese ? { lang: 'ja' } : {}) } as const;
        return onPick ? (
          <BigButton key={first + index} {...common} onPress={() => onPick(first + index)} />
        ) : (
          <PressButton key={first + index} {...common} press={press ?? { choice: 'pick', index: first + index }} />
        );
      })}
      {turn}
    </div>
  );
}
