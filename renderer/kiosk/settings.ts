/**
 * How a person likes to read: size, colours, language. Chosen on the start screen, good for one session, and forgotten after it:
 * the next person finds the kiosk as it always is.
 */
import { useEffect, useRef, useState } from 'react';
import type { ScreenName } from '../../contract/kiosk.ts';
import type { Language } from '../strings/catalogue.ts';

export interface Settings {
  readonly text: 'usual' | 'large';
  readonly colours: 'usual' | 'contrast';
  readonly language: Language;
}

export const USUAL_SETTINGS: Settings = { text: 'usual', colours: 'usual', language: 'ja' };

/** Somebody changed the settings, put down no card and left. */
export const IDLE_RESET_MS = 60_000;

/** Whether going from one screen to another ends a session: back at the start, or one of the last screens is over. */
export function endsSession(from: ScreenName, to: ScreenName): boolean {
  return from !== to && (to === 'start' || from === 'farewell' || (from === 'survey' && to !== 'farewell'));
}

/** The settings of this session. They also go on the page itself, for style sheets and for screen readers. */
export function useSettings(screen: ScreenName): [Settings, (change: Partial<Settings>) => void] {
  const [settings, setSettings] = useState(USUAL_SETTINGS);
  const [seen, setSeen] = useState(screen);
  if (seen !== screen) {
    // Adjusted while rendering, so that not one frame of the next session shows the last one's settings.
    setSeen(screen);
    if (endsSession(seen, screen)) setSettings(USUAL_SETTINGS);
  }
  const idle = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (screen !== 'start' || settings === USUAL_SETTINGS) return;
    const restart = () => {
      clearTimeout(idle.current);
      idle.current = setTimeout(() => setSettings(USUAL_SETTINGS), IDLE_RESET_MS);
    };
    restart();
    window.addEventListener('pointerdown', restart);
    window.addEventListener('keydown', restart);
    return () => {
      clearTimeout(idle.current);
      window.removeEventListener('pointerdown', restart);
      window.removeEventListener('keydown', restart);
    };
  }, [screen, settings]);
  return [settings, (change) => setSettings((before) => ({ ...before, ...change }))];
}
