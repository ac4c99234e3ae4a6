/**
 * What the session machine is made of: what it knows (its context), what happens to it (its events), what it asks of the rest of the agent, and
 * the conditions and actions that its states name. The states are in `session-machine.ts`.
 */
import { assign, forwardTo, fromPromise, setup } from 'xstate';
import type { Press } from '../../contract/kiosk.ts';
import type { LinkNotDone } from '../../contract/link-screens.ts';
import type { SurveyDeed } from '../../contract/survey.ts';
import type { TroubleName } from '../../contract/trouble.ts';
import type { OperationId } from '../../contract/ids.ts';
import type { Refusal } from '../../contract/refusal.ts';
import type { Activity } from '../../contract/scheme-rules.ts';
import type { Movement, Scheme } from '../../contract/value.ts';
import type { PinEntry } from '../../hardware/card/mynumber/pin-entry.ts';
import type { ReaderStatus } from '../../hardware/reader/card-reader.ts';
import type { LoadRefusalShown, LoadValueResult } from '../services/load-value.ts';
import type { BeginLinkResult, LinkProof, LinkWish, SendLinkResult } from '../services/link-resident.ts';
import type { EntryMade, NotOpened } from '../services/read-my-number-card.ts';
import type { MoveResult } from '../services/move-value.ts';
import type { PointsOffer } from '../services/points-offered.ts';
import type { PointsSlip } from '../printing/points-slip.ts';
import type { PaperOwed } from '../services/paper-owed.ts';
import type { PrintSlipResult } from '../services/print-slip.ts';
import type { MadeRequest, MakeRequestResult } from '../services/make-request.ts';
import type { Holder, Offer, PresentCard, ShowBalanceResult } from '../services/show-balance.ts';
import type { LoadedAll } from '../services/load-all.ts';
import type { NoSale, SetsOnSale } from '../services/sets-on-sale.ts';
import type { SignIn } from '../staff/sign-in.ts';
import { cardWouldTell, isComplete, type Asking, type beginAsking } from './asking.ts';
import { beginBuying, type Bought, type Buying, type PurchaseServices, type SaleReceived, type SaleRecorded, type StaffLook } from './buying.ts';
import type { CardAtKiosk } from './card-sources.ts';
import type { PointsAsked } from './points-asked.ts';
import { myNumberMachine, type MyNumberServices, type Opened } from './my-number-machine.ts';
import { SESSION_TIMINGS } from './timings.ts';
import type { Decision, Undecided } from './undecided.ts';

export type NotUsableReason = Extract<ShowBalanceResult, { kind: 'not-usable' }>['why'] | 'several' | 'foreign-code' | 'damaged-code';
export type SessionEnd = 'finished' | 'card-left' | 'timed-out' | 'trouble';

