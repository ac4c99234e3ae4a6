/**
 * The My Number card within a session: asks for it, says how often the PIN may be tried, takes digits, does what the card was wanted for, and
 * has it taken away again. A machine of its own, invoked by the session's: what was read lives here and in its output alone. The stored-value
 * card and this one use the same reader, so while it runs no card that leaves ends anything.
 *
 * Rules that hold everywhere:
 * - Every entry is one press of a person and is sent to the card at most once. A card that moved is looked at anew, and digits are asked for anew.
 * - An entry is never kept: it comes with the press, goes to the card, and is zeroed.
 * - Going on without the card is possible wherever the person has to decide.
 */
import { assertEvent, assign, fromPromise, setup } from 'xstate';
import type { PinEntry } from '../../hardware/card/mynumber/pin-entry.ts';
import type { ReaderStatus } from '../../hardware/reader/card-reader.ts';
import type { EntryMade, KnownOfCard, MyNumberLook, MyNumberUse, NotOpened, WaysToOpen, WayToOpen } from '../services/read-my-number-card.ts';
import type { CardAtKiosk } from './card-sources.ts';
import { SESSION_TIMINGS } from './timings.ts';

type Placed = Extract<CardAtKiosk, { kind: 'present' }>;

/** @typeParam Proof what a card wanted for a link leaves behind */
export type Opened<Proof = unknown> = { readonly kind: 'read'; readonly known: KnownOfCard } | { readonly kind: 'proved'; readonly proof: Proof };

/** What came of it. */
export type MyNumberOutcome<Proof = unknown> =
  | Opened<Proof>
  /** The person goes on without it: nothing was read. */
  | { readonly kind: 'without-card' }
  /** Back to what was before. */
  | { readonly kind: 'back' }
  /** The whole session is to end. */
  | { readonly kind: 'finish' }
  | { readonly kind: 'timed-out' };

export interface MyNumberServices {
  lookAtMyNumber(presence: Placed, use: MyNumberUse): Promise<MyNumberLook>;
  openMyNumber(presence: Placed, use: MyNumberUse, made: EntryMade): Promise<Opened | NotOpened>;
  failed(error: unknown): void;
}

export interface MyNumberInput {
  readonly services: MyNumberServices;
  readonly use: MyNumberUse;
  readonly status: ReaderStatus;
  readonly presence: CardAtKiosk;
  /** The generation of the person's other card, if it lies there: it is asked to be taken, and never looked at. */
  readonly own: number | null;
}

interface MyNumberContext extends MyNumberInput {
  /** The card that was last looked at. */
  readonly generation: number | null;
  /** Why the card is wanted once more; `fault` is about the card of `generation` and over when that is gone. */
  readonly again: 'moved' | 'unsure' | null;
  readonly fault: 'other-card' | 'unreadable' | null;
  readonly way: WayToOpen;
  readonly ways: WaysToOpen;
  readonly warned: boolean;
  readonly opened: Opened | null;
  readonly outcome: MyNumberOutcome;
}

export type MyNumberEvent =
  | { readonly type: 'reader'; readonly status: ReaderStatus; readonly presence: CardAtKiosk }
  /** Digits as they were entered, whole. */
  | { readonly type: 'pin'; readonly entry: PinEntry }
  | { readonly type: 'without-card' | 'do-not-know' | 'other-way' | 'again' | 'reveal' | 'continue' | 'back' | 'finish' };

const other = (way: WayToOpen): WayToOpen => (way === 'pin' ? 'printed' : 'pin');
const triesOf = ({ ways, way }: Pick<MyNumberContext, 'ways' | 'way'>) => ways[way] ?? 'blocked';

/** Whether the other way of opening the card is there and not blocked. */
export function hasOtherWay({ ways, way }: Pick<MyNumberContext, 'ways' | 'way'>): boolean {
  return triesOf({ ways, way: other(way) }) !== 'blocked';
}

/** The generation of a single card that lies on a reader that works. */
function generationOf({ status, presence }: Pick<MyNumberContext, 'status' | 'presence'>): number | null {
  return status.kind === 'ready' && presence.kind === 'present' ? presence.generation : null;
}

const leave = (outcome: MyNumberOutcome) => ({ target: '#my-number.serving.leaving', actions: { type: 'settle', params: { outcome } } }) as const;
const untilAsked = { untilAsked: '#my-number.stillThere' } as const;

