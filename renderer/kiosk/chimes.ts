/**
 * Soft chimes, made on the spot: a card was seen, something is done, please look here, and one by which staff hear that they were called. Each only says again what the screen
 * shows; a kiosk without sound loses nothing, so every failure here is silent.
 */
import { useEffect, useRef } from 'react';
import type { Screen } from '../../contract/kiosk.ts';

export type Chime = 'seen' | 'done' | 'look' | 'call';

/** Which chime belongs to the arrival of a screen; null for most. */
export function chimeOf(screen: Screen): Chime | null {
  switch (screen.name) {
    case 'reading':
      return 'seen';
    case 'loaded':
    case 'moved':
    case 'bought':
    case 'received-all':
    case 'printed':
    case 'paper-out':
    case 'my-number-read':
    case 'link-done':
      return 'done';
    case 'print-trouble':
    case 'load-refused':
    case 'not-done':
    case 'paper-kept':
    case 'undecided':
    case 'decided':
    case 'card-moved':
    case 'card-not-usable':
    case 'card-while-asking':
    case 'request-not-taken':
    case 'still-there':
    case 'buy-put-card':
    case 'buy-waits':
    case 'buy-stopped':
    case 'my-number-wrong-pin':
    case 'my-number-last-try':
    case 'my-number-locked':
    case 'my-number-take':
    case 'link-not-done':
    case 'link-not-known':
      return 'look';
    case 'buy-call-staff':
      return screen.why === 'own-card' || screen.why === 'asked' ? 'call' : 'look';
    case 'staff-pin':
      return screen.again ? 'look' : null;
    case 'my-number-place':
      return screen.why === 'asked' || screen.why === 'own-card' ? null : 'look';
    case 'farewell':
      return screen.cardOnReader ? 'look' : null;
    case 'out-of-service':
      return screen.interrupted ? 'look' : null;
    case 'starting':
    case 'start':
    case 'balance':
    case 'confirm-load':
    case 'points':
    case 'exchange-amount':
    case 'exchange-confirm':
    case 'give-where':
    case 'give-amount':
    case 'give-confirm':
    case 'paper-amount':
    case 'paper-confirm':
    case 'receive-all':
    case 'buy-how-many':
    case 'buy-confirm':
    case 'buy-count-cash':
    case 'writing':
    case 'printing':
    case 'menu':
    case 'history':
    case 'no-sale':
    case 'offers':
    case 'procedures':
    case 'question':
    case 'request-review':
    case 'leave-questions':
    case 'withdraw-request':
    case 'request-withdrawn':
    case 'survey':
    case 'my-number-pin':
    case 'my-number-unknown':
    case 'link-about':
    case 'link-asking':
      return null;
  }
}

/** Notes as [frequency in Hz, start in seconds]. */
const NOTES: Readonly<Record<Chime, ReadonlyArray<readonly [number, number]>>> = {
  seen: [[880, 0]],
  done: [
    [659.3, 0],
    [880, 0.16],
    [1318.5, 0.32],
  ],
  look: [
    [587.3, 0],
    [587.3, 0.28],
  ],
  call: [
    [784, 0],
    [659.3, 0.3],
    [784, 0.6],
    [659.3, 0.9],
  ],
};
const LOUDNESS = 0.12;
const NOTE_S = 0.5;

/** A key of a keypad was felt. The same for every key: nobody can hear what was typed. */
const KEY_TONE_HZ = 523.3;
const KEY_TONE_S = 0.12;

let context: AudioContext | undefined;

function sound(notes: ReadonlyArray<readonly [number, number]>, lengthS: number): void {
  try {
    context ??= new AudioContext();
    // Browsers keep sound back until the first touch; a chime that would come late is better not heard.
    if (context.state !== 'running') {
      void context.resume().catch(() => undefined);
      if (context.state === 'suspended') return;
    }
    for (const [frequency, start] of notes) {
      const at = context.currentTime + start;
      const tone = context.createOscillator();
      const volume = context.createGain();
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, at + lengthS);
      tone.connect(volume).connect(context.destination);
      tone.start(at);
      tone.stop(at + lengthS);
    }
  } catch {
    // No sound device, or none allowed: the screen has said it already.
  }
}

/** One neutral tone for one key of a keypad. */
export const tone = (): void => sound([[KEY_TONE_HZ, 0]], KEY_TONE_S);

export const play = (chime: Chime): void => sound(NOTES[chime], NOTE_S);

/** Plays the screen's chime once when it arrives. */
export function useChimes(screen: Screen, screenId: number): void {
  const chime = chimeOf(screen);
  const played = useRef(screenId);
  useEffect(() => {
    const wake = () => {
      try {
        context ??= new AudioContext();
        void context.resume().catch(() => undefined);
      } catch {
        // As above: sound is never needed.
      }
    };
    window.addEventListener('pointerdown', wake, { once: true });
    return () => window.removeEventListener('pointerdown', wake);
  }, []);
  useEffect(() => {
    if (played.current === screenId) return;
    played.current = screenId;
    if (chime) play(chime);
  }, [chime, screenId]);
}
