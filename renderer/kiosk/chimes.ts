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

/** A sound that comes later than this is better not heard. */
const LATE_MS = 250;
/** How long the output stays awake after the last sound. One that runs all day keeps the processor at work, and loudspeakers hiss. */
const AWAKE_MS = 5_000;

let context: AudioContext | undefined;
let sleep: ReturnType<typeof setTimeout> | undefined;

function strike(output: AudioContext, notes: ReadonlyArray<readonly [number, number]>, lengthS: number): void {
  for (const [frequency, start] of notes) {
    const at = output.currentTime + start;
    const tone = output.createOscillator();
    const volume = output.createGain();
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, at + lengthS);
    tone.connect(volume).connect(output.destination);
    tone.start(at);
    tone.stop(at + lengthS);
  }
}

/** Wakes the output, for a while, and does `then` once it is awake. Browsers keep sound back until the first touch. */
function wake(then?: (output: AudioContext) => void): void {
  try {
    const output = (context ??= new AudioContext());
    clearTimeout(sleep);
    sleep = setTimeout(() => void output.suspend().catch(() => undefined), AWAKE_MS);
    if (output.state === 'running') then?.(output);
    else void output.resume().then(() => then?.(output)).catch(() => undefined);
  } catch {
    // No sound device, or none allowed: the screen has said it already.
  }
}

function sound(notes: ReadonlyArray<readonly [number, number]>, lengthS: number): void {
  const asked = performance.now();
  wake((output) => {
    if (performance.now() - asked <= LATE_MS) strike(output, notes, lengthS);
  });
}

/** One neutral tone for one key of a keypad. */
export const tone = (): void => sound([[KEY_TONE_HZ, 0]], KEY_TONE_S);

export const play = (chime: Chime): void => sound(NOTES[chime], NOTE_S);

/** Plays the screen's chime once when it arrives. */
export function useChimes(screen: Screen, screenId: number): void {
  const chime = chimeOf(screen);
  const played = useRef(screenId);
  useEffect(() => {
    // Before the finger is lifted and something is to be heard.
    const touched = () => wake();
    window.addEventListener('pointerdown', touched);
    return () => window.removeEventListener('pointerdown', touched);
  }, []);
  useEffect(() => {
    if (played.current === screenId) return;
    played.current = screenId;
    if (chime) play(chime);
  }, [chime, screenId]);
}