/** What the machine asks of the rest of the agent. */
export interface SessionServices extends MyNumberServices, PurchaseServices {
  showBalance(presence: PresentCard): Promise<ShowBalanceResult>;
  /** The holder with what may be received by now. */
  renewOffers(holder: Holder): Holder;
  loadValue(holder: Holder, offer: Offer): Promise<LoadValueResult>;
  /** Everything that may be received, one after the other. */
  loadAll(holder: Holder): Promise<LoadedAll>;
  /** What can be done with what the holder has, and what not and why. */
  pointsOffered(holder: Holder): readonly PointsOffer[];
  newOperation(): OperationId;
  movePoints(holder: Holder, asked: PointsAsked): Promise<PointsResult>;
  /** What nobody knows of yet on the holder's card; null when there is nothing of that sort. */
  undecidedOf(holder: Holder): Undecided | null;
  decisionOf(undecided: Undecided | null, holder: Holder): Decision | null;
  /** Tickets that have left the card and are not in the holder's hands as paper; null when there are none. */
  paperOwedTo(holder: Holder): PaperOwed | null;
  /** Their holder is told what became of them. */
  paperTold(owed: PaperOwed): void;
  printSlip(slip: SlipRequest): Promise<PrintSlipResult>;
  /** What somebody can ask for here, and what is known of them. */
  offeredProcedures(holder: Holder | null): Parameters<typeof beginAsking>;
  makeRequest(asking: Asking): Promise<MakeRequestResult>;
  withdrawRequest(request: MadeRequest): void;
  /** Asks the town, once while the card lies there, whether it could be linked with a My Number card. */
  lookForLink(holder: Holder): void;
  /** Whether the holder's card can be linked with a My Number card now, as the town said a moment ago. */
  canLink(holder: Holder): boolean;
  beginLink(holder: Holder): Promise<BeginLinkResult>;
  /** Has the card that lies there sign the wish, after its PIN. */
  proveLink(presence: Extract<PresentCard, { kind: 'present' }>, made: EntryMade, wish: LinkWish): Promise<Opened<LinkProof> | NotOpened>;
  sendLink(wish: LinkWish, proof: LinkProof): Promise<SendLinkResult>;
  sessionEnded(how: SessionEnd, startedAt: number): void;
  /** Whether this is a moment at which people may be asked how it was. */
  maySurvey(): boolean;
  /** Somebody touched the n-th face, from the happiest on, after things of these kinds were done. */
  answerSurvey(index: number, did: readonly SurveyDeed[]): void;
  /** The code of this generation is not needed any more. */
  letGoOfCode(generation: number): void;
  callStaff(): void;
  /** A service threw: the ledger is gone or the program is at fault. Somebody above takes over. */
  failed(error: unknown): void;
  monotonic(): number;
}

/** What somebody is about to link; the proof is a personal thing and goes with the session. */
interface Linking {
  readonly wish: LinkWish | null;
  readonly proof: LinkProof | null;
  readonly why: LinkNotDone;
}

interface Loaded {
  readonly offer: Offer;
  /** Of the offer's scheme, after it. */
  readonly balance: number;
  readonly movement: Movement;
}

export type PointsResult = { readonly kind: 'done'; readonly said: PointsSlip } | { readonly kind: 'paper'; readonly owed: PaperOwed } | Exclude<MoveResult, { kind: 'moved' }>;

export type SlipRequest =
  | { readonly kind: 'balance'; readonly holder: Holder }
  | { readonly kind: 'load'; readonly holder: Holder; readonly scheme: Scheme; readonly movement: Movement; readonly balance: number }
  | { readonly kind: 'points'; readonly holder: Pick<Holder, 'accountId'>; readonly said: PointsSlip }
  | { readonly kind: 'incident'; readonly holder: Pick<Holder, 'accountId'>; readonly undecided: Undecided }
  | { readonly kind: 'tickets'; readonly owed: PaperOwed }
  | { readonly kind: 'request'; readonly request: MadeRequest };

export const ticketsOf = (owed: PaperOwed | null): SlipRequest | null => owed && { kind: 'tickets', owed };

export interface SessionContext {
  readonly services: SessionServices;
  readonly status: ReaderStatus;
  readonly presence: CardAtKiosk;
  /** The turn of the card this session belongs to (`turnOf`); empty between sessions. */
  readonly turn: string;
  readonly startedAt: number | null;
  readonly holder: Holder | null;
  /** The last load of this session. */
  readonly loaded: Loaded | null;
  /** Which of the offers is being received, from 0. */
  readonly chosenOffer: number;
  /** What came of receiving everything at once. */
  readonly loadedAll: LoadedAll | null;
  /** What the holder can buy. */
  readonly sales: readonly SetsOnSale[];
  readonly noSales: readonly NoSale[];
  readonly buying: Buying | null;
  /** The sets that were bought, or came of money that waited. */
  readonly bought: Bought | null;
  /** More that came in the same reading, to be told after it. */
  readonly boughtNext: readonly Bought[];
  readonly asking: Asking | null;
  readonly linking: Linking | null;
  /** What can be done with what the holder has. */
  readonly points: readonly PointsOffer[];
  /** What of it was chosen, and where to it is given. */
  readonly option: PointsOffer | null;
  readonly activity: Activity | null;
  readonly asked: PointsAsked | null;
  /** What became of points in this session. */
  readonly pointsMoved: PointsSlip | null;
  readonly notDone: Refusal;
  /** Outlives its session until the card is back, or nobody waits any more. */
  readonly undecided: Undecided | null;
  readonly decision: Decision | null;
  readonly slip: SlipRequest | null;
  /** The slip that is being printed, as a picture; null until it is drawn. */
  readonly preview: string | null;
  readonly weakProof: boolean;
  /** Which kinds of things were done, each once; null when something went wrong: then nobody is asked how it was. */
  readonly did: readonly SurveyDeed[] | null;
  readonly printTrouble: TroubleName;
  readonly refusal: LoadRefusalShown;
  readonly notUsable: NotUsableReason;
  readonly movedDuring: 'reading' | 'choosing' | 'writing' | 'moving';
  readonly trouble: TroubleName;
  readonly interrupted: boolean;
}

