/**
 * Nobody knows whether the card did what was asked. The same card, put back, tells; what staff find it by can be printed meanwhile. Needs no
 * reader: who waits here is told all the same when it is gone.
 */
import { assign } from 'xstate';
import { sessionParts, type SlipRequest } from './session-parts.ts';

/** Whatever is put there is looked at; whether it is that card, the reading shows. */
const whenPutBack = { always: { guard: 'otherCard', target: '#session.session' } } as const;
const wayOn = {
  ...whenPutBack,
  after: { untilUndecidedEnds: { target: '#session.farewell', actions: 'forgetUndecided' } },
} as const;

export const undecidedStates = sessionParts.createStateConfig({
  initial: 'waiting',
  states: {
    waiting: {
      ...wayOn,
      on: {
        print: {
          target: 'printing',
          actions: assign(({ context: { undecided } }) => ({ slip: undecided && { kind: 'incident' as const, holder: { accountId: undecided.accountId }, undecided } })),
        },
        /** The card still lies there. */
        continue: { guard: 'sameCard', target: '#session.session' },
      },
    },
    printing: {
      entry: assign({ preview: null }),
      on: { 'slip-drawn': { actions: assign(({ event }) => ({ preview: event.svg })) } },
      invoke: {
        src: 'printSlip',
        input: ({ context }) => ({ services: context.services, slip: context.slip as SlipRequest }),
        onDone: [
          { guard: ({ event }) => event.output.kind === 'printed', target: 'printed', actions: assign(({ event }) => ({ weakProof: event.output.kind === 'printed' && event.output.weakProof })) },
          { target: 'printTrouble', actions: assign(({ event }) => (event.output.kind === 'trouble' ? { printTrouble: event.output.trouble } : {})) },
        ],
        onError: { actions: 'fail' },
      },
    },
    printed: { ...wayOn, on: { continue: 'waiting' } },
    printTrouble: { ...wayOn, on: { continue: 'waiting' } },
  },
  on: { finish: { target: '#session.farewell', actions: 'forgetUndecided' } },
});
