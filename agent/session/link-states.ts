/**
 * The part of the session in which somebody links a My Number card with the card they came with. Both use the one reader, so no card that
 * leaves ends anything here; the person's own card, put back, leads on. Until the town has said so, nothing is linked.
 */
import { assign } from 'xstate';
import type { LinkNotDone } from '../../contract/link-screens.ts';
import type { LinkProof, LinkWish } from '../services/link-resident.ts';
import type { Holder } from '../services/show-balance.ts';
import type { MyNumberServices } from './my-number-machine.ts';
import { MY_NUMBER, myNumberInput, TOLD_TO_MY_NUMBER } from './my-number-part.ts';
import { sessionParts, type SessionContext } from './session-parts.ts';

const BEGUN = { wish: null, proof: null, why: 'stopped' } as const;

function servicesFor({ services, linking }: SessionContext): MyNumberServices {
  return {
    lookAtMyNumber: (presence, use) => services.lookAtMyNumber(presence, use),
    openMyNumber: (presence, _use, made) => services.proveLink(presence, made, linking?.wish as LinkWish),
    failed: (error) => services.failed(error),
  };
}

const notDone = (why: LinkNotDone) => ({ target: 'telling.notDone', actions: { type: 'notLinked', params: { why } } }) as const;
/** Whatever card is there then is read like any other. */
const toOwnCard = { target: '#session.session', reenter: true, actions: { type: 'end', params: { how: 'finished' } } } as const;
const timedOut = { target: '#session.farewell', actions: { type: 'end', params: { how: 'timed-out' } } } as const;

/** It is said to its end also to whoever has put their card back already: then they press to go on. */
const untilOwnCard = {
  initial: 'deciding',
  states: {
    deciding: { always: [{ guard: 'cardPresent', target: 'there' }, { target: 'wanted' }] },
    there: { always: { guard: 'noCard', target: 'wanted' }, on: { continue: toOwnCard } },
    wanted: { always: { guard: 'cardPresent', ...toOwnCard } },
  },
} as const;

export const linkStates = sessionParts.createStateConfig({
  id: 'link',
  initial: 'beginning',
  entry: assign({ linking: BEGUN }),
  states: {
    beginning: {
      invoke: {
        src: 'beginLink',
        input: ({ context }) => ({ services: context.services, holder: context.holder as Holder }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'begun',
            target: 'card',
            actions: assign(({ event }) => (event.output.kind === 'begun' ? { linking: { ...BEGUN, wish: event.output.wish } } : {})),
          },
          { target: 'telling.notDone', actions: assign(({ event }) => (event.output.kind === 'not-begun' ? { linking: { ...BEGUN, why: event.output.why } } : {})) },
        ],
        onError: { actions: 'fail' },
      },
    },

    card: {
      invoke: {
        id: MY_NUMBER,
        src: 'myNumber',
        input: ({ context }) => ({ ...myNumberInput('link')({ context }), services: servicesFor(context) }),
        onSnapshot: {},
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'proved',
            target: 'sending',
            actions: assign(({ context, event }) => (context.linking && event.output.kind === 'proved' ? { linking: { ...context.linking, proof: event.output.proof as LinkProof } } : {})),
          },
          { guard: ({ event }) => event.output.kind === 'timed-out', ...timedOut },
          { guard: ({ event }) => event.output.kind === 'finish', target: '#session.farewell', actions: { type: 'end', params: { how: 'finished' } } },
          // The person's own card was never taken: there is nothing to put back.
          { guard: 'sameCard', ...toOwnCard },
          notDone('stopped'),
        ],
        onError: { actions: 'fail' },
      },
      on: TOLD_TO_MY_NUMBER,
    },

    /** Begun again after no answer came: the same wish with the same proof, which needs no card. */
    sending: {
      invoke: {
        src: 'sendLink',
        input: ({ context: { services, linking } }) => ({ services, wish: linking?.wish as LinkWish, proof: linking?.proof as LinkProof }),
        onDone: [
          { guard: ({ event }) => event.output.kind === 'linked', target: 'telling.done', actions: [{ type: 'did', params: { what: 'link' } }, 'forgetProof'] },
          { guard: ({ event }) => event.output.kind === 'not-known', target: 'telling.notKnown', actions: 'wentWrong' },
          { target: 'telling.notDone', actions: [assign(({ event }) => (event.output.kind === 'refused' ? { linking: { ...BEGUN, why: event.output.why } } : {})), 'wentWrong'] },
        ],
        onError: { actions: 'fail' },
      },
    },

    telling: {
      initial: 'notDone',
      after: { untilAsked: 'stillThere' },
      states: {
        done: untilOwnCard,
        notDone: untilOwnCard,
        notKnown: { on: { again: '#link.sending' } },
        before: { type: 'history', history: 'deep' },
      },
    },

    /** Nothing was chosen for a while. */
    stillThere: { after: { untilEnded: timedOut }, on: { continue: 'telling.before' } },
  },
});