/** What a finger chose, named by its choice; how the screens look is nothing to the session. */
type PressEvent =
  | (Exclude<Press, { choice: 'settings' | 'pin' }> extends infer P ? (P extends { choice: infer C } ? { readonly type: C } & Omit<P, 'choice'> : never) : never)
  /** Digits, in the only form in which the agent has them (event-of-press.ts). */
  | { readonly type: 'pin'; readonly entry: PinEntry };

export type SessionEvent =
  | { readonly type: 'reader'; readonly status: ReaderStatus; readonly presence: CardAtKiosk }
  | { readonly type: 'unusable-code'; readonly why: 'foreign' | 'damaged' }
  /** The slip that is being printed was drawn. */
  | { readonly type: 'slip-drawn'; readonly svg: string }
  /** The printer can do what it could not, or the other way round. */
  | { readonly type: 'printer-changed' }
  /** Something came from the town. */
  | { readonly type: 'town-said' }
  | PressEvent;

/** The trouble a reader status means; null when it can serve or is only starting. */
export function troubleOfReader(status: ReaderStatus): TroubleName | null {
  switch (status.kind) {
    case 'ready':
    case 'starting':
      return null;
    case 'service-down':
      return 'reader-service-down';
    case 'absent':
      return 'reader-absent';
    case 'faulty':
      return 'reader-faulty';
  }
}

/** Tells one card's stay from every other; empty when there is no card to serve. */
export function turnOf(presence: CardAtKiosk): string {
  return presence.kind === 'present' || presence.kind === 'shown' ? `${presence.kind} ${presence.generation}` : '';
}

export const NOBODY = { turn: '', startedAt: null, holder: null, loaded: null, chosenOffer: 0, loadedAll: null, sales: [], noSales: [], buying: null, bought: null, boughtNext: [], asking: null, linking: null, points: [], option: null, activity: null, asked: null, pointsMoved: null, undecided: null, decision: null, slip: null, preview: null, weakProof: false, did: [] } as const;

