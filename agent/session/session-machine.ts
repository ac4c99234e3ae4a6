/**
 * One person at the counter, from the card on the reader, or the code before the scanner, to the wipe. The renderer draws this machine's
 * state, one screen a state (`screen-of-session.ts`).
 *
 * Rules that hold everywhere:
 * - What the reader says now decides, never what was remembered: after any trouble the card is read again.
 * - A result belongs to the card (its turn) it was asked for; leaving a state drops the answers still under way for it.
 * - What needs no card (a slip, the last word) is not ended by a card taken away or a reader unplugged.
 * - At the end of a session everything about the person leaves the context.
 */
import { and, assign, not } from 'xstate';
import type { PresentCard, ShowBalanceResult } from '../services/show-balance.ts';
import { askingStates } from './asking-states.ts';
import { linkStates } from './link-states.ts';
import { boughtInTurn } from './buying.ts';
import { movingState, writingAllState, writingState } from './card-states.ts';
import { canPoints, pointsStates } from './points-states.ts';
import { buyingStates, purchaseStates } from './purchase-states.ts';
import { NOBODY, sessionParts, ticketsOf, troubleOfReader, type SessionContext, type SlipRequest } from './session-parts.ts';
import { surveyState } from './survey-state.ts';
import { tellBought, toldStates } from './told-states.ts';
import { undecidedStates } from './undecided-states.ts';

/** Somebody says that they are done: they may be asked how it was, and then the farewell follows. */
const FINISHED = [
  { guard: 'maySurvey', target: '#session.survey', actions: { type: 'end', params: { how: 'finished' } } },
  { target: '#session.farewell', actions: { type: 'end', params: { how: 'finished' } } },
] as const;

/** What was paid for before and came in this reading. */
const boughtBefore = ({ services }: SessionContext, { holder, came = [] }: Extract<ShowBalanceResult, { kind: 'holder' }>) => boughtInTurn(came, (load) => services.boughtOf(load, holder));

/** Tickets that left the card and are not in their holder's hands as paper: the kiosk prints them by itself, once. */
const paperOwed = ({ services }: SessionContext, { holder }: Extract<ShowBalanceResult, { kind: 'holder' }>, begun: boolean) => {
  const owed = services.paperOwedTo(holder);
  return owed && (owed.print !== 'due') === begun ? owed : null;
};

