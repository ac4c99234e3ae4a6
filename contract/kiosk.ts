/**
 * Window ⇄ agent. The agent pushes snapshots; the window draws the last one and sends back what was pressed. The window keeps
 * nothing of its own but what is on the glass, so whatever happens to it, the next snapshot puts it right.
 */
import { z } from 'zod';
import { ASKING_SCREENS, RequestTerms } from './asking-screens.ts';
import { LINK_SCREENS } from './link-screens.ts';
import { Answer } from './procedure/answers.ts';
import { PAPER_SCREENS } from './paper-screens.ts';
import { Words } from './procedure/words.ts';
import { PURCHASE_SCREENS, SaleView } from './purchase-screens.ts';
import { NoticeKind } from './notice.ts';
import { Refusal } from './refusal.ts';
import { TroubleNameSchema } from './trouble-name.ts';
import { LocalDate, Moment } from './time.ts';
import { MovementKind, Unit } from './value.ts';


export const PocketView = z.strictObject({
  name: z.string(),
  unit: Unit,
  amount: z.int().min(0),
  lastDay: LocalDate,
  daysLeft: z.int(),
});
export type PocketView = z.infer<typeof PocketView>;

export const OfferView = z.strictObject({
  /** The scheme's name. */
  name: z.string(),
  unit: Unit,
  amount: z.int().min(1),
  /** Until when it may be taken. */
  takeBy: LocalDate,
});
export type OfferView = z.infer<typeof OfferView>;

export const MenuItem = z.enum(['points', 'procedures', 'history', 'no-sale', 'link']);
export type MenuItem = z.infer<typeof MenuItem>;

/** What became more (positive) or less of a scheme's units. */
export const MovementView = z.strictObject({ on: LocalDate, kind: MovementKind, name: z.string(), unit: Unit, change: z.int() });
export type MovementView = z.infer<typeof MovementView>;
/** So much of one scheme. */
const AmountView = z.strictObject({ name: z.string(), unit: Unit, amount: z.int().min(0) });
export type AmountView = z.infer<typeof AmountView>;

/** What there is of one scheme now, and what there will be. */
const BeforeAfterView = z.strictObject({ name: z.string(), unit: Unit, before: z.int().min(0), after: z.int().min(0) });
export type BeforeAfterView = z.infer<typeof BeforeAfterView>;

/** Points were exchanged, or given. */
const Moved = {
  give: z.int().min(1),
  /** What is left of them. */
  from: AmountView,
  /** What came of it, and what there is of that now; null when it was given. */
  to: AmountView.extend({ get: z.int().min(1), lastDay: LocalDate }).nullable(),
  /** To which activity it was given. */
  activity: z.string().nullable(),
};

/** Which part of everything a suggested amount is, where that is a plain word. */
const PartOfAll = z.enum(['all', 'half', 'other']);

/** What moves value besides a grant that is received. */
const Deed = z.enum(['exchange', 'give', 'paper']);
export type Deed = z.infer<typeof Deed>;

/** One thing that can be done with what somebody has of a scheme, or why it cannot be done now. */
export const PointsOptionView = z.strictObject({
  does: Deed,
  from: AmountView,
  /** What it becomes; null when it is given away, or comes out as paper. */
  to: z.string().nullable(),
  /** From how much on it can be done. */
  least: z.int().min(1),
  why: Refusal.nullable(),
});
export type PointsOptionView = z.infer<typeof PointsOptionView>;

/** What the printer can do now, as far as a resident must know. */
export const PrinterReadiness = z.enum(['ready', 'preparing', 'absent', 'silent', 'paper-out', 'cover-open', 'cutter', 'overheated', 'unrecoverable', 'garbled', 'faulty']);
export type PrinterReadiness = z.infer<typeof PrinterReadiness>;

/** Which slip a person is told of. */
const SlipShown = z.enum(['balance', 'load', 'points', 'incident', 'request', 'tickets']);

/** What a slip says, for the ear: whoever cannot read it can have it said. What somebody answered is not among it. */
export const OnPaper = z.discriminatedUnion('slip', [
  z.strictObject({ slip: z.literal('balance'), pockets: z.array(PocketView) }),
  z.strictObject({
    slip: z.literal('load'),
    name: z.string(),
    unit: Unit,
    /** What came: paid for, on top of it as a gift, and without anything being paid. */
    paid: z.int().min(0),
    premium: z.int().min(0),
    free: z.int().min(0),
    /** Of the scheme, after it. */
    balance: z.int().min(0),
    lastDay: LocalDate,
    usableAt: z.string(),
  }),
  z.strictObject({ slip: z.literal('points'), ...Moved }),
  z.strictObject({ slip: z.literal('request'), procedure: Words, number: z.string(), ...RequestTerms }),
  z.strictObject({ slip: z.literal('incident'), number: z.string() }),
]);
export type OnPaper = z.infer<typeof OnPaper>;

