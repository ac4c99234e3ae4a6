/** The voice of the window, for React: follows the screens, and offers the button of the bar. */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { Voice, type VoiceWish } from './voice.ts';

/** The voice as the screen has it: what its button does, and what is to be told. */
export interface VoiceAtHand {
  readonly button: 'hear' | 'hear-again' | 'hush';
  press(): void;
  /** This kiosk has no voice, and that is to be said now. */
  readonly none: boolean;
}

/** The same for a picture of a screen. */
export const NO_VOICE: VoiceAtHand = { button: 'hear', press: () => undefined, none: false };

const loadEngine = async () => (await import('./engine.ts')).startEngine();

export function useVoice(wish: VoiceWish): VoiceAtHand {
  const [voice] = useState(() => new Voice(loadEngine));
  const { speaking, saidOn, silentOn } = useSyncExternalStore(voice.subscribe, voice.current);
  const { snapshot, form, voice: setting, volume } = wish;
  const { screenId } = snapshot;
  useEffect(() => {
    voice.arrive({ snapshot, form, voice: setting, volume });
    // The same screen with another clock or a called clerk is not said again.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [voice, screenId, form, setting, volume]);
  useEffect(() => () => voice.hush(), [voice]);
  return {
    button: speaking ? 'hush' : saidOn === screenId ? 'hear-again' : 'hear',
    press: () => voice.press(wish),
    none: silentOn === screenId,
  };
}