export const sessionParts = setup({
  types: {
    context: {} as SessionContext,
    events: {} as SessionEvent,
    input: {} as { services: SessionServices; status: ReaderStatus; presence: CardAtKiosk },
  },
  actors: {
    showBalance: fromPromise<ShowBalanceResult, { services: SessionServices; presence: PresentCard }>(({ input }) =>
      input.services.showBalance(input.presence),
    ),
    loadValue: fromPromise<LoadValueResult, { services: SessionServices; holder: Holder; offer: Offer }>(({ input }) =>
      input.services.loadValue(input.holder, input.offer),
    ),
    loadAll: fromPromise<LoadedAll, { services: SessionServices; holder: Holder }>(({ input }) => input.services.loadAll(input.holder)),
    lookAtStaff: fromPromise<StaffLook, { services: SessionServices; presence: PresentCard; serving: Holder }>(({ input }) => input.services.lookAtStaff(input.presence, input.serving)),
    signInStaff: fromPromise<SignIn, { services: SessionServices; staff: Holder; serving: Holder; entry: PinEntry }>(({ input }) =>
      input.services.signInStaff(input.staff, input.serving, input.entry),
    ),
    recordSale: fromPromise<SaleRecorded, { services: SessionServices; buyer: Holder; buying: Buying }>(({ input }) => input.services.recordSale(input.buyer, input.buying)),
    receiveSale: fromPromise<SaleReceived, { services: SessionServices; presence: PresentCard | null; buyer: Holder; sale: Movement }>(({ input }) =>
      input.services.receiveSale(input.presence, input.buyer, input.sale),
    ),
    makeRequest: fromPromise<MakeRequestResult, { services: SessionServices; asking: Asking | null }>(async ({ input }) =>
      input.asking ? input.services.makeRequest(input.asking) : { kind: 'not-ready' },
    ),
    movePoints: fromPromise<PointsResult, { services: SessionServices; holder: Holder; asked: PointsAsked }>(({ input }) =>
      input.services.movePoints(input.holder, input.asked),
    ),
    beginLink: fromPromise<BeginLinkResult, { services: SessionServices; holder: Holder }>(({ input }) => input.services.beginLink(input.holder)),
    sendLink: fromPromise<SendLinkResult, { services: SessionServices; wish: LinkWish; proof: LinkProof }>(({ input }) => input.services.sendLink(input.wish, input.proof)),
    printSlip: fromPromise<PrintSlipResult, { services: SessionServices; slip: SlipRequest }>(({ input }) =>
      input.services.printSlip(input.slip),
    ),
    myNumber: myNumberMachine,
  },
  guards: {
    readerServes: ({ context }) => context.status.kind === 'ready',
    readerStarting: ({ context }) => context.status.kind === 'starting',
    /** Only while the reader is needed: a code that was shown needs none. */
    readerLost: ({ context }) => context.status.kind !== 'ready' && context.presence.kind !== 'shown',
    codeShown: ({ context }) => context.presence.kind === 'shown',
    cardPresent: ({ context }) => turnOf(context.presence) !== '',
    cardGone: ({ context }) => turnOf(context.presence) === '' || turnOf(context.presence) !== context.turn,
    sameCard: ({ context }) => turnOf(context.presence) !== '' && turnOf(context.presence) === context.turn,
    otherCard: ({ context }) => turnOf(context.presence) !== '' && turnOf(context.presence) !== context.turn,
    noCard: ({ context }) => context.presence.kind === 'none',
    severalCards: ({ context }) => context.presence.kind === 'several',
    movedTooEarly: ({ context }) => context.presence.kind === 'unreadable' && context.presence.why === 'moved-too-early',
    muteCard: ({ context }) => context.presence.kind === 'unreadable' && context.presence.why === 'mute',
    hasOffer: ({ context }) => context.holder?.offers[context.chosenOffer] !== undefined,
    severalOffers: ({ context }) => (context.holder?.offers.length ?? 0) > 1,
    oneSale: ({ context }) => context.sales.length === 1,
    hasNoSale: ({ context }) => context.noSales.length > 0,
    hasSale: ({ context }) => context.sales.length > 0,
    everythingAnswered: ({ context }) => context.asking !== null && isComplete(context.asking),
    cardWouldTell: ({ context }) => context.asking !== null && context.status.kind === 'ready' && cardWouldTell(context.asking),
    noProcedure: ({ context }) => (context.asking?.draft ?? null) === null,
    printedRequest: ({ context }) => context.slip?.kind === 'request',
    canAsk: ({ context }) => context.services.offeredProcedures(context.holder)[1].length > 0,
    canLink: ({ context }) => context.holder !== null && context.presence.kind === 'present' && context.services.canLink(context.holder),
    maySurvey: ({ context }) => context.did !== null && context.did.length > 0 && context.services.maySurvey(),
    isUndecided: ({ context }) => context.undecided !== null,
  },
  actions: {
    begin: assign(({ context }) => ({
      ...NOBODY,
      undecided: context.undecided,
      turn: turnOf(context.presence),
      startedAt: context.services.monotonic(),
    })),
    /** Tells how long it was (never who), and forgets the person; who finished may be asked how it was. */
    end: assign(({ context }, params: { how: SessionEnd }) => {
      if (context.startedAt !== null) context.services.sessionEnded(params.how, context.startedAt);
      return { ...NOBODY, turn: context.turn, did: params.how === 'finished' ? context.did : [] };
    }),
    did: assign(({ context: { did } }, params: { what: SurveyDeed }) => ({ did: did === null || did.includes(params.what) ? did : [...did, params.what] })),
    wentWrong: assign({ did: null }),
    paperTold: ({ context: { slip, services } }) => {
      if (slip?.kind === 'tickets') services.paperTold(slip.owed);
    },
    notLinked: assign((_, { why }: { why: LinkNotDone }) => ({ linking: { wish: null, proof: null, why } })),
    /** Nobody needs it any more. */
    forgetProof: assign(({ context: { linking } }) => ({ linking: linking && { ...linking, wish: null, proof: null } })),
    /** Whoever's card lies there now may take it: no session of theirs begins by it. */
    stayWithCard: assign(({ context }) => ({ turn: turnOf(context.presence) })),
    /** The n-th of what is on sale is wanted. */
    wantSale: assign(({ context }, { index }: { index: number }) => {
      const offer = context.sales[index];
      return offer ? { buying: beginBuying(offer, context.services.newOperation()) } : {};
    }),
    lookForLink: ({ context: { holder, presence, services } }) => {
      if (holder && presence.kind === 'present') services.lookForLink(holder);
    },
    lookAtSales: assign(({ context }) => (context.holder ? context.services.setsOnSale(context.holder) : { sales: [], noSales: [] })),
    answerSurvey: ({ context, event }) => {
      if (event.type === 'pick' && context.did) context.services.answerSurvey(event.index, context.did);
    },
    forgetDeeds: assign({ did: [] }),
    /** As `end`, but what nobody knows yet is kept until the card is back. */
    pause: assign(({ context }, params: { how: SessionEnd }) => {
      if (context.startedAt !== null) context.services.sessionEnded(params.how, context.startedAt);
      return { ...NOBODY, turn: context.turn, undecided: context.undecided };
    }),
    forgetUndecided: assign({ undecided: null, slip: null, preview: null }),
    rememberTrouble: assign(({ context }, params: { interrupted: boolean }) => ({
      trouble: troubleOfReader(context.status) ?? 'reader-faulty',
      interrupted: params.interrupted,
    })),
    forgetTrouble: assign({ interrupted: false }),
    moved: assign((_, params: { during: SessionContext['movedDuring'] }) => ({ movedDuring: params.during })),
    refuseCard: assign((_, params: { why: NotUsableReason }) => ({ notUsable: params.why })),
    refuseCode: assign(({ event }) => (event.type === 'unusable-code' ? { notUsable: `${event.why}-code` as const } : {})),
    /** A code does not go away by itself: whoever is done with it says so. Never lets go of the next person's. */
    letGoOfCode: assign(({ context }) => {
      if (context.presence.kind !== 'shown' || turnOf(context.presence) !== context.turn) return {};
      context.services.letGoOfCode(context.presence.generation);
      return { presence: { kind: 'none' as const } };
    }),
    renewOffers: assign(({ context }) => (context.holder ? { holder: context.services.renewOffers(context.holder) } : {})),
    withdraw: assign(({ context }) => {
      if (context.asking?.request) context.services.withdrawRequest(context.asking.request);
      return context.asking ? { asking: { ...context.asking, made: context.asking.made - 1 } } : {};
    }),
    lookAtPoints: assign(({ context }) => ({ points: context.holder ? context.services.pointsOffered(context.holder) : [] })),
    /** What is open on the card is kept beyond the session: the card will tell. */
    keepUndecided: assign(({ context }) => ({ undecided: context.holder ? context.services.undecidedOf(context.holder) : null })),
    hearReader: assign(({ event }) => (event.type === 'reader' ? { status: event.status, presence: event.presence } : {})),
    /** Only in a state that runs the My Number card's part (my-number-part.ts). */
    tellMyNumber: forwardTo('my-number'),
    callStaff: ({ context }) => context.services.callStaff(),
    fail: ({ context, event }) => context.services.failed('error' in event ? event.error : event),
  },
  delays: SESSION_TIMINGS,
});
