/** One snapshot for every screen and every variant of it: what the gallery shows and the tests look at. Plausible, invented data. */
import type { KioskSnapshot, NoticeView, OfferView, PocketView, Screen } from '../../contract/kiosk.ts';
import type { LocalDate, Moment } from '../../contract/time.ts';
import { TROUBLES, type TroubleName } from '../../contract/trouble.ts';
import { USUAL_SETTINGS } from '../../contract/usual-settings.ts';

export interface Fixture {
  readonly name: string;
  readonly snapshot: KioskSnapshot;
}

const day = (written: string) => written as LocalDate;
const moment = (written: string) => written as Moment;

const NOTICES: NoticeView[] = [
  { title: '今日のごみ', text: '燃やせるごみ' },
  { title: 'お知らせ', text: 'スマホ教室　27日（金）10時\n公民館　どなたでも' },
];

const VOUCHER: PocketView = { name: 'プレミアム商品券', unit: 'yen', amount: 8_500, lastDay: day('2026-12-31'), daysLeft: 40 };
const POINTS: PocketView = { name: '地域ポイント', unit: 'point', amount: 320, lastDay: day('2027-03-31'), daysLeft: 130 };
const TAXI: PocketView = { name: 'タクシー券', unit: 'ticket', amount: 4, lastDay: day('2027-03-31'), daysLeft: 130 };
const SIX: PocketView[] = [
  { name: '出産祝い券', unit: 'yen', amount: 30_000, lastDay: day('2026-11-21'), daysLeft: 0 },
  VOUCHER,
  { name: '物価高騰くらし応援券', unit: 'yen', amount: 125_000, lastDay: day('2027-02-28'), daysLeft: 99 },
  POINTS,
  TAXI,
  { name: '健康ポイント', unit: 'point', amount: 1_240, lastDay: day('2028-03-31'), daysLeft: 496 },
];
const OFFER: OfferView = { name: '物価高騰くらし応援券', unit: 'yen', amount: 5_000, takeBy: day('2026-12-25') };
const OFFER_POINTS: OfferView = { name: '健康づくりポイント', unit: 'point', amount: 500, takeBy: day('2027-03-31') };
const OFFER_TICKETS: OfferView = { name: 'タクシー利用券', unit: 'ticket', amount: 12, takeBy: day('2027-03-31') };

const balance = (changes: Partial<Extract<Screen, { name: 'balance' }>> = {}): Screen => ({
  name: 'balance',
  pockets: [VOUCHER, POINTS, TAXI],
  offers: [],
  confirmedAt: moment('2026-11-21T01:04:58.000Z'),
  online: true,
  ...changes,
});

let revision = 0;
function fixture(name: string, screen: Screen, changes: Partial<KioskSnapshot> = {}): Fixture {
  revision += 1;
  return {
    name,
    snapshot: {
      revision,
      screenId: revision,
      screen,
      now: moment('2026-11-21T01:05:00.000Z'),
      town: '苫前町',
      site: '役場',
      printer: 'ready',
      paperEndsSoon: false,
      notices: [],
      staffCall: null,
      settings: USUAL_SETTINGS,
      display: { ppi: 102.6, readerSide: 'below' },
      simulated: false,
      ...changes,
    },
  };
}

const start: Screen = { name: 'start', codes: 'none' };
const CONFIRM: Screen = {
  name: 'confirm-load',
  offer: OFFER,
  before: 8_500,
  after: 13_500,
  lastDay: day('2027-02-28'),
  usableAt: '町内の加盟店29店',
};
const PRINT_TROUBLES = [
  'printer-paper-out', 'printer-cover-open', 'printer-silent', 'printer-absent', 'printer-faulty', 'printer-cutter', 'printer-overheated', 'printer-unrecoverable',
  'printer-garbled', 'printer-no-proof', 'printer-power-cycled', 'printer-line-lost', 'printer-stopped-at-end', 'slip-character', 'slip-layout', 'unexpected',
] as const;
const REFUSALS = ['already-taken', 'too-early', 'too-late', 'not-held-here', 'too-much'] as const;
const NOT_USABLE = ['unknown', 'payment', 'my-number', 'stopped', 'suspect', 'several', 'unreadable'] as const;
const CODE_NOT_USABLE = ['unknown', 'stopped', 'foreign-code', 'damaged-code'] as const;
const called = { staffCall: { number: 3 } };

