/**
 * The states in which something is done with the card that lies there: a load, all loads, what was asked of points. Each is let run to its end, which
 * says what is true; only then is the person told where the card went. What nobody knows is settled by the card itself (`undecided-states.ts`).
 */
import { assign } from 'xstate';
import { loadRefusalShown } from '../services/load-value.ts';
import type { Holder, Offer } from '../services/show-balance.ts';
import type { PointsAsked } from './points-asked.ts';
import { sessionParts, ticketsOf, type SessionContext } from './session-parts.ts';

/** Something is written down for the holder's card of which nobody knows whether it happened. */
const isOpenOnCard = ({ services, holder }: SessionContext): boolean => holder !== null && services.undecidedOf(holder) !== null;

export const writingState = sessionParts.createStateConfig({
  id: 'writing',
  invoke: {
    src: 'loadValue',
    input: ({ context }) => ({ services: context.services, holder: context.holder as Holder, offer: context.holder?.offers[context.chosenOffer] as Offer }),
    onDone: [
      {
        guard: ({ event }) => event.output.kind === 'loaded',
        target: 'told.loaded',
        actions: [
          assign(({ context, event }) =>
            event.output.kind === 'loaded' && context.holder?.offers[context.chosenOffer]
              ? { loaded: { offer: context.holder.offers[context.chosenOffer] as Offer, balance: event.output.balance, movement: event.output.movement } }
              : {},
          ),
          { type: 'did', params: { what: 'load' } },
        ],
      },
      {
        guard: ({ event }) => event.output.kind === 'refused',
        target: 'told.refused',
        actions: [assign(({ event }) => (event.output.kind === 'refused' ? { refusal: loadRefusalShown(event.output.rule) } : {})), 'wentWrong'],
      },
      {
        guard: ({ event }) => event.output.kind === 'suspect',
        target: '#session.notUsable',
        actions: [{ type: 'refuseCard', params: { why: 'suspect' } }, { type: 'end', params: { how: 'trouble' } }],
      },
      {
        guard: ({ context, event }) => event.output.kind === 'unknown' && isOpenOnCard(context),
        target: '#session.undecided',
        actions: ['keepUndecided', { type: 'pause', params: { how: 'card-left' } }],
      },
      {
        target: '#session.cardMoved',
        actions: [{ type: 'moved', params: { during: 'writing' } }, { type: 'end', params: { how: 'card-left' } }],
      },
    ],
    onError: { actions: 'fail' },
  },
});

export const writingAllState = sessionParts.createStateConfig({
  id: 'writingAll',
  invoke: {
    src: 'loadAll',
    input: ({ context }) => ({ services: context.services, holder: context.holder as Holder }),
    onDone: [
      {
        guard: ({ event }) => event.output.stopped?.kind === 'suspect',
        target: '#session.notUsable',
        actions: [{ type: 'refuseCard', params: { why: 'suspect' } }, { type: 'end', params: { how: 'trouble' } }],
      },
      {
        guard: ({ event }) => event.output.received.length > 0,
        target: 'told.loadedAll',
        actions: [
          assign(({ event }) => ({ loadedAll: event.output, holder: event.output.holder })),
          { type: 'did', params: { what: 'load' } },
          assign(({ context, event }) => (event.output.stopped ? { did: null } : { did: context.did })),
        ],
      },
      {
        guard: ({ event }) => event.output.stopped?.kind === 'refused',
        target: 'told.refused',
        actions: [assign(({ event }) => (event.output.stopped?.kind === 'refused' ? { refusal: loadRefusalShown(event.output.stopped.rule) } : {})), 'wentWrong'],
      },
      {
        guard: ({ context, event }) => event.output.stopped?.kind === 'unknown' && isOpenOnCard(context),
        target: '#session.undecided',
        actions: ['keepUndecided', { type: 'pause', params: { how: 'card-left' } }],
      },
      {
        target: '#session.cardMoved',
        actions: [{ type: 'moved', params: { during: 'writing' } }, { type: 'end', params: { how: 'card-left' } }],
      },
    ],
    onError: { actions: 'fail' },
  },
});

/** What was asked of points is done with the card, like a load. */
export const movingState = sessionParts.createStateConfig({
  id: 'moving',
  invoke: {
    src: 'movePoints',
    input: ({ context }) => ({ services: context.services, holder: context.holder as Holder, asked: context.asked as PointsAsked }),
    onDone: [
      {
        guard: ({ event }) => event.output.kind === 'done',
        target: 'told.moved',
        actions: assign(({ event }) => (event.output.kind === 'done' ? { pointsMoved: event.output.said } : {})),
      },
      {
        // The paper is what they came for: nobody has to ask for it.
        guard: ({ event }) => event.output.kind === 'paper',
        target: 'printing',
        actions: assign(({ event }) => (event.output.kind === 'paper' ? { slip: ticketsOf(event.output.owed) } : {})),
      },
      {
        guard: ({ event }) => event.output.kind === 'refused',
        target: 'told.notDone',
        actions: assign(({ event }) => (event.output.kind === 'refused' ? { notDone: event.output.rule } : {})),
      },
      {
        guard: ({ event }) => event.output.kind === 'suspect',
        target: '#session.notUsable',
        actions: [{ type: 'refuseCard', params: { why: 'suspect' } }, { type: 'end', params: { how: 'trouble' } }],
      },
      {
        guard: ({ context, event }) => event.output.kind === 'unknown' && isOpenOnCard(context),
        target: '#session.undecided',
        actions: ['keepUndecided', { type: 'pause', params: { how: 'card-left' } }],
      },
      {
        target: '#session.cardMoved',
        actions: [{ type: 'moved', params: { during: 'moving' } }, { type: 'end', params: { how: 'card-left' } }],
      },
    ],
    onError: { actions: 'fail' },
  },
});