/** The slip as it is printed: an SVG; null while it is being drawn. */
const Preview = z.string().max(2_000_000).nullable();

/** Whether the card lies on the reader, or its code was shown and nothing lies there. */
const HowCardIs = z.enum(['placed', 'shown']);

/** How a person likes the screens. They belong to one session; the next person finds the usual ones (`usual-settings.ts`). */
export const Settings = z.strictObject({
  text: z.enum(['usual', 'large']),
  colours: z.enum(['usual', 'contrast']),
  /** The wording: Japanese, easy Japanese, English. */
  form: z.enum(['ja', 'easy', 'en']),
  /** Readings above kanji, in Japanese; easy Japanese always has them. */
  readings: z.boolean(),
  voice: z.enum(['off', 'normal', 'slow']),
  volume: z.union([z.literal(1), z.literal(2), z.literal(3)]),
});
export type Settings = z.infer<typeof Settings>;
/** What a My Number card is wanted for: what stands on it for a form, or once to be linked with a stored-value card. */
const MyNumberUse = z.enum(['attributes', 'link']);
/** How it is opened: by the four digits its holder chose, or by the three numbers printed on it (照合番号B). */
const WayToOpen = z.enum(['pin', 'printed']);
const opening = { use: MyNumberUse, way: WayToOpen, /** The other way can be chosen instead. */ otherWay: z.boolean() };

