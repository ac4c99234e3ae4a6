/**
 * Sets are bought for cash. The buyer says how many while their card lies there (`buyingStates`); then it makes room for the card of somebody of the
 * staff, who signs in, counts the cash and says so (`purchaseStates`). Until that moment nothing is written down; from it on the money is the buyer's
 * claim, and nothing that happens here can lose it: the sets come with the next reading of the buyer's card, now or at a later visit.
 */
import { and, assertEvent, assign, not } from 'xstate';
import { isByCode, type Buying, type Recorded } from './buying.ts';
import { sessionParts, turnOf, type SessionContext } from './session-parts.ts';
import type { Holder, PresentCard } from '../services/show-balance.ts';

interface Known {
  readonly context: SessionContext;
}

const change = (changed: Partial<Buying> | ((known: Known) => Partial<Buying>)) =>
  sessionParts.assign(({ context }) => (context.buying ? { buying: { ...context.buying, ...(typeof changed === 'function' ? changed({ context }) : changed) } } : {}));
const looking = change(({ context }) => ({ looked: turnOf(context.presence), fault: null }));

const onReader = ({ context: { status, presence } }: Known): boolean => status.kind === 'ready' && presence.kind === 'present';
/** A card that has not been looked at yet. */
const freshCard = (known: Known): boolean => onReader(known) && turnOf(known.context.presence) !== known.context.buying?.looked && turnOf(known.context.presence) !== known.context.turn;
/** The one that was looked at last lies there. */
const lookedCard = (known: Known): boolean => onReader(known) && turnOf(known.context.presence) === known.context.buying?.looked;
const byCode = ({ context }: Known): boolean => isByCode(context.holder);
const nothingThere = ({ context }: Known): boolean => context.presence.kind === 'none' || context.presence.kind === 'shown';

const buyer = ({ holder }: SessionContext) => holder as Holder;
const buying = (context: SessionContext) => context.buying as Buying;
const recorded = (context: SessionContext) => buying(context).recorded as Recorded;

/** Whose card lies there now may be taken; no session of theirs begins by it. */
const OVER = { target: '#session.farewell', actions: ['stayWithCard', { type: 'end', params: { how: 'finished' } }] } as const;
const ASKED = { untilAskedWhileEntering: '#purchase.stillThere' } as const;

/** Within `choosing`: the buyer's card lies there. */
export const buyingStates = sessionParts.createStateConfig({
  initial: 'howMany',
  states: {
    howMany: {
      always: { guard: ({ context }) => context.buying !== null && context.buying.offer.most === 1 && context.buying.sets === 0, target: 'confirm', actions: change({ sets: 1 }) },
      after: { untilAsked: '#session.stillThere' },
      on: {
        pick: {
          guard: ({ context, event }) => context.buying !== null && event.index < context.buying.offer.most,
          target: 'confirm',
          actions: assign(({ context, event }) => (context.buying ? { buying: { ...context.buying, sets: event.index + 1 } } : {})),
        },
        back: '#balance',
      },
    },
    confirm: {
      after: { untilAsked: '#session.stillThere' },
      on: {
        confirm: { target: '#purchase', actions: 'callStaff' },
        decline: '#balance',
        back: [{ guard: ({ context }) => (context.buying?.offer.most ?? 1) > 1, target: 'howMany' }, { target: '#balance' }],
      },
    },
  },
});

