/**
 * How a state of the session has the My Number card's part run in it: `invoke: { id: MY_NUMBER, src: 'myNumber', input: myNumberInput('attributes'),
 * onSnapshot: {}, onDone: …, onError: { actions: 'fail' } }, on: TOLD_TO_MY_NUMBER`. `onDone` gets a MyNumberOutcome; `onSnapshot` lets the kiosk
 * draw each step. The state must not be one that ends with the session's own card.
 */
import type { MyNumberUse } from '../services/read-my-number-card.ts';
import type { MyNumberInput } from './my-number-machine.ts';
import type { SessionContext } from './session-parts.ts';

export const MY_NUMBER = 'my-number';

export const myNumberInput =
  (use: MyNumberUse) =>
  ({ context }: { readonly context: SessionContext }): MyNumberInput => {
    const { services, status, presence, turn } = context;
    // A card that lies there now is the person's other one, unless the session was begun without any.
    const own = presence.kind === 'present' && turn === `present ${presence.generation}` ? presence.generation : null;
    return { services, use, status, presence, own };
  };

const told = { actions: 'tellMyNumber' } as const;

/** Everything that may be pressed in the part, and what the reader says; the session hears of the reader as well. */
export const TOLD_TO_MY_NUMBER = {
  reader: { actions: ['hearReader', 'tellMyNumber'] },
  pin: told,
  'without-card': told,
  'do-not-know': told,
  'other-way': told,
  again: told,
  reveal: told,
  continue: told,
  back: told,
  finish: told,
} as const;
