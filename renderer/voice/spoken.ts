/**
 * What is said of each screen: its sentence, what is true on it, the choices it offers, and last the bottom bar. Of a trouble: that the
 * money is safe, what happened, what to do, the number. What a person types is never part of a screen's content, and never said.
 */
import type { KioskSnapshot, NoticeView, Screen, ScreenName } from '../../contract/kiosk.ts';
import { cardMovedWords } from '../kiosk/screens/card-moved-words.ts';
import { doneWords, printTroubleWords } from '../kiosk/screens/print-trouble-words.ts';
import { amountOf, named, said, worded, type SpokenPart } from './parts.ts';
import { aboutRequest, historyParts, offersParts, proceduresParts, questionParts, reviewParts } from './spoken-asking.ts';
import { POINTS_PARTS } from './spoken-points.ts';
import { PAPER_PARTS } from './spoken-tickets.ts';
import { LINK_PARTS } from './spoken-link.ts';
import { spokenPaper } from './spoken-paper.ts';
import { PURCHASE_PARTS } from './spoken-purchase.ts';
import { MY_NUMBER_PARTS } from './spoken-my-number.ts';
import { printerSays, receiveButtons, spokenChoices, spokenOffer, spokenOffers, spokenPockets, spokenSales } from './spoken-facts.ts';

type Around = Omit<KioskSnapshot, 'screen'>;
type On<N extends ScreenName> = Extract<Screen, { name: N }>;
type Why = On<'card-not-usable'>['why'];

const number = (value: number): SpokenPart[] => [said('trouble.number'), { kind: 'number', number: value }];

/** In the wording of whoever listens, as far as the town wrote it. */
function noticeParts({ ja, easy = ja, en = ja }: NoticeView): SpokenPart[] {
  const words = (part: 'title' | 'text') => worded({ ja: ja[part], easy: easy[part], en: en[part] });
  return [words('title'), ...(ja.text === '' ? [] : [words('text')])];
}

function startParts({ codes, procedures }: On<'start'>, { display, printer, notices, emergencies }: Around): SpokenPart[] {
  return [
    ...emergencies.flatMap((emergency) => [said('emergency.title'), ...noticeParts(emergency)]),
    said('start.title'),
    said(`start.where-${display.readerSide}`),
    ...(codes === 'ready' ? [said('start.codes')] : codes === 'away' ? [said('start.no-codes')] : []),
    ...(printer === 'ready' || printer === 'preparing' ? [] : [said('start.no-paper')]),
    ...notices.flatMap((notice, index) => [...(index === 0 ? [said('voice.notices')] : []), ...noticeParts(notice)]),
    ...spokenChoices(procedures ? ['button.procedures'] : []),
  ];
}

function balanceParts({ pockets, offers, sales, confirmedAt, online }: On<'balance'>, { now, printer }: Around): SpokenPart[] {
  const { choice, why } = printerSays(printer);
  const sure = confirmedAt === null ? [said('balance.unconfirmed')] : online ? [] : [said('balance.as-of', { when: { kind: 'moment', moment: confirmedAt, now } })];
  const nothing = pockets.length > 0 ? [] : [said(offers.length > 0 ? 'balance.none-but-offer' : sales.length > 0 ? 'balance.none-but-sale' : 'balance.none-at-all')];
  return [
    ...spokenPockets(pockets, now),
    ...nothing,
    ...sure,
    ...spokenOffers(offers, now),
    ...spokenSales(sales),
    ...why,
    ...spokenChoices([...receiveButtons(offers, sales), ...choice, 'button.more'], ['button.finish']),
  ];
}

function confirmLoadParts({ offer, before, after, lastDay, usableAt }: On<'confirm-load'>, { now }: Around): SpokenPart[] {
  return [
    said(`load.title-${offer.unit}`),
    ...spokenOffer(offer),
    said('load.free'),
    said('load.before'),
    amountOf(before, offer.unit),
    said('load.after'),
    amountOf(after, offer.unit),
    { kind: 'until', day: lastDay, now },
    named(usableAt, { lead: 'load.usable-at' }),
    ...spokenChoices(['button.decline', 'button.confirm'], ['button.back', 'button.stop']),
  ];
}

function loadedParts({ offer, balance, lastDay }: On<'loaded'>, { now, printer }: Around): SpokenPart[] {
  const { choice, why } = printerSays(printer);
  return [
    said('loaded.title'),
    ...spokenOffer(offer),
    said('loaded.balance'),
    amountOf(balance, offer.unit),
    { kind: 'until', day: lastDay, now },
    ...why,
    ...spokenChoices([...choice, 'button.continue'], ['button.finish']),
  ];
}

function saidOfDone(slip: On<'printing'>['slip']): SpokenPart[] {
  const done = doneWords(slip);
  return done === null ? [] : [said(done)];
}

function printTroubleParts({ slip, trouble, number: value }: On<'print-trouble'>): SpokenPart[] {
  const { title, lead, mayBeThere } = printTroubleWords(trouble);
  return [
    said('safe.money'),
    ...saidOfDone(slip),
    { kind: 'message', key: title },
    ...(lead === undefined ? [] : [{ kind: 'message', key: lead } as const]),
    said(mayBeThere ? 'print-trouble.no-proof-else' : 'staff.please-call'),
    ...number(value),
    ...spokenChoices(slip === 'request' ? ['button.another', 'button.withdraw'] : ['button.continue'], ['button.finish']),
  ];
}