/** One screen a state. `name` decides which; the rest is what is true on it. */
export const Screen = z.discriminatedUnion('name', [
  /** The kiosk is getting ready (devices starting). */
  z.strictObject({ name: z.literal('starting') }),
  /** Waiting for a card. `codes`: printed cards are not used here (`none`), can be shown now, or cannot because the scanner is away. */
  z.strictObject({ name: z.literal('start'), codes: z.enum(['none', 'ready', 'away']), /** Procedures can be asked for without a card. */ procedures: z.boolean() }),
  /** A card is being looked at. */
  z.strictObject({ name: z.literal('reading'), card: HowCardIs }),
  z.strictObject({
    name: z.literal('balance'),
    pockets: z.array(PocketView),
    offers: z.array(OfferView),
    /** What can be bought here. */
    sales: z.array(SaleView),
    /** When the town's backend last confirmed this, null if never; and whether it can be reached now. */
    confirmedAt: Moment.nullable(),
    online: z.boolean(),
  }),
  /** One offer, before and after. */
  z.strictObject({
    name: z.literal('confirm-load'),
    offer: OfferView,
    before: z.int().min(0),
    after: z.int().min(1),
    /** The last day on which the new value can be used. */
    lastDay: LocalDate,
    usableAt: z.string(),
  }),
  /** `doing` left out: a grant is received. */
  z.strictObject({ name: z.literal('writing'), card: HowCardIs, doing: z.enum([...Deed.options, 'buy']).optional() }),
  /** The value is there; a slip may be printed. */
  z.strictObject({
    name: z.literal('loaded'),
    offer: OfferView,
    balance: z.int().min(1),
    lastDay: LocalDate,
  }),
  z.strictObject({ name: z.literal('printing'), slip: SlipShown, preview: Preview }),
  z.strictObject({ name: z.literal('printed'), paper: OnPaper, preview: Preview, /** The printer could not prove as well as others that all of it came out. */ weakProof: z.boolean() }),
  /** The slip did not come out, or nobody knows. */
  z.strictObject({
    name: z.literal('print-trouble'),
    slip: SlipShown.exclude(['tickets']),
    trouble: TroubleNameSchema,
    number: z.int(),
  }),
  /** A load that was refused by a rule; nothing changed. */
  z.strictObject({
    name: z.literal('load-refused'),
    why: z.enum(['already-taken', 'too-early', 'too-late', 'not-held-here', 'too-much']),
  }),
  /** What can be done with points, and what not and why. */
  z.strictObject({ name: z.literal('points'), options: z.array(PointsOptionView).min(1) }),
  z.strictObject({
    name: z.literal('exchange-amount'),
    from: AmountView,
    to: z.string(),
    unit: Unit,
    amounts: z.array(z.strictObject({ give: z.int().min(1), get: z.int().min(1), part: PartOfAll })).min(1).max(4),
  }),
  z.strictObject({
    name: z.literal('exchange-confirm'),
    give: z.int().min(1),
    get: z.int().min(1),
    from: BeforeAfterView,
    to: BeforeAfterView,
    /** The last day on which the new value can be used. */
    lastDay: LocalDate,
    usableAt: z.string(),
  }),
  z.strictObject({ name: z.literal('give-where'), from: AmountView, activities: z.array(z.string()).min(1) }),
  z.strictObject({
    name: z.literal('give-amount'),
    from: AmountView,
    activity: z.string(),
    amounts: z.array(z.strictObject({ give: z.int().min(1), part: PartOfAll })).min(1).max(4),
  }),
  z.strictObject({ name: z.literal('give-confirm'), give: z.int().min(1), from: BeforeAfterView, activity: z.string() }),
  /** Points became something else, or were given; a slip may be printed. */
  z.strictObject({
    name: z.literal('moved'),
    ...Moved,
  }),
  ...PAPER_SCREENS,
  /** A rule stood against it; nothing changed. */
  z.strictObject({ name: z.literal('not-done'), of: Deed, why: Refusal }),
  /** Nobody knows yet whether it happened; the card will tell. */
  z.strictObject({
    name: z.literal('undecided'),
    what: AmountView,
    /** 「役場1-未7」: what staff find it by. */
    number: z.string(),
    /** Cash that was taken for it, in yen. */
    cash: z.int().min(0),
    /** The card still lies there, and can be read without being put back. */
    cardThere: z.boolean(),
  }),
  /** The card has told what nobody knew. */
  z.strictObject({ name: z.literal('decided'), what: AmountView, happened: z.boolean() }),
  /** The card left before the end; putting it back goes on. `writing`: something goes in; `moving`: points become something else or are given. */
  z.strictObject({ name: z.literal('card-moved'), during: z.enum(['reading', 'choosing', 'writing', 'moving']) }),
  z.strictObject({
    name: z.literal('card-not-usable'),
    why: z.enum(['unknown', 'payment', 'my-number', 'stopped', 'suspect', 'several', 'unreadable', 'foreign-code', 'damaged-code']),
    card: HowCardIs,
  }),
  ...ASKING_SCREENS,
  ...LINK_SCREENS,
  /** What else can be done with the card: one of `items`, each a choice. */
  z.strictObject({ name: z.literal('menu'), items: z.array(MenuItem) }),
  /** The last movements of the account, the newest first. */
  z.strictObject({ name: z.literal('history'), movements: z.array(MovementView) }),
  /** Several things have come, or something is on sale as well: which one it is to be. First the offers, then the sales. */
  z.strictObject({ name: z.literal('offers'), offers: z.array(OfferView), sales: z.array(SaleView) }),
  ...PURCHASE_SCREENS,
  /** How was it? Five faces, the happiest first; asked once, and never when something went wrong. */
  z.strictObject({ name: z.literal('survey'), cardOnReader: z.boolean() }),
  /** A My Number card is wanted; going on without it is always possible. `why`: what lies there now, or why it is wanted once more. */
  z.strictObject({
    name: z.literal('my-number-place'),
    use: MyNumberUse,
    why: z.enum(['asked', 'moved', 'unsure', 'own-card', 'other-card', 'several', 'unreadable', 'reader-lost']),
  }),
  /** The secret is entered, which is known to the window alone until it is sent whole. */
  z.strictObject({ name: z.literal('my-number-pin'), ...opening, tries: z.int().min(1).max(15) }),
  /** 「分からない」 was pressed: what can be done instead. */
  z.strictObject({ name: z.literal('my-number-unknown'), ...opening }),
  z.strictObject({ name: z.literal('my-number-wrong-pin'), ...opening, tries: z.int().min(1).max(15) }),
  /** One try is left. Nothing is entered before the person has said that they wish to use it. */
  z.strictObject({ name: z.literal('my-number-last-try'), ...opening }),
  z.strictObject({ name: z.literal('my-number-locked'), ...opening }),
  /** It was read. What was read is shown only when its holder asks for it. */
  z.strictObject({
    name: z.literal('my-number-read'),
    shown: z.strictObject({ name: z.string(), address: z.string(), birthday: LocalDate.nullable() }).nullable(),
  }),
  /** It is not needed any more and is to be taken. */
  z.strictObject({ name: z.literal('my-number-take') }),
  /** All done; the card may be taken. */
  z.strictObject({ name: z.literal('farewell'), cardOnReader: z.boolean() }),
  /** Nobody pressed anything for a while. */
  z.strictObject({ name: z.literal('still-there'), secondsLeft: z.int().min(0) }),
  /** A device or the program itself cannot serve. Heals by itself when the cause is gone. */
  z.strictObject({
    name: z.literal('out-of-service'),
    trouble: TroubleNameSchema,
    number: z.int(),
    /** True when a person was in the middle of something: the screen then says first that nothing is lost. */
    interrupted: z.boolean(),
  }),
]);
export type Screen = z.infer<typeof Screen>;
export type ScreenName = Screen['name'];

