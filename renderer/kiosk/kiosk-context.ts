/** What every piece of a screen may know: the words, the glass, and how to send a press. */
import { createContext, useContext } from 'react';
import type { KioskSnapshot, Press } from '../../contract/kiosk.ts';
import type { Say } from '../strings/catalogue.ts';
import type { VoiceAtHand } from '../voice/use-voice.ts';
import type { Glass } from './glass.ts';
import type { Settings } from './settings.ts';
import type { Touch } from './touch.ts';

export interface Kiosk {
  readonly snapshot: KioskSnapshot;
  readonly say: Say;
  readonly settings: Settings;
  change(settings: Partial<Settings>): void;
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