export const myNumberMachine = setup({
  types: {
    context: {} as MyNumberContext,
    events: {} as MyNumberEvent,
    input: {} as MyNumberInput,
    output: {} as MyNumberOutcome,
  },
  actors: {
    look: fromPromise<MyNumberLook, Pick<MyNumberContext, 'services' | 'use' | 'presence'>>(({ input: { services, use, presence } }) => services.lookAtMyNumber(presence as Placed, use)),
    open: fromPromise<Opened | NotOpened, Pick<MyNumberContext, 'services' | 'use' | 'presence'> & { readonly made: EntryMade }>(({ input: { services, use, presence, made } }) =>
      services.openMyNumber(presence as Placed, use, made),
    ),
  },
  guards: {
    freshCard: ({ context }) => {
      const there = generationOf(context);
      return there !== null && there !== context.own && (there !== context.generation || context.fault === null);
    },
    cardHere: ({ context }) => context.generation !== null && generationOf(context) === context.generation,
    cardGone: ({ context }) => generationOf(context) !== context.generation,
    /** Something lies there that is not the card which the person came with. */
    cardToTake: ({ context }) => context.status.kind === 'ready' && context.presence.kind !== 'none' && context.presence.kind !== 'shown' && generationOf(context) !== context.own,
    blocked: ({ context }) => triesOf(context) === 'blocked',
    lastTry: ({ context }) => triesOf(context) === 1 && !context.warned,
    otherWay: ({ context }) => hasOtherWay(context),
  },
  actions: {
    wanted: assign((_, { again }: { again: MyNumberContext['again'] }) => ({ again, fault: null, warned: false })),
    faulty: assign((_, { fault }: { fault: NonNullable<MyNumberContext['fault']> }) => ({ again: null, fault, warned: false })),
    takeOtherWay: assign(({ context }) => ({ way: other(context.way), warned: false })),
    settle: assign((_, { outcome }: { outcome: MyNumberOutcome }) => ({ outcome })),
    settleOpened: assign(({ context }) => (context.opened ? { outcome: context.opened } : {})),
    discard: ({ event }) => {
      if (event.type === 'pin') event.entry.discard();
    },
    fail: ({ context, event }) => context.services.failed('error' in event ? event.error : event),
  },
  delays: SESSION_TIMINGS,
}).createMachine({
  id: 'my-number',
  context: ({ input }) => ({ ...input, generation: null, again: null, fault: null, way: 'pin', ways: {}, warned: false, opened: null, outcome: { kind: 'without-card' } }),
  output: ({ context }) => context.outcome,
  initial: 'serving',
  on: {
    reader: { actions: assign(({ event }) => ({ status: event.status, presence: event.presence })) },
    // Nothing here waits for digits.
    pin: { actions: 'discard' },
    finish: { target: '.over', actions: { type: 'settle', params: { outcome: { kind: 'finish' } } } },
  },
  states: {
    serving: {
      initial: 'place',
      states: {
        /** The card is wanted. What is said depends on what lies there (my-number-screens.ts). */
        place: {
          always: { guard: 'freshCard', target: 'looking' },
          after: untilAsked,
          on: { 'without-card': leave({ kind: 'without-card' }), back: leave({ kind: 'back' }) },
        },

        looking: {
          entry: assign(({ context }) => ({ generation: generationOf(context), fault: null })),
          invoke: {
            src: 'look',
            input: ({ context }) => context,
            onDone: [
              {
                guard: ({ event }) => event.output.kind === 'my-number',
                target: 'deciding',
                actions: assign(({ context, event }) => {
                  if (event.output.kind !== 'my-number') return {};
                  const { ways } = event.output;
                  return { ways, way: ways[context.way] === undefined ? other(context.way) : context.way };
                }),
              },
              // The card they came with, noticed anew: the reader was plugged in again, or it was put back by mistake.
              { guard: ({ event }) => event.output.kind === 'towns-card', target: 'place', actions: assign(({ context }) => ({ own: context.generation, again: null })) },
              { guard: ({ event }) => event.output.kind === 'other-card', target: 'place', actions: { type: 'faulty', params: { fault: 'other-card' } } },
              { guard: ({ event }) => event.output.kind === 'unreadable', target: 'place', actions: { type: 'faulty', params: { fault: 'unreadable' } } },
              { target: 'away', actions: { type: 'wanted', params: { again: 'moved' } } },
            ],
            onError: { actions: 'fail' },
          },
          always: { guard: 'cardGone', target: 'place', actions: { type: 'wanted', params: { again: 'moved' } } },
        },

        /** The card did not answer any more, and the reader has not said yet that it is gone. It is not asked before it has. */
        away: { always: { guard: 'cardGone', target: 'place' }, after: untilAsked, on: { 'without-card': leave({ kind: 'without-card' }), back: leave({ kind: 'back' }) } },

        deciding: {
          always: [
            { guard: 'blocked', target: 'locked' },
            { guard: 'lastTry', target: 'lastTry' },
            { guard: 'cardHere', target: 'pin' },
            { target: 'place' },
          ],
        },

        pin: {
          always: { guard: 'cardGone', target: 'place', actions: { type: 'wanted', params: { again: 'moved' } } },
          after: { untilAskedWhileEntering: '#my-number.stillThere' },
          on: { pin: 'opening', 'do-not-know': 'unknown' },
        },

        /** One entry goes to the card. Whatever happens meanwhile, its result is awaited: it says what is true. */
        opening: {
          invoke: {
            src: 'open',
            input: ({ context, event }) => {
              assertEvent(event, 'pin');
              return { ...context, made: { way: context.way, entry: event.entry, warnedOfLastTry: context.warned } };
            },
            onDone: [
              {
                guard: ({ event }) => event.output.kind === 'read' || event.output.kind === 'proved',
                target: 'opened',
                actions: assign(({ event }) => (event.output.kind === 'read' || event.output.kind === 'proved' ? { opened: event.output } : {})),
              },
              {
                guard: ({ event }) => event.output.kind === 'wrong',
                target: 'wrong',
                actions: assign(({ context, event }) => (event.output.kind === 'wrong' ? { ways: { ...context.ways, [context.way]: event.output.tries }, warned: false } : {})),
              },
              {
                guard: ({ event }) => event.output.kind === 'locked',
                target: 'locked',
                actions: assign(({ context }) => ({ ways: { ...context.ways, [context.way]: 'blocked' as const }, warned: false })),
              },
              {
                // The card has fewer tries than it had a moment ago.
                guard: ({ event }) => event.output.kind === 'last-try',
                target: 'lastTry',
                actions: assign(({ context }) => ({ ways: { ...context.ways, [context.way]: 1 } })),
              },
              { guard: ({ event }) => event.output.kind === 'other-card', target: 'place', actions: { type: 'faulty', params: { fault: 'other-card' } } },
              { guard: ({ event }) => event.output.kind === 'unreadable', target: 'place', actions: { type: 'faulty', params: { fault: 'unreadable' } } },
              { guard: ({ event }) => event.output.kind === 'unsure', target: 'away', actions: { type: 'wanted', params: { again: 'unsure' } } },
              { target: 'away', actions: { type: 'wanted', params: { again: 'moved' } } },
            ],
            onError: { actions: 'fail' },
          },
        },

        wrong: {
          after: untilAsked,
          on: { again: 'deciding', 'do-not-know': 'unknown' },
        },
        lastTry: {
          after: untilAsked,
          on: { again: { target: 'deciding', actions: assign({ warned: true }) }, 'do-not-know': 'unknown' },
        },
        unknown: {
          after: untilAsked,
          on: {
            'other-way': { guard: 'otherWay', target: 'deciding', actions: 'takeOtherWay' },
            back: 'deciding',
            'without-card': leave({ kind: 'without-card' }),
          },
        },
        locked: {
          after: untilAsked,
          on: { 'other-way': { guard: 'otherWay', target: 'deciding', actions: 'takeOtherWay' }, 'without-card': leave({ kind: 'without-card' }) },
        },

        opened: { entry: 'settleOpened', always: [{ guard: ({ context }) => context.opened?.kind === 'read', target: 'read' }, { target: 'leaving' }] },

        /** Needs no card any more. What was read is behind a mask until its holder lifts it. */
        read: {
          initial: 'masked',
          after: untilAsked,
          states: { masked: { on: { reveal: 'shown' } }, shown: { on: { reveal: 'masked' } } },
          on: { continue: 'leaving' },
        },

        leaving: { always: [{ guard: 'cardToTake', target: 'take' }, { target: '#my-number.over' }] },
        take: {
          always: { guard: ({ context }) => context.presence.kind === 'none' || context.presence.kind === 'shown' || context.status.kind !== 'ready', target: '#my-number.over' },
          after: untilAsked,
        },

        before: { type: 'history' },
      },
    },

    stillThere: {
      after: { untilEnded: { target: 'over', actions: { type: 'settle', params: { outcome: { kind: 'timed-out' } } } } },
      on: { continue: 'serving.before' },
    },

    over: { type: 'final' },
  },
});