export const purchaseStates = sessionParts.createStateConfig({
  id: 'purchase',
  initial: 'calling',
  states: {
    /** Staff come, the buyer takes their card, and staff lay theirs down. */
    calling: {
      always: { guard: freshCard, target: 'looking' },
      after: ASKED,
      on: { finish: 'stopped' },
    },
    looking: {
      entry: looking,
      invoke: {
        src: 'lookAtStaff',
        input: ({ context }) => ({ services: context.services, presence: context.presence as PresentCard, serving: buyer(context) }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'staff',
            target: 'pin',
            actions: [
              assign(({ context, event }) =>
                context.buying && event.output.kind === 'staff' ? { buying: { ...context.buying, staff: { holder: event.output.holder, tries: event.output.tries, again: false } } } : {},
              ),
              ({ context }) => context.services.staffCame(),
            ],
          },
          {
            target: 'calling',
            actions: assign(({ context, event }) => (context.buying && event.output.kind !== 'staff' ? { buying: { ...context.buying, fault: event.output.kind } } : {})),
          },
        ],
        onError: { actions: 'fail' },
      },
    },
    pin: {
      always: { guard: not(lookedCard), target: 'calling', actions: change({ staff: null }) },
      after: ASKED,
      on: { pin: 'signingIn', finish: 'stopped' },
    },
    /** The try is counted whatever becomes of the card; its answer is awaited. */
    signingIn: {
      invoke: {
        src: 'signInStaff',
        input: ({ context, event }) => {
          assertEvent(event, 'pin');
          return { services: context.services, staff: buying(context).staff?.holder as Holder, serving: buyer(context), entry: event.entry };
        },
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'signed-in',
            target: 'counting',
            actions: assign(({ context, event }) => (context.buying && event.output.kind === 'signed-in' ? { buying: { ...context.buying, agreed: event.output.staffId } } : {})),
          },
          {
            guard: ({ event }) => event.output.kind === 'wrong-pin',
            target: 'pin',
            actions: assign(({ context, event }) =>
              context.buying?.staff && event.output.kind === 'wrong-pin' ? { buying: { ...context.buying, staff: { ...context.buying.staff, tries: event.output.triesLeft, again: true } } } : {},
            ),
          },
          {
            target: 'calling',
            actions: assign(({ context, event }) => {
              const { kind } = event.output;
              return context.buying && kind !== 'signed-in' && kind !== 'wrong-pin' ? { buying: { ...context.buying, staff: null, fault: kind } } : {};
            }),
          },
        ],
        onError: { actions: 'fail' },
      },
    },
    /** Who signed in stays here with their card until they have said what they counted. */
    counting: {
      always: { guard: not(lookedCard), target: 'calling', actions: change({ staff: null, agreed: null }) },
      after: ASKED,
      on: { confirm: 'recording', decline: 'stopped' },
    },
    recording: {
      invoke: {
        src: 'recordSale',
        input: ({ context }) => ({ services: context.services, buyer: buyer(context), buying: buying(context) }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'recorded',
            target: 'putCard',
            actions: assign(({ context, event }) =>
              context.buying && event.output.kind === 'recorded' ? { buying: { ...context.buying, staff: null, fault: null, recorded: { sale: event.output.sale, number: event.output.number } } } : {},
            ),
          },
          {
            target: 'stopped',
            actions: [assign(({ context, event }) => (context.buying && event.output.kind === 'refused' ? { buying: { ...context.buying, refused: event.output.rule } } : {})), 'wentWrong'],
          },
        ],
        onError: { actions: 'fail' },
      },
    },
    /** The staff's card goes, the buyer's comes back. Whose code was shown has nothing to lay down. */
    putCard: {
      always: [
        { guard: and([byCode, nothingThere]), target: 'receiving' },
        { guard: and([freshCard, not(byCode)]), target: 'receiving', actions: looking },
      ],
      after: { untilUndecidedEnds: 'waits' },
      on: { finish: 'waits' },
    },
    receiving: {
      invoke: {
        src: 'receiveSale',
        input: ({ context }) => ({ services: context.services, presence: byCode({ context }) ? null : (context.presence as PresentCard), buyer: buyer(context), sale: recorded(context).sale }),
        onDone: [
          {
            guard: ({ event }) => event.output.kind === 'received',
            target: '#told.bought',
            actions: [
              assign(({ context, event }) => (event.output.kind === 'received' ? { holder: event.output.holder, bought: event.output.bought, turn: turnOf(context.presence), buying: null } : {})),
              { type: 'did', params: { what: 'purchase' } },
            ],
          },
          { guard: ({ event }) => event.output.kind === 'waits', target: 'waits' },
          {
            target: 'putCard',
            actions: assign(({ context, event }) =>
              context.buying && (event.output.kind === 'other-card' || event.output.kind === 'moved') ? { buying: { ...context.buying, fault: event.output.kind } } : {},
            ),
          },
        ],
        onError: { actions: 'fail' },
      },
    },
    /** Not now. It comes when the buyer's card is read next, here and now as well. */
    waits: {
      entry: ['wentWrong', looking],
      always: { guard: and([freshCard, not(byCode)]), target: 'receiving', actions: looking },
      after: { untilUndecidedEnds: OVER },
      on: { finish: OVER },
    },
    /** Nothing was bought, and that is said. */
    stopped: {
      always: { guard: ({ context }) => freshCard({ context }), target: '#session.session', reenter: true, actions: { type: 'end', params: { how: 'finished' } } },
      after: { untilAsked: OVER },
      on: { continue: [{ guard: 'sameCard', target: '#session.session.reading' }, OVER], finish: OVER },
    },
    stillThere: {
      after: { untilEnded: { target: '#session.farewell', actions: ['stayWithCard', { type: 'end', params: { how: 'timed-out' } }] } },
      on: { continue: 'before', finish: 'stopped' },
    },
    before: { type: 'history' },
  },
});
