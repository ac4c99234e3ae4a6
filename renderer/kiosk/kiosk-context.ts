/** What every piece of a screen may know: the words, the glass, and how to send a press. */
import { createContext, useContext } from 'react';
import type { KioskSnapshot, Press, Settings } from '../../contract/kiosk.ts';
import type { Say } from '../strings/catalogue.ts';
import type { VoiceAtHand } from '../voice/use-voice.ts';
import type { Glass } from './glass.ts';
import type { Touch } from './touch.ts';

/** The panel in which a person says how to show the screens. */
export interface Likes {
  readonly open: boolean;
  show(): void;
  close(): void;
}

export interface Kiosk {
  readonly snapshot: KioskSnapshot;
  /** The words without readings: for what is heard and for names. */
  readonly say: Say;
  /** The words with the readings behind their kanji: for what is drawn, by `Lines` and whatever draws with it. */
  readonly spell: Say;
  readonly settings: Settings;
  /** Asks the agent for other settings. */
  change(settings: Partial<Settings>): void;
  readonly likes: Likes;
  readonly glass: Glass;
  readonly touch: Touch;
  /** The press that is on its way to the agent: its button stays pressed until the agent has answered. */
  readonly underway: Press | null;
  choose(press: Press): void;
  readonly live: boolean;
  readonly callDeferred: boolean;
  readonly voice: VoiceAtHand;
}

export const KioskContext = createContext<Kiosk | null>(null);

export function useKiosk(): Kiosk {
  const kiosk = useContext(KioskContext);
  if (!kiosk) throw new Error('A piece of a screen stands outside the kiosk.');
  return kiosk;
}