/** What follows the sentence that this card cannot be used. */
function aboutCard(why: Why): SpokenPart[] {
  switch (why) {
    case 'payment':
    case 'my-number':
      return [said('not-usable.not-read'), said('not-usable.town-card')];
    case 'foreign-code':
      return [said('not-usable.not-kept'), said('not-usable.town-code')];
    case 'stopped':
    case 'suspect':
      return [said('safe.money'), said('not-usable.stopped-about'), said('staff.please-call')];
    case 'unknown':
    case 'several':
    case 'unreadable':
      return [said(`not-usable.${why}-about`)];
    case 'damaged-code':
      return [said('not-usable.unreadable-about')];
  }
}

const DOING = { load: 'writing.doing', exchange: 'exchange.doing', give: 'give.doing', paper: 'paper.doing', buy: 'buy.doing' } as const;

/** One entry a screen: a screen without words of its own for the ear does not compile. */
const PARTS_OF: { readonly [N in ScreenName]: (screen: On<N>, around: Around) => SpokenPart[] } = {
  starting: () => [said('starting.title'), said('starting.wait'), ...spokenChoices([])],
  start: startParts,
  reading: ({ card }) => [said('reading.title'), said(card === 'shown' ? 'starting.wait' : 'card.leave')],
  balance: balanceParts,
  'confirm-load': confirmLoadParts,
  writing: ({ card, doing }) => [said(card === 'shown' ? 'starting.wait' : 'writing.title'), said(DOING[doing ?? 'load'])],
  loaded: loadedParts,
  printing: ({ slip }) => [said('printing.title'), said('printing.wait'), ...saidOfDone(slip), ...(slip === 'tickets' ? [said('paper.left-card')] : [])],
  printed: ({ paper, weakProof }, { now }) => [
    said('printed.title'),
    said(`printed.${paper.slip}`),
    ...(weakProof ? [said('printed.weak-proof')] : []),
    said('voice.on-paper'),
    ...spokenPaper(paper, now),
    ...spokenChoices(paper.slip === 'request' ? ['button.another', 'button.withdraw'] : ['button.continue'], ['button.finish']),
  ],
  'print-trouble': printTroubleParts,
  'load-refused': ({ why }) => [
    said('safe.money'),
    said('safe.nothing-changed'),
    said(`refused.${why}`),
    said(`refused.${why}-about`),
    ...spokenChoices(['button.continue'], ['button.finish']),
  ],
  'card-moved': ({ during }) => {
    const { about, end } = cardMovedWords(during);
    return [said('safe.money'), said(about), said('moved.why'), said('moved.title'), ...spokenChoices([], [end])];
  },
  'card-not-usable': ({ why }) => [said(`not-usable.${why}`), ...aboutCard(why), ...spokenChoices([], ['button.finish'])],
  menu: ({ items }) => [said('menu.title'), ...spokenChoices(items.map((item) => `button.${item}` as const), ['button.back', 'button.finish'])],
  history: historyParts,
  offers: (screen, { now }) => offersParts(screen, now),
  procedures: proceduresParts,
  question: questionParts,
  'request-review': reviewParts,
  'request-not-taken': () => [said('safe.nothing-changed'), said('not-taken.title'), said('not-taken.about'), ...spokenChoices([], ['button.back', 'button.finish'])],
  'leave-questions': ({ made }) => [said('leave.title'), said(made > 0 ? 'leave.made' : 'leave.nothing'), ...spokenChoices(['button.continue', 'button.stop'])],
  'card-while-asking': () => [said('card-put.title'), said('card-put.lead'), ...spokenChoices(['button.continue', 'button.read-card'])],
  'withdraw-request': (screen) => [said('withdraw.title'), ...aboutRequest(screen), ...spokenChoices(['button.withdraw', 'button.do-not-withdraw'])],
  'request-withdrawn': (screen) => [said('withdrawn.title'), ...aboutRequest(screen), said('withdraw.slip'), ...spokenChoices(['button.another'], ['button.finish'])],
  ...MY_NUMBER_PARTS,
  ...LINK_PARTS,
  ...PURCHASE_PARTS,
  farewell: ({ cardOnReader }) => [...(cardOnReader ? [said('farewell.take')] : []), said('farewell.thanks')],
  ...POINTS_PARTS,
  ...PAPER_PARTS,
  survey: ({ cardOnReader }) => [
    said('survey.title'),
    said('survey.nobody'),
    ...(cardOnReader ? [said('survey.take-card')] : []),
    ...([5, 4, 3, 2, 1] as const).map((face) => said(`survey.face-${face}`)),
    ...spokenChoices(['button.leave-out'], ['button.finish']),
  ],
  'still-there': ({ secondsLeft }) => [
    said('still-there.title'),
    said('still-there.ends', { seconds: secondsLeft }),
    said('safe.money'),
    ...spokenChoices(['button.continue'], ['button.finish']),
  ],
  'out-of-service': ({ trouble, number: value, interrupted }) => [
    ...(interrupted ? [said('safe.money')] : []),
    said(`trouble.${trouble}`),
    said(trouble === 'agent-unreachable' ? 'service.please-wait' : 'service.heals'),
    said('staff.please-call'),
    ...number(value),
    ...spokenChoices([]),
  ],
};

/** @param around the rest of the snapshot: what the printer can do, the notices, the time, and whether staff are called */
export function spokenOf(screen: Screen, around: Around): SpokenPart[] {
  const partsOf = PARTS_OF[screen.name] as (screen: Screen, around: Around) => SpokenPart[];
  return [...partsOf(screen, around), ...(around.staffCall ? [said('staff.called', { number: around.staffCall.number })] : [])];
}
