/** What the session is told of a press. Digits become the one form in which the agent has a PIN; nothing else of the press is kept. */
import type { Press } from '../../contract/kiosk.ts';
import { PinEntry } from '../../hardware/card/mynumber/pin-entry.ts';
import type { SessionEvent } from './session-parts.ts';

const ASCII_ZERO = 0x30;

/** @param press its digits, if it has any, are zeroed */
export function eventOfPress(press: Press): SessionEvent {
  if (press.choice !== 'pin') {
    const { choice, ...chosen } = press;
    return { ...chosen, type: choice } as SessionEvent;
  }
  const entry = new PinEntry(Uint8Array.from(press.digits, (digit) => ASCII_ZERO + digit));
  press.digits.fill(0);
  return { type: 'pin', entry };
}
