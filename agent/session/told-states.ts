/** The states that need no card any more: the person is being told something, or a slip has come or not. */
import { assign } from 'xstate';
import type { Bought } from './buying.ts';
import { sessionParts } from './session-parts.ts';

/** The next of what came is told. */
export const tellBought = ([bought, ...boughtNext]: readonly Bought[]) => ({ bought: bought ?? null, boughtNext });

export const toldStates = sessionParts.createStateConfig({
  id: 'told',
  initial: 'loaded',
  states: {
    loaded: {
      on: {
        print: {
          target: '#printing',
          actions: assign(({ context }) => ({
            slip: context.holder && context.loaded ? { kind: 'load' as const, holder: context.holder, scheme: context.loaded.offer.scheme, movement: context.loaded.movement, balance: context.loaded.balance } : null,
          })),
        },
      },
    },
    /** What they have by now is printed: of several things at once one slip. */
    loadedAll: {
      on: { print: { target: '#printing', actions: assign(({ context }) => ({ slip: context.holder ? { kind: 'balance' as const, holder: context.holder } : null })) } },
    },
    bought: {
      on: {
        continue: { guard: ({ context }) => context.boughtNext.length > 0, target: 'bought', reenter: true, actions: assign(({ context }) => tellBought(context.boughtNext)) },
        print: {
          target: '#printing',
          actions: assign(({ context }) => ({ slip: context.holder && context.bought ? { kind: 'load' as const, holder: context.holder, ...context.bought } : null })),
        },
      },
    },
    refused: {},
    moved: {
      on: {
        print: {
          target: '#printing',
          actions: assign(({ context }) => ({
            slip: context.holder && context.pointsMoved ? { kind: 'points' as const, holder: context.holder, said: context.pointsMoved } : null,
          })),
        },
      },
    },
    notDone: {},
    decided: {},
    printed: { on: { withdraw: { guard: 'printedRequest', target: '#asking.withdrawing' } } },
    printTrouble: { on: { withdraw: { guard: 'printedRequest', target: '#asking.withdrawing' } } },
    last: { type: 'history' },
  },
  always: { guard: 'otherCard', target: '#session.session', reenter: true, actions: { type: 'end', params: { how: 'finished' } } },
  after: {
    untilAsked: [
      { guard: 'cardGone', target: '#session.farewell', actions: { type: 'end', params: { how: 'card-left' } } },
      { target: '#session.stillThere' },
    ],
  },
  on: {
    continue: [
      { guard: 'printedRequest', target: '#asking.working' },
      { guard: 'readerLost', target: '#session.farewell', actions: { type: 'end', params: { how: 'finished' } } },
      { guard: 'sameCard', target: 'reading' },
      { target: '#session.farewell', actions: { type: 'end', params: { how: 'finished' } } },
    ],
  },
});