/** What a finger can choose that says everything by itself. */
export const PlainChoice = z.enum([
  'receive', 'print', 'confirm', 'decline', 'back', 'finish', 'continue', 'call-staff',
  // The menu, and what leads on from it.
  'more', 'procedures', 'history',
  'withdraw',
  'points', 'link', 'no-sale',
  // All that has come at once; what is on sale; either of both.
  'receive-all', 'buy', 'receive-or-buy',
  // Nothing is chosen yet, but somebody is there and types.
  'still-here',
  // With a My Number card: go on without it, the digits are not known, open it in the other way, try again, show or hide what was read.
  'without-card', 'do-not-know', 'other-way', 'again', 'reveal',
]);
export type PlainChoice = z.infer<typeof PlainChoice>;

const onScreen = { screenId: z.int().min(1) };
/** A press, and the screen it was made on. The agent ignores a choice that the current screen does not offer. */
export const ChooseInput = z.discriminatedUnion('choice', [
  z.strictObject({ ...onScreen, choice: PlainChoice }),
  /** The n-th thing that the screen offers, from 0. */
  z.strictObject({ ...onScreen, choice: z.literal('pick'), index: z.int().min(0).max(999) }),
  /** The answer to a question that is not picked; null leaves it out. */
  z.strictObject({ ...onScreen, choice: z.literal('answer'), answer: Answer }),
  /** How the person likes the screens from now on. */
  z.strictObject({ ...onScreen, choice: z.literal('settings'), settings: Settings }),
  /** A secret, digit by digit: four, or the fourteen of 照合番号B. Numbers in an array, so that the agent can wipe them. */
  z.strictObject({ ...onScreen, choice: z.literal('pin'), digits: z.array(z.int().min(0).max(9)).min(4).max(14) }),
]);
export type ChooseInput = z.infer<typeof ChooseInput>;
export type Choice = ChooseInput['choice'];

type WithoutScreen<T> = T extends unknown ? Omit<T, 'screenId'> : never;
/** A press without its screen: what a button stands for. */
export type Press = WithoutScreen<ChooseInput>;

/** Which choices each screen offers; `call-staff` and `settings` are on every screen. The one place that says so, for both ends. */
export const CHOICES_OF_SCREEN: Readonly<Record<ScreenName, readonly Choice[]>> = {
  starting: [],
  start: ['procedures'],
  reading: [],
  balance: ['receive', 'buy', 'receive-or-buy', 'print', 'more', 'finish'],
  menu: ['points', 'procedures', 'history', 'no-sale', 'link', 'back', 'finish'],
  history: ['back', 'finish'],
  offers: ['pick', 'receive-all', 'back', 'finish'],
  procedures: ['pick', 'still-here', 'back', 'finish'],
  question: ['pick', 'answer', 'still-here', 'back', 'finish'],
  'request-review': ['confirm', 'still-here', 'back', 'finish'],
  'request-not-taken': ['back', 'finish'],
  'leave-questions': ['continue', 'finish'],
  'card-while-asking': ['continue', 'decline'],
  'withdraw-request': ['confirm', 'back'],
  'request-withdrawn': ['continue', 'finish'],
  'confirm-load': ['confirm', 'decline', 'back', 'finish'],
  writing: [],
  loaded: ['print', 'continue', 'finish'],
  'receive-all': ['confirm', 'decline', 'back', 'finish'],
  'received-all': ['print', 'continue', 'finish'],
  'no-sale': ['back', 'finish'],
  'buy-how-many': ['pick', 'back', 'finish'],
  'buy-confirm': ['confirm', 'decline', 'back', 'finish'],
  'buy-call-staff': ['finish'],
  'staff-pin': ['pin', 'finish'],
  'buy-count-cash': ['confirm', 'decline'],
  'buy-put-card': ['finish'],
  bought: ['print', 'continue', 'finish'],
  'buy-waits': ['finish'],
  'buy-stopped': ['continue', 'finish'],
  printing: [],
  printed: ['continue', 'withdraw', 'finish'],
  'print-trouble': ['continue', 'withdraw', 'finish'],
  'load-refused': ['continue', 'finish'],
  points: ['pick', 'back', 'finish'],
  'exchange-amount': ['pick', 'back', 'finish'],
  'exchange-confirm': ['confirm', 'decline', 'back', 'finish'],
  'give-where': ['pick', 'back', 'finish'],
  'give-amount': ['pick', 'back', 'finish'],
  'give-confirm': ['confirm', 'decline', 'back', 'finish'],
  moved: ['print', 'continue', 'finish'],
  'paper-amount': ['pick', 'back', 'finish'],
  'paper-confirm': ['confirm', 'decline', 'back', 'finish'],
  'paper-out': ['continue', 'finish'],
  'paper-kept': ['continue', 'finish'],
  'not-done': ['continue', 'finish'],
  undecided: ['print', 'continue', 'finish'],
  decided: ['continue', 'finish'],
  'card-moved': ['finish'],
  'card-not-usable': ['finish'],
  survey: ['pick', 'decline', 'finish'],
  'my-number-place': ['without-card', 'back', 'finish'],
  'my-number-pin': ['pin', 'do-not-know', 'finish'],
  'my-number-unknown': ['other-way', 'without-card', 'back', 'finish'],
  'my-number-wrong-pin': ['again', 'do-not-know', 'finish'],
  'my-number-last-try': ['again', 'do-not-know', 'finish'],
  'my-number-locked': ['other-way', 'without-card', 'finish'],
  'my-number-read': ['reveal', 'continue', 'finish'],
  'my-number-take': ['finish'],
  'link-about': ['confirm', 'decline', 'back', 'finish'],
  'link-asking': [],
  'link-done': ['continue', 'finish'],
  'link-not-done': ['continue', 'finish'],
  'link-not-known': ['again', 'finish'],
  farewell: [],
  'still-there': ['continue', 'finish'],
  'out-of-service': [],
};