export const FIXTURES: readonly Fixture[] = [
  fixture('starting', { name: 'starting' }),
  fixture('start', start, { notices: NOTICES }),
  fixture('start-no-notices', start),
  fixture('start-three-notices', start, { notices: [...NOTICES, { title: '役場の窓口', text: '23日（月）はお休みです' }] }),
  fixture('start-paper-out', start, { notices: NOTICES, printer: 'paper-out' }),
  fixture('start-paper-ends-soon', start, { notices: NOTICES, paperEndsSoon: true }),
  fixture('start-codes-away-paper-ends-soon', { name: 'start', codes: 'away' }, { notices: NOTICES, paperEndsSoon: true }),
  fixture('start-simulated', start, { notices: NOTICES, simulated: true }),
  fixture('start-reader-left', start, { notices: NOTICES, display: { ppi: 102.6, readerSide: 'left' } }),
  fixture('start-reader-right', start, { notices: NOTICES, display: { ppi: 102.6, readerSide: 'right' } }),
  fixture('start-codes', { name: 'start', codes: 'ready' }, { notices: NOTICES }),
  fixture('start-codes-away-paper-out', { name: 'start', codes: 'away' }, { notices: NOTICES, printer: 'paper-out' }),
  fixture('start-staff-called', start, { notices: NOTICES, ...called }),
  fixture('reading', { name: 'reading', card: 'placed' }),
  fixture('reading-code', { name: 'reading', card: 'shown' }),
  fixture('reading-reader-left', { name: 'reading', card: 'placed' }, { display: { ppi: 102.6, readerSide: 'left' } }),
  fixture('balance-three', balance()),
  fixture('balance-one-offer', balance({ offers: [OFFER] })),
  fixture('balance-two-offers', balance({ offers: [OFFER, OFFER_POINTS] })),
  fixture('balance-one', balance({ pockets: [VOUCHER], offers: [OFFER] })),
  fixture('balance-empty', balance({ pockets: [] })),
  fixture('balance-empty-offer', balance({ pockets: [], offers: [OFFER] })),
  fixture('balance-six', balance({ pockets: SIX, offers: [OFFER] })),
  fixture('balance-six-two-offers', balance({ pockets: SIX, offers: [OFFER, OFFER_POINTS] })),
  fixture('balance-offline', balance({ offers: [OFFER], online: false, confirmedAt: moment('2026-11-20T06:12:00.000Z') })),
  fixture('balance-unconfirmed', balance({ online: false, confirmedAt: null })),
  fixture('balance-paper-out', balance({ offers: [OFFER] }), { printer: 'paper-out' }),
  ...(['cutter', 'overheated', 'unrecoverable', 'garbled'] as const).map((printer) => fixture(`balance-printer-${printer}`, balance({ offers: [OFFER] }), { printer })),
  fixture('balance-printer-preparing', balance(), { printer: 'preparing' }),
  fixture('balance-long', balance({ pockets: [{ ...VOUCHER, name: '苫前町生活支援プレミアム付地域振興商品券第2弾', amount: 1_250_000 }] })),
  fixture('balance-staff-called', balance({ offers: [OFFER] }), called),
  fixture('confirm-load', CONFIRM),
  fixture('confirm-load-points', { ...CONFIRM, offer: OFFER_POINTS, before: 0, after: 500 }),
  fixture('confirm-load-tickets', { ...CONFIRM, offer: OFFER_TICKETS, before: 4, after: 16, usableAt: '町内を走るタクシー2社と、苫前・古丹別の2つの営業所' }),
  fixture('confirm-load-large', { ...CONFIRM, before: 120_000, after: 125_000 }),
  fixture('writing', { name: 'writing', card: 'placed' }),
  fixture('writing-code', { name: 'writing', card: 'shown' }),
  fixture('writing-staff-called', { name: 'writing', card: 'placed' }, called),
  fixture('loaded', { name: 'loaded', offer: OFFER, balance: 13_500, lastDay: day('2027-02-28') }),
  fixture('loaded-paper-out', { name: 'loaded', offer: OFFER_TICKETS, balance: 16, lastDay: day('2027-03-31') }, { printer: 'paper-out' }),
  fixture('printing-balance', { name: 'printing', slip: 'balance' }),
  fixture('printing-load', { name: 'printing', slip: 'load' }),
  fixture('printed-balance', { name: 'printed', slip: 'balance' }),
  fixture('printed-load', { name: 'printed', slip: 'load' }),
  ...PRINT_TROUBLES.map((trouble) => fixture(`print-trouble-${trouble}`, { name: 'print-trouble', slip: 'load', trouble, number: TROUBLES[trouble].number })),
  fixture('print-trouble-balance', { name: 'print-trouble', slip: 'balance', trouble: 'printer-paper-out', number: 303 }),
  ...REFUSALS.map((why) => fixture(`load-refused-${why}`, { name: 'load-refused', why })),
  fixture('card-moved-reading', { name: 'card-moved', during: 'reading' }),
  fixture('card-moved-choosing', { name: 'card-moved', during: 'choosing' }),
  fixture('card-moved-writing', { name: 'card-moved', during: 'writing' }),
  ...NOT_USABLE.map((why) => fixture(`card-not-usable-${why}`, { name: 'card-not-usable', why, card: 'placed' })),
  ...CODE_NOT_USABLE.map((why) => fixture(`code-not-usable-${why}`, { name: 'card-not-usable', why, card: 'shown' })),
  fixture('farewell-card', { name: 'farewell', cardOnReader: true }),
  fixture('farewell-card-reader-right', { name: 'farewell', cardOnReader: true }, { display: { ppi: 102.6, readerSide: 'right' } }),
  fixture('farewell', { name: 'farewell', cardOnReader: false }),
  fixture('still-there', { name: 'still-there', secondsLeft: 20 }),
  ...(Object.keys(TROUBLES) as TroubleName[]).map((trouble) =>
    fixture(`out-of-service-${trouble}`, { name: 'out-of-service', trouble, number: TROUBLES[trouble].number, interrupted: false }),
  ),
  fixture('out-of-service-interrupted', { name: 'out-of-service', trouble: 'reader-absent', number: 202, interrupted: true }, called),
];

/** The screens most people see; looked at on every glass. */
export const MAIN_FIXTURES: readonly string[] = [
  'start',
  'start-codes',
  'start-paper-ends-soon',
  'start-codes-away-paper-out',
  'reading',
  'balance-one-offer',
  'balance-two-offers',
  'balance-six',
  'confirm-load',
  'writing',
  'loaded',
  'printing-load',
  'printed-load',
  'print-trouble-printer-paper-out',
  'card-moved-writing',
  'card-not-usable-payment',
  'card-not-usable-stopped',
  'code-not-usable-stopped',
  'code-not-usable-foreign-code',
  'farewell-card',
  'still-there',
  'out-of-service-reader-absent',
  'out-of-service-interrupted',
];

export function fixtureNamed(name: string): KioskSnapshot {
  const found = FIXTURES.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`There is no fixture named ${name}.`);
  return found.snapshot;
}