export const sessionMachine = sessionParts.createMachine({
  id: 'session',
  context: ({ input }) => ({
    ...NOBODY,
    ...input,
    printTrouble: 'printer-silent',
    refusal: 'already-taken',
    notDone: 'not-offered',
    notUsable: 'unknown',
    movedDuring: 'reading',
    trouble: 'reader-faulty',
    interrupted: false,
  }),
  initial: 'idle',
  on: {
    reader: { actions: assign(({ event }) => ({ status: event.status, presence: event.presence })) },
    'call-staff': { actions: 'callStaff' },
  },
  states: {
    /** Nobody is served. Decides from what is there now alone. */
    idle: {
      always: [
        { guard: 'codeShown', target: 'session' },
        { guard: 'readerStarting', target: 'starting' },
        { guard: 'readerLost', target: 'outOfService', actions: { type: 'rememberTrouble', params: { interrupted: false } } },
        { guard: 'cardPresent', target: 'session' },
        { guard: 'severalCards', target: 'notUsable', actions: { type: 'refuseCard', params: { why: 'several' } } },
        { guard: 'muteCard', target: 'notUsable', actions: { type: 'refuseCard', params: { why: 'unreadable' } } },
        { guard: 'movedTooEarly', target: 'cardMoved', actions: { type: 'moved', params: { during: 'reading' } } },
      ],
      on: {
        'unusable-code': { target: 'notUsable.told', actions: 'refuseCode' },
        procedures: { guard: 'canAsk', target: 'session.asking' },
      },
    },

    starting: { always: { guard: ({ context }) => context.status.kind !== 'starting' || context.presence.kind === 'shown', target: 'idle' } },

    outOfService: {
      // Who holds a code is served without a reader.
      always: [{ guard: 'readerServes', target: 'idle' }, { guard: 'codeShown', target: 'session' }],
      exit: 'forgetTrouble',
      on: {
        reader: {
          actions: [
            assign(({ event }) => ({ status: event.status, presence: event.presence })),
            assign(({ context }) => ({ trouble: troubleOfReader(context.status) ?? context.trouble })),
          ],
        },
      },
    },

    session: {
      initial: 'reading',
      entry: 'begin',
      states: {
        /** States in which the card must stay where it is. */
        reading: {
          invoke: {
            src: 'showBalance',
            input: ({ context }) => ({ services: context.services, presence: context.presence as PresentCard }),
            onDone: [
              {
                guard: ({ context, event }) => event.output.kind === 'holder' && paperOwed(context, event.output, false) !== null,
                target: 'printing',
                actions: assign(({ context, event }) => (event.output.kind === 'holder' ? { holder: event.output.holder, slip: ticketsOf(paperOwed(context, event.output, false)), undecided: null } : {})),
              },
              {
                guard: ({ context, event }) => event.output.kind === 'holder' && paperOwed(context, event.output, true) !== null,
                target: 'told.printTrouble',
                actions: [
                  assign(({ context, event }) => (event.output.kind === 'holder' ? { holder: event.output.holder, slip: ticketsOf(paperOwed(context, event.output, true)), undecided: null } : {})),
                  'paperTold',
                  'wentWrong',
                ],
              },
              {
                guard: ({ context, event }) => event.output.kind === 'holder' && context.services.decisionOf(context.undecided, event.output.holder) !== null,
                target: 'told.decided',
                actions: assign(({ context, event }) =>
                  event.output.kind === 'holder' ? { holder: event.output.holder, decision: context.services.decisionOf(context.undecided, event.output.holder), undecided: null } : {},
                ),
              },
              {
                // What was paid for and waited has come by itself.
                guard: ({ context, event }) => event.output.kind === 'holder' && boughtBefore(context, event.output).length > 0,
                target: 'told.bought',
                actions: [
                  assign(({ context, event }) => (event.output.kind === 'holder' ? { holder: event.output.holder, ...tellBought(boughtBefore(context, event.output)), undecided: null } : {})),
                  { type: 'did', params: { what: 'purchase' } },
                ],
              },
              {
                guard: ({ event }) => event.output.kind === 'holder',
                target: 'choosing',
                actions: [assign(({ event }) => (event.output.kind === 'holder' ? { holder: event.output.holder, undecided: null } : {})), 'lookAtPoints', 'lookAtSales'],
              },
              {
                guard: ({ event }) => event.output.kind === 'not-usable',
                target: '#session.notUsable',
                actions: [
                  assign(({ event }) => (event.output.kind === 'not-usable' ? { notUsable: event.output.why } : {})),
                  { type: 'end', params: { how: 'finished' } },
                ],
              },
              { guard: 'isUndecided', target: '#session.undecided', actions: { type: 'pause', params: { how: 'card-left' } } },
              {
                // The reader's own report follows; until it does, ask for the card again rather than guess.
                target: '#session.cardMoved',
                actions: [{ type: 'moved', params: { during: 'reading' } }, { type: 'end', params: { how: 'card-left' } }],
              },
            ],
            onError: { actions: 'fail' },
          },
          always: [
            { guard: and(['isUndecided', 'cardGone']), target: '#session.undecided', actions: { type: 'pause', params: { how: 'card-left' } } },
            { guard: 'readerLost', target: '#session.outOfService', actions: [{ type: 'rememberTrouble', params: { interrupted: true } }, { type: 'end', params: { how: 'trouble' } }] },
            { guard: 'severalCards', target: '#session.notUsable', actions: [{ type: 'refuseCard', params: { why: 'several' } }, { type: 'end', params: { how: 'card-left' } }] },
            { guard: 'cardGone', target: '#session.cardMoved', actions: [{ type: 'moved', params: { during: 'reading' } }, { type: 'end', params: { how: 'card-left' } }] },
          ],
        },

        /** A choice is to be made with the card on the reader. */
        choosing: {
          initial: 'balance',
          always: [
            { guard: 'readerLost', target: '#session.outOfService', actions: [{ type: 'rememberTrouble', params: { interrupted: true } }, { type: 'end', params: { how: 'trouble' } }] },
            { guard: 'severalCards', target: '#session.notUsable', actions: [{ type: 'refuseCard', params: { why: 'several' } }, { type: 'end', params: { how: 'card-left' } }] },
            { guard: 'cardGone', target: '#session.cardMoved', actions: [{ type: 'moved', params: { during: 'choosing' } }, { type: 'end', params: { how: 'card-left' } }] },
          ],
          states: {
            balance: {
              id: 'balance',
              entry: assign({ chosenOffer: 0 }),
              after: { untilAsked: '#session.stillThere' },
              on: {
                'town-said': { actions: ['renewOffers', 'lookAtPoints', 'lookAtSales'] },
                receive: [
                  { guard: 'severalOffers', target: 'offers' },
                  { guard: 'hasOffer', target: 'confirming' },
                ],
                buy: [
                  { guard: 'oneSale', target: 'buying', actions: { type: 'wantSale', params: { index: 0 } } },
                  { guard: 'hasSale', target: 'offers' },
                ],
                'receive-or-buy': { guard: 'hasSale', target: 'offers' },
                more: 'menu',
                print: {
                  target: '#printing',
                  actions: assign(({ context }) => ({ slip: context.holder ? { kind: 'balance' as const, holder: context.holder } : null })),
                },
              },
            },
            menu: {
              entry: 'lookForLink',
              after: { untilAsked: '#session.stillThere' },
              on: { points: { guard: canPoints, target: 'points', actions: 'lookAtPoints' }, procedures: { guard: 'canAsk', target: '#asking' }, history: 'history', 'no-sale': { guard: 'hasNoSale', target: 'noSale' }, link: { guard: 'canLink', target: 'linkAbout' }, back: 'balance' },
            },
            noSale: { always: { guard: not('hasNoSale'), target: 'balance' }, after: { untilAsked: '#session.stillThere' }, on: { back: 'menu' } },
            linkAbout: { after: { untilAsked: '#session.stillThere' }, on: { confirm: '#link', decline: 'balance', back: 'menu' } },
            history: { after: { untilAsked: '#session.stillThere' }, on: { back: 'menu' } },
            offers: {
              after: { untilAsked: '#session.stillThere' },
              on: {
                pick: [
                  {
                    guard: ({ context, event }) => context.holder?.offers[event.index] !== undefined,
                    target: 'confirming',
                    actions: assign(({ event }) => ({ chosenOffer: event.index })),
                  },
                  {
                    // They stand behind the offers.
                    guard: ({ context, event }) => context.sales[event.index - (context.holder?.offers.length ?? 0)] !== undefined,
                    target: 'buying',
                    actions: { type: 'wantSale', params: ({ context, event }) => ({ index: event.index - (context.holder?.offers.length ?? 0) }) },
                  },
                ],
                'receive-all': { guard: ({ context }) => (context.holder?.offers.length ?? 0) > 1, target: 'confirmingAll' },
                back: 'balance',
              },
            },
            confirmingAll: {
              after: { untilAsked: '#session.stillThere' },
              on: { confirm: '#writingAll', decline: 'balance', back: 'offers' },
            },
            buying: buyingStates,
            confirming: {
              after: { untilAsked: '#session.stillThere' },
              on: { confirm: { guard: 'hasOffer', target: '#writing' }, decline: 'balance', back: 'balance' },
            },
            points: pointsStates,
          },
        },

        writing: writingState,
        writingAll: writingAllState,
        moving: movingState,
        purchase: purchaseStates,

        told: toldStates,

        asking: askingStates,

        linking: linkStates,

        printing: {
          id: 'printing',
          entry: assign({ preview: null }),
          on: { 'slip-drawn': { actions: assign(({ event }) => ({ preview: event.svg })) } },
          invoke: {
            src: 'printSlip',
            input: ({ context }) => ({ services: context.services, slip: context.slip as SlipRequest }),
            onDone: [
              {
                guard: ({ event }) => event.output.kind === 'printed',
                target: 'told.printed',
                actions: [assign(({ event }) => ({ weakProof: event.output.kind === 'printed' && event.output.weakProof })), { type: 'did', params: { what: 'slip' } }],
              },
              {
                target: 'told.printTrouble',
                actions: [assign(({ event }) => (event.output.kind === 'trouble' ? { printTrouble: event.output.trouble } : {})), 'wentWrong'],
              },
            ],
            onError: { actions: 'fail' },
          },
        },
      },
      on: { finish: FINISHED },
    },

    stillThere: {
      always: [
        { guard: 'readerLost', target: 'outOfService', actions: [{ type: 'rememberTrouble', params: { interrupted: true } }, { type: 'end', params: { how: 'trouble' } }] },
        { guard: 'cardGone', target: 'farewell', actions: { type: 'end', params: { how: 'card-left' } } },
      ],
      after: { untilEnded: { target: 'farewell', actions: { type: 'end', params: { how: 'timed-out' } } } },
      on: {
        // The card still lies there: it is read again rather than trusted to be the same as a minute ago.
        continue: { target: 'session', actions: { type: 'end', params: { how: 'finished' } } },
        finish: FINISHED,
      },
    },

    undecided: undecidedStates,

    cardMoved: {
      always: [
        { guard: 'readerLost', target: 'outOfService', actions: { type: 'rememberTrouble', params: { interrupted: true } } },
        { guard: 'otherCard', target: 'session' },
        { guard: 'severalCards', target: 'notUsable', actions: { type: 'refuseCard', params: { why: 'several' } } },
        { guard: 'muteCard', target: 'notUsable', actions: { type: 'refuseCard', params: { why: 'unreadable' } } },
      ],
      after: { untilCardReturns: 'farewell' },
      on: { finish: 'farewell' },
    },

    notUsable: {
      initial: 'lying',
      states: {
        lying: {
          always: { guard: 'noCard', target: 'lifted' },
          // Nothing lies there that could be taken.
          after: { untilCodeForgotten: { guard: 'codeShown', target: '#session.idle', actions: 'letGoOfCode' } },
        },
        /** The sentence stays a little, so that it can be read to its end. */
        lifted: { after: { afterUnusableCardTaken: '#session.idle' } },
        /** It was no card at all. Whatever is laid down now is looked at afresh. */
        told: { always: { guard: ({ context }) => context.presence.kind !== 'none', target: '#session.idle' }, after: { untilCodeForgotten: '#session.idle' } },
      },
      always: [
        { guard: 'readerLost', target: 'idle' },
        { guard: 'otherCard', target: 'session' },
        { guard: ({ context }) => context.presence.kind === 'several' && context.notUsable !== 'several', actions: { type: 'refuseCard', params: { why: 'several' } } },
      ],
      on: { finish: 'farewell', 'unusable-code': { target: '.told', actions: 'refuseCode' } },
    },

    survey: surveyState,

    farewell: {
      initial: 'deciding',
      entry: ['letGoOfCode', 'forgetDeeds'],
      states: {
        deciding: { always: [{ guard: 'noCard', target: 'empty' }, { target: 'lying' }] },
        lying: { always: { guard: 'noCard', target: 'empty' } },
        empty: { after: { farewell: '#session.idle' } },
      },
      always: [
        { guard: 'readerLost', target: 'idle' },
        { guard: 'otherCard', target: 'session' },
      ],
      on: { 'unusable-code': { target: 'notUsable.told', actions: 'refuseCode' } },
    },
  },
});
