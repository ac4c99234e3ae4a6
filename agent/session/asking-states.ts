/**
 * The part of the session in which somebody asks for something: one question a screen, everything looked through once more, then the request
 * and its slip. It needs no card: one that lay there may be taken, and whoever has none begins here. What was answered is lost only when the
 * person says so, or is not there any more.
 */
import { assign } from 'xstate';
import { answerAsked, beginAsking, chooseProcedure, oneBack, pickOption, withCard, withRequest } from './asking.ts';
import { MY_NUMBER, myNumberInput, TOLD_TO_MY_NUMBER } from './my-number-part.ts';
import { sessionParts, turnOf } from './session-parts.ts';

export const askingStates = sessionParts.createStateConfig({
  id: 'asking',
  initial: 'beginning',
  states: {
    beginning: {
      always: {
        target: 'working',
        actions: assign(({ context }) => ({ asking: beginAsking(...context.services.offeredProcedures(context.holder)) })),
      },
    },

    working: {
      initial: 'procedures',
      always: { guard: 'otherCard', target: 'cardPut' },
      after: { untilAsked: 'stillThere' },
      on: { finish: 'leaving', 'still-here': { target: '.where', reenter: true } },
      states: {
        where: { type: 'history' },
        procedures: {
          on: {
            pick: { target: 'chosen', actions: assign(({ context, event }) => ({ asking: context.asking && chooseProcedure(context.asking, event.index) })) },
            back: [
              { guard: 'sameCard', target: '#session.session', reenter: true, actions: { type: 'end', params: { how: 'finished' } } },
              { target: '#session.farewell', actions: { type: 'end', params: { how: 'finished' } } },
            ],
          },
        },
        chosen: { always: [{ guard: 'cardWouldTell', target: '#asking.myNumber' }, { target: 'question' }] },
        question: {
          always: [{ guard: 'everythingAnswered', target: 'review' }, { guard: 'noProcedure', target: 'procedures' }],
          on: {
            pick: { target: 'question', reenter: true, actions: assign(({ context, event }) => ({ asking: context.asking && pickOption(context.asking, event.index) })) },
            answer: { target: 'question', reenter: true, actions: assign(({ context, event }) => ({ asking: context.asking && answerAsked(context.asking, event.answer) })) },
            back: { target: 'question', reenter: true, actions: assign(({ context }) => ({ asking: context.asking && oneBack(context.asking) })) },
          },
        },
        review: {
          on: {
            confirm: '#asking.making',
            back: { target: 'question', actions: assign(({ context }) => ({ asking: context.asking && oneBack(context.asking) })) },
          },
        },
      },
    },

    /** A My Number card can answer some of it, for whoever has one. */
    myNumber: {
      invoke: {
        id: MY_NUMBER,
        src: 'myNumber',
        input: myNumberInput('attributes'),
        onSnapshot: {},
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'read',
            target: 'working.question',
            actions: assign(({ context, event }) => ({ asking: context.asking && event.output.kind === 'read' ? withCard(context.asking, event.output.known) : context.asking })),
          },
          {
            guard: ({ event }) => event.output.kind === 'without-card',
            target: 'working.question',
            actions: assign(({ context }) => ({ asking: context.asking && withCard(context.asking, null) })),
          },
          { guard: ({ event }) => event.output.kind === 'back', target: 'working.procedures', actions: assign(({ context }) => ({ asking: context.asking && oneBack(context.asking) })) },
          { guard: ({ event }) => event.output.kind === 'timed-out', target: '#session.farewell', actions: { type: 'end', params: { how: 'timed-out' } } },
          { target: '#session.farewell', actions: { type: 'end', params: { how: 'finished' } } },
        ],
        onError: { actions: 'fail' },
      },
      on: TOLD_TO_MY_NUMBER,
    },

    /** Nothing was chosen for a while. */
    stillThere: {
      after: { untilEnded: { target: '#session.farewell', actions: { type: 'end', params: { how: 'timed-out' } } } },
      on: { continue: 'working.where', finish: { target: '#session.farewell', actions: { type: 'end', params: { how: 'finished' } } } },
    },

    leaving: {
      after: { untilEnded: { target: '#session.farewell', actions: { type: 'end', params: { how: 'timed-out' } } } },
      on: { continue: 'working.where', finish: { target: '#session.farewell', actions: { type: 'end', params: { how: 'finished' } } } },
    },

    /** It may be the same person's, who took it and put it back, or the next one's: nothing of what was answered is shown. */
    cardPut: {
      always: { guard: 'noCard', target: 'working.where' },
      after: { untilEnded: { target: '#session.session', actions: { type: 'end', params: { how: 'timed-out' } } } },
      on: {
        continue: { target: 'working.where', actions: assign(({ context }) => ({ turn: turnOf(context.presence) })) },
        decline: { target: '#session.session', actions: { type: 'end', params: { how: 'finished' } } },
      },
    },

    making: {
      invoke: {
        src: 'makeRequest',
        input: ({ context }) => ({ services: context.services, asking: context.asking }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'made',
            target: '#printing',
            actions: [
              assign(({ context, event }) =>
                event.output.kind === 'made' && context.asking
                  ? { asking: withRequest(context.asking, event.output.request), slip: { kind: 'request' as const, request: event.output.request } }
                  : {},
              ),
              { type: 'did', params: { what: 'request' } },
            ],
          },
          { target: 'notTaken', actions: 'wentWrong' },
        ],
        onError: { actions: 'fail' },
      },
    },

    notTaken: {
      after: { untilAsked: 'stillThere' },
      on: { back: 'working.where', finish: { target: '#session.farewell', actions: { type: 'end', params: { how: 'finished' } } } },
    },

    /** The request that was just made, taken back before the person goes. */
    withdrawing: {
      after: { untilAsked: 'stillThere' },
      on: {
        confirm: { target: 'withdrawn', actions: 'withdraw' },
        back: '#told.last',
      },
    },
    withdrawn: {
      after: { untilAsked: 'stillThere' },
      on: { continue: 'working.procedures', finish: { target: '#session.farewell', actions: { type: 'end', params: { how: 'finished' } } } },
    },
  },
});