const NoticeWords = z.strictObject({ title: z.string(), text: z.string() });
/** A notice in the wordings that the town wrote: Japanese always. */
export const NoticeView = z.strictObject({ kind: NoticeKind, ja: NoticeWords, easy: NoticeWords.optional(), en: NoticeWords.optional() });
export type NoticeView = z.infer<typeof NoticeView>;
export const EmergencyView = NoticeView.extend({ id: z.string(), since: Moment.nullable() });
export type EmergencyView = z.infer<typeof EmergencyView>;
/** Of a day; more are never shown. */
export const NOTICES_MAX = 12;
export const EMERGENCIES_MAX = 3;

export const KioskSnapshot = z.strictObject({
  /** Grows with every change; a window never draws an older snapshot over a newer one. Starts anew with the agent. */
  revision: z.int().min(1),
  /** Changes whenever another screen (or the same one for another reason) is shown; a choice names the one it was made on. */
  screenId: z.int().min(1),
  screen: Screen,
  now: Moment,
  town: z.string(),
  site: z.string(),
  printer: PrinterReadiness,
  /** Staff should put in a new roll soon; printing still goes on. */
  paperEndsSoon: z.boolean(),
  /** Today's, on the idle screen. */
  notices: z.array(NoticeView).max(NOTICES_MAX),
  /** Now, on every screen, the newest first. They take the idle screen; whoever is in the middle of something is only told that there are some. */
  emergencies: z.array(EmergencyView).max(EMERGENCIES_MAX),
  staffCall: z.strictObject({ number: z.int().min(1) }).nullable(),
  settings: Settings,
  display: z.strictObject({
    /** Pixels an inch of the glass: turns millimetres into CSS pixels. */
    ppi: z.number().min(50).max(400),
    /** Where the reader stands, seen by the person: decides which way the pictures point. */
    readerSide: z.enum(['left', 'right', 'below']),
    /** The town helps here with the State's procedures by My Number card (手続スポット): its mark is shown. */
    procedureSpot: z.boolean().optional(),
    /** Whoever works with a single switch: the focus goes by itself from button to button, so long on each. */
    scanSeconds: z.number().min(1).max(10).optional(),
  }),
  /** The devices are simulated: said on the screen, so that nobody takes it for the real kiosk. */
  simulated: z.boolean(),
});
export type KioskSnapshot = z.infer<typeof KioskSnapshot>;

/** Cookie that carries the per-start secret, and the path that sets it from the address the shell was given. */
export const WINDOW_COOKIE = 'kazasu_window';
export const ENTER_PATH = '/enter';

/** What the agent tells the shell that started it: by IPC, or without it as one line of JSON on standard output. */
export const AgentReport = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('window'), address: z.string() }),
  z.strictObject({ type: z.literal('trouble'), trouble: TroubleNameSchema, number: z.int(), message: z.string() }),
  z.strictObject({ type: z.literal('serving') }),
]);
export type AgentReport = z.infer<typeof AgentReport>;
