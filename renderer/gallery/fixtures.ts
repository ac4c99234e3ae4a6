/** One snapshot for every screen and every variant of it: what the gallery shows and the tests look at. Plausible, invented data. */
import type { EmergencyView, KioskSnapshot, NoticeView, OfferView, PocketView, PointsOptionView, Screen } from '../../contract/kiosk.ts';
import { LinkNotDone } from '../../contract/link-screens.ts';
import type { BoughtView, SaleView } from '../../contract/purchase-screens.ts';
import { BuyerCardWanted, StaffCardWanted } from '../../contract/purchase-screens.ts';
import { Refusal } from '../../contract/refusal.ts';
import type { LocalDate, Moment } from '../../contract/time.ts';
import { TROUBLES, type TroubleName } from '../../contract/trouble.ts';
import { USUAL_SETTINGS } from '../../contract/usual-settings.ts';

export interface Fixture {
  readonly name: string;
  readonly snapshot: KioskSnapshot;
}

const day = (written: string) => written as LocalDate;
const moment = (written: string) => written as Moment;

const GARBAGE: NoticeView = {
  kind: 'garbage',
  ja: { title: '燃やせるごみ', text: '朝8時までに出してください' },
  easy: { title: 'もやせる ごみ', text: 'あさ 8じまでに だしてください' },
  en: { title: 'Burnable rubbish', text: 'Put it out by 8 am' },
};
const CLASS: NoticeView = { kind: 'event', ja: { title: 'スマホ教室', text: '27日（金）10時\n公民館　どなたでも' } };
const NOTICES: NoticeView[] = [GARBAGE, CLASS];
const MANY_NOTICES: NoticeView[] = [
  { kind: 'shelter', ja: { title: '避難所の場所', text: '苫前・古丹別・力昼の各小学校です。持ち物は毛布・薬・充電器' }, en: { title: 'Where the shelters are', text: 'The schools of Tomamae, Kotanbetsu and Rikibiru' } },
  GARBAGE,
  { kind: 'lunch', ja: { title: '今日の給食', text: 'ごはん、ほっけのフライ、\n豚汁、牛乳' }, en: { title: 'Today', text: 'Rice, fried hokke, pork soup, milk' } },
  CLASS,
  { kind: 'circular', ja: { title: '11月の回覧', text: '除雪の道順と、灯油の共同購入のご案内です。くわしくは町内会の班長へおたずねください。締め切りは30日です' } },
  { kind: 'notice', ja: { title: '役場の窓口', text: '23日（月）はお休みです' } },
];
const EMERGENCY: EmergencyView = {
  id: 'tsunami',
  kind: 'shelter',
  since: moment('2026-11-21T00:52:00.000Z'),
  ja: { title: '津波警報', text: '海の近くにいる方は、いますぐ苫前小学校か古丹別の高台へ避難してください。車は使わず、歩いて逃げてください。海には戻らないでください' },
  easy: { title: 'つなみ けいほう', text: 'すぐに たかい ところへ にげてください。うみに もどらないでください' },
  en: { title: 'Tsunami warning', text: 'If you are near the sea, go at once to Tomamae school or to high ground. Go on foot. Do not return to the sea.' },
};
const OUTAGE: EmergencyView = { id: 'water', kind: 'notice', since: null, ja: { title: '断水', text: '字古丹別で水が出ません。役場前に給水車がいます' } };

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

const SALE: SaleView = { name: 'プレミアム商品券', unit: 'yen', price: 5_000, paid: 5_000, premium: 1_500, most: 3 };
const SETS: BoughtView = { name: SALE.name, unit: 'yen', price: 10_000, paid: 10_000, premium: 3_000 };
const USABLE = { lastDay: day('2026-12-31'), usableAt: '町内の加盟店29店' };
const LOAD_SLIP = { slip: 'load', name: OFFER.name, unit: 'yen', balance: 5_000, ...USABLE } as const;
const COMING = [
  { name: '物価高騰くらし応援券', unit: 'yen', amount: 5_000, lastDay: day('2027-02-28'), daysLeft: 99 },
  { name: '健康づくりポイント', unit: 'point', amount: 500, lastDay: day('2027-03-31'), daysLeft: 130 },
  { name: 'タクシー利用券', unit: 'ticket', amount: 12, lastDay: day('2027-03-31'), daysLeft: 130 },
] as const;

const balance = (changes: Partial<Extract<Screen, { name: 'balance' }>> = {}): Screen => ({
  name: 'balance',
  pockets: [VOUCHER, POINTS, TAXI],
  offers: [],
  sales: [],
  confirmedAt: moment('2026-11-21T01:04:58.000Z'),
  online: true,
  ...changes,
});

const HELD = { name: '地域ポイント', unit: 'point', amount: 1_320 } as const;
const GRANTED = '物価高騰くらし応援券';
const OPTION: PointsOptionView = { does: 'exchange', from: HELD, to: GRANTED, least: 100, why: null };
const GIVING: PointsOptionView = { does: 'give', from: HELD, to: null, least: 10, why: null };
const FEW = { name: '健康ポイント', unit: 'point', amount: 40 } as const;
const EXCHANGE: Screen = {
  name: 'exchange-confirm',
  give: 1_300,
  get: 1_300,
  from: { name: HELD.name, unit: 'point', before: 1_320, after: 20 },
  to: { name: GRANTED, unit: 'yen', before: 5_000, after: 6_300 },
  lastDay: day('2027-02-28'),
  usableAt: '町内の加盟店29店',
};
const MOVED: Extract<Screen, { name: 'moved' }> = { name: 'moved', give: 1_300, from: { ...HELD, amount: 20 }, to: { name: GRANTED, unit: 'yen', amount: 6_300, get: 1_300, lastDay: day('2027-02-28') }, activity: null };
const TAXI_HELD = { name: '高齢者タクシー券', unit: 'ticket', amount: 12 } as const;
const TAXI_OPTION: PointsOptionView = { does: 'paper', from: TAXI_HELD, to: null, least: 1, why: null };
const PAPER_CONFIRM: Extract<Screen, { name: 'paper-confirm' }> = { name: 'paper-confirm', scheme: TAXI_HELD.name, tickets: 3, before: 12, after: 9, lastDay: day('2027-03-31') };
const PAPER_OUT: Extract<Screen, { name: 'paper-out' }> = { name: 'paper-out', scheme: TAXI_HELD.name, tickets: 3, left: 9, lastDay: day('2027-03-31'), usableAt: '町内のタクシーで1回1枚使えます', preview: null, weakProof: false };
const PAPER_KEPT: Extract<Screen, { name: 'paper-kept' }> = { name: 'paper-kept', scheme: TAXI_HELD.name, tickets: 3, slip: '役場1-0042', mayBeThere: false, trouble: { name: 'printer-paper-out', number: 303 } };
const UNDECIDED: Extract<Screen, { name: 'undecided' }> = { name: 'undecided', what: { ...HELD, amount: 1_300 }, number: '役場1-未42', cash: 0, cardThere: false };

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
      emergencies: [],
      staffCall: null,
      settings: USUAL_SETTINGS,
      display: { ppi: 102.6, readerSide: 'below' },
      simulated: false,
      ...changes,
    },
  };
}

const start: Screen = { name: 'start', codes: 'none', procedures: true };
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
/** Why nothing can be done with points now: what a kiosk can know beforehand. */
const POINTS_REASONS = ['not-held-here', 'balance-not-sure', 'needs-staff', 'value-on-other-card', 'not-enough'] as const;
const PLACE_REASONS = ['asked', 'moved', 'unsure', 'own-card', 'other-card', 'several', 'unreadable', 'reader-lost'] as const;
const BY_PIN = { use: 'attributes', way: 'pin', otherWay: true } as const;
const BY_PRINTED = { ...BY_PIN, way: 'printed' } as const;
const called = { staffCall: { number: 3 } };

const words = (ja: string, easy: string, en: string) => ({ ja, easy, en });
const RESIDENCE = words('住民票《じゅうみんひょう》の写《うつ》し', 'じゅうみんひょう', 'Copy of the residence record');
const PROCEDURES = [
  RESIDENCE,
  words('印鑑登録証明書《いんかんとうろくしょうめいしょ》', 'いんかん しょうめい', 'Seal registration certificate'),
  words('所得証明書《しょとくしょうめいしょ》', 'しょとく しょうめい', 'Income certificate'),
  words('水道《すいどう》の使《つか》い始《はじ》めと中止《ちゅうし》', 'すいどう', 'Starting or stopping water'),
  words('粗大《そだい》ごみの申込《もうしこ》み', 'おおきい ごみ', 'Bulky waste'),
];
type QuestionScreen = Extract<Screen, { name: 'question' }>;
const question = (ask: QuestionScreen['ask'], view: QuestionScreen['view'], changes: Partial<QuestionScreen> = {}): Screen => ({
  name: 'question', procedure: RESIDENCE, question: 'asker', ask, help: null, optional: false, view, fault: null, at: 3, of: 12, ...changes,
});
const option = (ja: string, easy: string, en: string) => words(ja, easy, en);
const SCOPE = question(words('どなたの分《ぶん》が 要《い》りますか', 'だれの ぶんが いりますか', 'Whose entries do you need?'), {
  type: 'options', usual: null,
  options: [option('世帯《せたい》の全員《ぜんいん》', 'かぞく ぜんいん', 'The whole household'), option('わたしだけ', 'わたしだけ', 'Only me'), option('世帯《せたい》の一部《いちぶ》の人《ひと》', 'かぞくの なかの だれか', 'Some of the household')],
}, { help: words('世帯《せたい》は、いっしょに住民票《じゅうみんひょう》に載《の》っている家族《かぞく》です', 'いっしょに くらす かぞくの ことです', 'A household is the family on one residence record') });
const PURPOSE = question(words('何《なに》に 使《つか》いますか', 'なにに つかいますか', 'What is it for?'), {
  type: 'options', usual: null,
  options: ['年金《ねんきん》', '銀行《ぎんこう》・保険《ほけん》', '免許《めんきょ》・自動車《じどうしゃ》', '学校《がっこう》・奨学金《しょうがくきん》', '勤《つと》め先《さき》', '住《す》まい', '医療《いりょう》・介護《かいご》', 'そのほか'].map((ja) => option(ja, ja.replace(/[一-龠々]+《([^》]*)》/gu, '$1'), ja === 'そのほか' ? 'Something else' : 'Bank or insurance')),
}, { optional: true, at: 8 });
const DOMICILE = question(words('本籍《ほんせき》と筆頭者《ひっとうしゃ》を 載《の》せますか', 'ほんせきを のせますか', 'Show the registered domicile?'), {
  type: 'options', usual: 0, options: [option('載《の》せない', 'のせない', 'Leave it out'), option('載《の》せる', 'のせる', 'Show it')],
}, { help: words('求《もと》められたときだけ、載《の》せてください', 'いわれた ときだけ のせてください', 'Only if you were asked for it'), at: 5 });
const COPIES = question(words('何通《なんつう》 要《い》りますか', 'なんまい いりますか', 'How many copies?'), { type: 'number', least: 1, most: 10, unit: words('通《つう》', 'まい', 'copies') }, { at: 9 });
const BIRTHDAY = question(words('生年月日《せいねんがっぴ》を 入《い》れてください', 'うまれた ひを いれてください', 'Enter your date of birth'), { type: 'date', earliest: day('1905-01-01'), latest: day('2026-11-21') }, { at: 11 });
const KANA = question(words('お名前《なまえ》の 読《よ》みを 入《い》れてください', 'なまえを カタカナで いれてください', 'Enter your name in kana'), { type: 'kana', most: 40 }, { at: 10 });
const PHONE = question(words('電話番号《でんわばんごう》を 入《い》れてください', 'でんわばんごうを いれてください', 'Enter your phone number'), { type: 'phone' }, { at: 12, optional: true });
const PEOPLE = question(words('載《の》せる方《かた》の お名前《なまえ》を 入《い》れてください', 'のせる ひとの なまえを いれてください', 'Enter the names of the people you need'), { type: 'people', most: 6 }, { at: 4 });
const ADDRESS = question(words('ご住所《じゅうしょ》の 地区《ちく》は', 'じゅうしょは', 'Your address'), {
  type: 'address',
  areas: ([['asahi', '字旭', 'あさひ'], ['iwami', '字岩見', 'いわみ'], ['uehira', '字上平', 'うえひら'], ['ogawa', '字小川', 'おがわ'], ['kagawa', '字香川', 'かがわ'], ['kotanbetsu', '字古丹別', 'こたんべつ'], ['sakaeura', '字栄浜', 'さかえはま'], ['tomamae', '字苫前', 'とままえ'], ['nagashima', '字長島', 'ながしま'], ['mitsuke', '字三豊', 'みとよ']] as const).map(([id, name, kana]) => ({ id: id as never, name, kana })),
}, { at: 6 });
const line = (ja: string, value: string | null) => ({ label: words(ja, ja.replace(/[一-龠々]+《([^》]*)》/gu, '$1'), 'Answer'), value: value === null ? null : words(value, value, value) });
const REVIEW: Extract<Screen, { name: 'request-review' }> = {
  name: 'request-review', procedure: RESIDENCE, kind: 'certificate',
  lines: [line('申請《しんせい》する人《ひと》', '本人'), line('載《の》せる人《ひと》', '世帯の全員'), line('世帯主《せたいぬし》・続柄《つづきがら》', '載せる'), line('本籍《ほんせき》・筆頭者《ひっとうしゃ》', '載せない'), line('マイナンバー', '載せない'), line('住民票《じゅうみんひょう》コード', '載せない'), line('使《つか》いみち', '年金'), line('通数《つうすう》', '1通'), line('氏名《しめい》', null), line('フリガナ', 'トママエ　ハナコ'), line('住所《じゅうしょ》', null), line('生年月日《せいねんがっぴ》', '昭和22年3月4日'), line('電話《でんわ》', '0164-64-1234')],
  fee: { kind: 'at-window' },
  bring: [words('本人確認書類《ほんにんかくにんしょるい》（顔写真《かおじゃしん》つきは1つ、ないものは2つ）', 'なまえを たしかめる もの', 'Something that shows who you are')],
  notes: [words('この紙《かみ》は証明書《しょうめいしょ》ではありません', 'この かみは しょうめいしょでは ありません', 'This slip is not a certificate')],
};
const MOVEMENTS: Extract<Screen, { name: 'history' }>['movements'] = [
  { on: day('2026-11-21'), kind: 'load', name: '物価高騰くらし応援券', unit: 'yen', change: 5_000 },
  { on: day('2026-11-18'), kind: 'spend', name: 'プレミアム商品券', unit: 'yen', change: -1_280 },
  { on: day('2026-11-10'), kind: 'exchange', name: '地域ポイント', unit: 'point', change: -500 },
  { on: day('2026-11-10'), kind: 'exchange', name: 'プレミアム商品券', unit: 'yen', change: 500 },
  { on: day('2026-10-31'), kind: 'expire', name: '健康ポイント', unit: 'point', change: -120 },
  { on: day('2025-12-01'), kind: 'give', name: '健康ポイント', unit: 'point', change: -200 },
];
const ABOUT_REQUEST = { procedure: RESIDENCE, number: '役場1-000042' };
const ASKING_FIXTURES: readonly Fixture[] = [
  fixture('menu', { name: 'menu', items: ['points', 'procedures', 'history'] }),
  fixture('history', { name: 'history', movements: MOVEMENTS }),
  fixture('history-none', { name: 'history', movements: [] }),
  fixture('offers', { name: 'offers', offers: [OFFER, OFFER_POINTS, OFFER_TICKETS], sales: [] }),
  fixture('offers-and-sale', { name: 'offers', offers: [OFFER], sales: [SALE] }),
  fixture('offers-many', { name: 'offers', offers: [OFFER, OFFER_POINTS, OFFER_TICKETS], sales: [SALE] }),
  fixture('procedures', { name: 'procedures', procedures: PROCEDURES, made: 0 }),
  fixture('procedures-another', { name: 'procedures', procedures: PROCEDURES.slice(0, 4), made: 1 }),
  fixture('question-options', SCOPE),
  fixture('question-list', PURPOSE),
  fixture('question-yes-no', DOMICILE),
  fixture('question-number', COPIES),
  fixture('question-date', BIRTHDAY),
  fixture('question-date-one-era', { ...BIRTHDAY, view: { type: 'date', earliest: day('2026-11-22'), latest: day('2027-05-01') }, fault: 'too-early' } as Screen),
  fixture('question-kana', KANA),
  fixture('question-phone', PHONE),
  fixture('question-people', PEOPLE),
  fixture('question-address', ADDRESS),
  fixture('request-review', REVIEW),
  fixture('request-review-short', { ...REVIEW, kind: 'report', lines: REVIEW.lines.slice(0, 3), bring: [], notes: [], fee: { kind: 'free' } }),
  fixture('request-not-taken', { name: 'request-not-taken' }),
  fixture('leave-questions', { name: 'leave-questions', made: 0 }),
  fixture('leave-questions-made', { name: 'leave-questions', made: 1 }),
  fixture('card-while-asking', { name: 'card-while-asking' }),
  fixture('withdraw-request', { name: 'withdraw-request', ...ABOUT_REQUEST }),
  fixture('request-withdrawn', { name: 'request-withdrawn', ...ABOUT_REQUEST }),
  fixture('printed-request', { name: 'printed', paper: { slip: 'request', ...ABOUT_REQUEST, fee: REVIEW.fee, bring: REVIEW.bring, notes: REVIEW.notes }, preview: null, weakProof: true }),
  fixture('printing-request', { name: 'printing', slip: 'request', preview: null }),
  fixture('print-trouble-request', { name: 'print-trouble', slip: 'request', trouble: 'printer-paper-out', number: 303 }),
];

export const FIXTURES: readonly Fixture[] = [
  ...ASKING_FIXTURES,
  fixture('starting', { name: 'starting' }),
  fixture('start', start, { notices: NOTICES }),
  fixture('start-no-notices', start),
  fixture('start-three-notices', start, { notices: [...NOTICES, { kind: 'notice', ja: { title: '役場の窓口', text: '23日（月）はお休みです' } }] }),
  fixture('start-many-notices', start, { notices: MANY_NOTICES }),
  fixture('start-many-notices-paper-out', { ...start, codes: 'away' }, { notices: MANY_NOTICES, printer: 'paper-out' }),
  fixture('start-procedure-spot', start, { notices: NOTICES, display: { ppi: 102.6, readerSide: 'below', procedureSpot: true } }),
  fixture('start-emergency', start, { emergencies: [EMERGENCY] }),
  fixture('start-two-emergencies', start, { emergencies: [OUTAGE, EMERGENCY], ...called }),
  fixture('balance-emergency', balance({ offers: [OFFER] }), { emergencies: [EMERGENCY] }),
  fixture('balance-emergency-simulated', balance({ offers: [OFFER] }), { emergencies: [EMERGENCY], simulated: true }),
  fixture('farewell-emergency', { name: 'farewell', cardOnReader: true }, { emergencies: [EMERGENCY] }),
  fixture('survey', { name: 'survey', cardOnReader: true }),
  fixture('survey-card-gone', { name: 'survey', cardOnReader: false }, called),
  fixture('start-paper-out', start, { notices: NOTICES, printer: 'paper-out' }),
  fixture('start-paper-ends-soon', start, { notices: NOTICES, paperEndsSoon: true }),
  fixture('start-codes-away-paper-ends-soon', { name: 'start', codes: 'away', procedures: true }, { notices: NOTICES, paperEndsSoon: true }),
  fixture('start-simulated', start, { notices: NOTICES, simulated: true }),
  fixture('start-reader-left', start, { notices: NOTICES, display: { ppi: 102.6, readerSide: 'left' } }),
  fixture('start-reader-right', start, { notices: NOTICES, display: { ppi: 102.6, readerSide: 'right' } }),
  fixture('start-codes', { name: 'start', codes: 'ready', procedures: true }, { notices: NOTICES }),
  fixture('start-codes-away-paper-out', { name: 'start', codes: 'away', procedures: true }, { notices: NOTICES, printer: 'paper-out' }),
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
  fixture('balance-sale', balance({ sales: [SALE] })),
  fixture('balance-empty-sale', balance({ pockets: [], sales: [SALE] })),
  fixture('balance-offer-and-sale', balance({ offers: [OFFER], sales: [SALE] })),
  fixture('balance-six-offer-and-sale', balance({ pockets: SIX, offers: [OFFER], sales: [SALE] })),
  fixture('receive-all', { name: 'receive-all', offers: [...COMING], usableAt: null }),
  fixture('receive-all-two', { name: 'receive-all', offers: COMING.slice(0, 2), usableAt: '町内の加盟店29店' }),
  fixture('received-all', { name: 'received-all', received: [...COMING], left: 0, stopped: null }),
  ...(['rule', 'card'] as const).map((stopped) => fixture(`received-all-${stopped}`, { name: 'received-all', received: COMING.slice(0, 2), left: 1, stopped })),
  fixture('no-sale', { name: 'no-sale', sales: [{ name: SALE.name, why: 'person-limit' }] }),
  fixture('no-sale-two', { name: 'no-sale', sales: [{ name: SALE.name, why: 'lottery-not-won' }, { name: '子育て応援券', why: 'not-held-here' }] }),
  fixture('menu-five', { name: 'menu', items: ['points', 'procedures', 'history', 'no-sale', 'link'] }),
  fixture('buy-how-many', { name: 'buy-how-many', sale: SALE }),
  fixture('buy-how-many-ten', { name: 'buy-how-many', sale: { ...SALE, price: 10_000, paid: 10_000, premium: 3_000, most: 10 } }),
  fixture('buy-confirm', { name: 'buy-confirm', what: SETS, sets: 2, before: 8_500, after: 21_500, ...USABLE }),
  fixture('buy-confirm-no-premium', { name: 'buy-confirm', what: { ...SETS, price: 120_000, paid: 120_000, premium: 0 }, sets: 10, before: 0, after: 120_000, ...USABLE }),
  ...StaffCardWanted.options.map((why) => fixture(`buy-call-staff-${why}`, { name: 'buy-call-staff', price: 10_000, why }, called)),
  fixture('staff-pin', { name: 'staff-pin', tries: 5, again: false }),
  fixture('staff-pin-again', { name: 'staff-pin', tries: 1, again: true }),
  fixture('buy-count-cash', { name: 'buy-count-cash', what: SETS, sets: 2 }),
  ...BuyerCardWanted.options.map((why) => fixture(`buy-put-card-${why}`, { name: 'buy-put-card', price: 10_000, why, byCode: false })),
  fixture('buy-put-card-by-code', { name: 'buy-put-card', price: 10_000, why: 'staff-card', byCode: true }),
  fixture('writing-buy', { name: 'writing', card: 'placed', doing: 'buy' }),
  fixture('bought', { name: 'bought', what: SETS, before: 8_500, after: 21_500, ...USABLE }),
  fixture('bought-paper-out', { name: 'bought', what: SETS, before: 0, after: 13_000, ...USABLE }, { printer: 'paper-out' }),
  fixture('buy-waits', { name: 'buy-waits', what: SETS, number: '役場1-預1042' }),
  fixture('buy-stopped', { name: 'buy-stopped', rule: null, cardThere: false }),
  fixture('buy-stopped-card-there', { name: 'buy-stopped', rule: null, cardThere: true }),
  fixture('buy-stopped-rule', { name: 'buy-stopped', rule: 'sold-out', cardThere: false }),
  fixture('points', { name: 'points', options: [OPTION, GIVING] }),
  fixture('points-four', { name: 'points', options: [OPTION, GIVING, { ...OPTION, from: FEW, why: 'not-enough' }, { ...GIVING, from: FEW }] }),
  fixture('points-five', { name: 'points', options: [OPTION, GIVING, { ...OPTION, from: FEW, why: 'not-enough' }, { ...GIVING, from: FEW }, GIVING] }),
  ...POINTS_REASONS.map((why) => fixture(`points-${why}`, { name: 'points', options: [{ ...OPTION, why }, { ...GIVING, why }] })),
  fixture('exchange-amount', {
    name: 'exchange-amount',
    from: HELD,
    to: GRANTED,
    unit: 'yen',
    amounts: [
      { give: 1_300, get: 1_300, part: 'other' },
      { give: 600, get: 600, part: 'other' },
      { give: 500, get: 500, part: 'other' },
      { give: 100, get: 100, part: 'other' },
    ],
  }),
  fixture('exchange-amount-all', { name: 'exchange-amount', from: { ...HELD, amount: 200 }, to: GRANTED, unit: 'yen', amounts: [{ give: 200, get: 200, part: 'all' }, { give: 100, get: 100, part: 'half' }] }),
  fixture('exchange-confirm', EXCHANGE),
  fixture('give-where', { name: 'give-where', from: HELD, activities: ['子ども食堂', '花いっぱい運動'] }),
  fixture('give-where-seven', { name: 'give-where', from: HELD, activities: ['子ども食堂', '花いっぱい運動', '見守りの会', '苫前町スポーツ少年団の遠征費', '図書館の本', '海岸の清掃', '夏まつり'] }),
  fixture('give-amount', {
    name: 'give-amount',
    from: HELD,
    activity: '子ども食堂',
    amounts: [{ give: 1_320, part: 'all' }, { give: 660, part: 'half' }, { give: 500, part: 'other' }, { give: 10, part: 'other' }],
  }),
  fixture('give-confirm', { name: 'give-confirm', give: 500, from: { name: HELD.name, unit: 'point', before: 1_320, after: 820 }, activity: '子ども食堂' }),
  fixture('writing-exchange', { name: 'writing', card: 'placed', doing: 'exchange' }),
  fixture('writing-give', { name: 'writing', card: 'placed', doing: 'give' }),
  fixture('moved', MOVED),
  fixture('moved-paper-out', MOVED, { printer: 'paper-out' }),
  fixture('moved-given', { ...MOVED, give: 500, from: { ...HELD, amount: 820 }, to: null, activity: '子ども食堂' }),
  fixture('points-tickets', { name: 'points', options: [TAXI_OPTION] }),
  fixture('points-tickets-and-points', { name: 'points', options: [OPTION, GIVING, TAXI_OPTION] }),
  fixture('points-tickets-no-paper', { name: 'points', options: [{ ...TAXI_OPTION, why: 'no-paper' }, GIVING] }, { printer: 'paper-out' }),
  fixture('paper-amount', { name: 'paper-amount', from: { name: TAXI_HELD.name, tickets: 12 }, suggested: [10, 5, 2, 1] }),
  fixture('paper-amount-one', { name: 'paper-amount', from: { name: TAXI_HELD.name, tickets: 1 }, suggested: [1] }),
  fixture('paper-confirm', PAPER_CONFIRM),
  fixture('paper-confirm-long', { ...PAPER_CONFIRM, scheme: '苫前町デマンドバス・乗合タクシー共通利用券', tickets: 10, before: 124, after: 114 }),
  fixture('writing-paper', { name: 'writing', card: 'placed', doing: 'paper' }),
  fixture('printing-tickets', { name: 'printing', slip: 'tickets', preview: null }),
  fixture('paper-out', PAPER_OUT),
  fixture('paper-out-weak-proof', { ...PAPER_OUT, left: 0, weakProof: true }),
  ...PRINT_TROUBLES.map((trouble) =>
    fixture(`paper-kept-${trouble}`, { ...PAPER_KEPT, mayBeThere: ['printer-no-proof', 'printer-power-cycled', 'printer-line-lost', 'printer-stopped-at-end'].includes(trouble), trouble: { name: trouble, number: TROUBLES[trouble].number } }),
  ),
  fixture('paper-kept-before', { ...PAPER_KEPT, scheme: '苫前町デマンドバス・乗合タクシー共通利用券', tickets: 10, mayBeThere: true, trouble: null }),
  ...Refusal.options.map((why) => fixture(`not-done-${why}`, { name: 'not-done', of: 'exchange', why })),
  fixture('undecided', UNDECIDED),
  fixture('undecided-card-there', { ...UNDECIDED, cardThere: true }),
  fixture('undecided-cash', { ...UNDECIDED, cash: 10_000 }),
  fixture('undecided-paper-out', UNDECIDED, { printer: 'paper-out' }),
  fixture('decided', { name: 'decided', what: { ...HELD, amount: 1_300 }, happened: true }),
  fixture('decided-not', { name: 'decided', what: { ...HELD, amount: 1_300 }, happened: false }),
  fixture('printed-points', { name: 'printed', paper: { slip: 'points', give: MOVED.give, from: MOVED.from, to: MOVED.to, activity: MOVED.activity }, preview: null, weakProof: false }),
  fixture('printed-incident', { name: 'printed', paper: { slip: 'incident', number: UNDECIDED.number }, preview: null, weakProof: false }),
  fixture('printing-incident', { name: 'printing', slip: 'incident', preview: null }),
  fixture('print-trouble-incident', { name: 'print-trouble', slip: 'incident', trouble: 'printer-paper-out', number: 303 }),
  fixture('printing-balance', { name: 'printing', slip: 'balance', preview: null }),
  fixture('printing-load', { name: 'printing', slip: 'load', preview: null }),
  fixture('printed-balance', { name: 'printed', paper: { slip: 'balance', pockets: [VOUCHER, POINTS, TAXI] }, preview: null, weakProof: false }),
  fixture('printed-load', { name: 'printed', paper: { ...LOAD_SLIP, paid: 0, premium: 0, free: 5_000 }, preview: null, weakProof: false }),
  fixture('printed-bought', { name: 'printed', paper: { ...LOAD_SLIP, name: SALE.name, paid: 10_000, premium: 3_000, free: 0, balance: 21_500 }, preview: null, weakProof: false }),
  ...PRINT_TROUBLES.map((trouble) => fixture(`print-trouble-${trouble}`, { name: 'print-trouble', slip: 'load', trouble, number: TROUBLES[trouble].number })),
  fixture('print-trouble-points', { name: 'print-trouble', slip: 'points', trouble: 'printer-paper-out', number: 303 }),
  fixture('print-trouble-balance', { name: 'print-trouble', slip: 'balance', trouble: 'printer-paper-out', number: 303 }),
  ...REFUSALS.map((why) => fixture(`load-refused-${why}`, { name: 'load-refused', why })),
  fixture('card-moved-reading', { name: 'card-moved', during: 'reading' }),
  fixture('card-moved-choosing', { name: 'card-moved', during: 'choosing' }),
  fixture('card-moved-writing', { name: 'card-moved', during: 'writing' }),
  fixture('card-moved-moving', { name: 'card-moved', during: 'moving' }),
  ...NOT_USABLE.map((why) => fixture(`card-not-usable-${why}`, { name: 'card-not-usable', why, card: 'placed' })),
  ...CODE_NOT_USABLE.map((why) => fixture(`code-not-usable-${why}`, { name: 'card-not-usable', why, card: 'shown' })),
  ...PLACE_REASONS.map((why) => fixture(`my-number-place-${why}`, { name: 'my-number-place', use: 'attributes', why })),
  fixture('my-number-place-link', { name: 'my-number-place', use: 'link', why: 'asked' }),
  fixture('my-number-pin', { name: 'my-number-pin', ...BY_PIN, tries: 3 }),
  fixture('my-number-pin-one-try', { name: 'my-number-pin', ...BY_PIN, tries: 1 }),
  fixture('my-number-pin-printed', { name: 'my-number-pin', ...BY_PRINTED, tries: 10 }),
  fixture('my-number-unknown', { name: 'my-number-unknown', ...BY_PIN }),
  fixture('my-number-unknown-printed', { name: 'my-number-unknown', ...BY_PRINTED }),
  fixture('my-number-unknown-no-other-way', { name: 'my-number-unknown', ...BY_PIN, use: 'link', otherWay: false }),
  fixture('my-number-wrong-pin', { name: 'my-number-wrong-pin', ...BY_PIN, tries: 2 }),
  fixture('my-number-last-try', { name: 'my-number-last-try', ...BY_PIN }),
  fixture('my-number-locked', { name: 'my-number-locked', ...BY_PIN }),
  fixture('my-number-locked-no-other-way', { name: 'my-number-locked', ...BY_PIN, use: 'link', otherWay: false }),
  fixture('my-number-read', { name: 'my-number-read', shown: null }),
  fixture('my-number-read-shown', { name: 'my-number-read', shown: { name: '架空　花子', address: '北海道苫前郡苫前町字旭３７番地の１', birthday: day('1950-01-03') } }),
  fixture('my-number-read-shown-long', { name: 'my-number-read', shown: { name: 'アレクサンドラ　マリア　フェルナンデス', address: '北海道苫前郡苫前町字古丹別１８７番地１２　古丹別公営住宅さくら団地３号棟４０２号室', birthday: null } }),
  fixture('menu-link', { name: 'menu', items: ['points', 'procedures', 'history', 'link'] }),
  fixture('link-about', { name: 'link-about' }),
  fixture('link-asking', { name: 'link-asking' }),
  fixture('link-done', { name: 'link-done', ownCard: 'wanted' }),
  fixture('link-done-no-reader', { name: 'link-done', ownCard: 'no-reader' }),
  fixture('link-done-card-there', { name: 'link-done', ownCard: 'there' }),
  ...LinkNotDone.options.map((why) => fixture(`link-not-done-${why}`, { name: 'link-not-done', why, ownCard: why === 'unreachable' || why === 'linked-already' ? 'there' : 'wanted' })),
  fixture('link-not-known', { name: 'link-not-known' }),
  fixture('my-number-take', { name: 'my-number-take' }),
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
  'menu', 'history', 'offers', 'procedures', 'question-options', 'question-list', 'question-number', 'question-date', 'question-kana', 'question-phone', 'question-address', 'request-review', 'leave-questions', 'card-while-asking', 'withdraw-request', 'printed-request',
  'start',
  'start-codes',
  'start-many-notices',
  'start-procedure-spot',
  'start-emergency',
  'start-two-emergencies',
  'balance-emergency',
  'farewell-emergency',
  'survey',
  'survey-card-gone',
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
  'offers-and-sale',
  'balance-sale',
  'balance-offer-and-sale',
  'balance-six-offer-and-sale',
  'receive-all',
  'received-all-card',
  'no-sale',
  'no-sale-two',
  'menu-five',
  'buy-how-many',
  'buy-how-many-ten',
  'buy-confirm',
  'buy-call-staff-own-card',
  'buy-call-staff-same-person',
  'staff-pin',
  'staff-pin-again',
  'buy-count-cash',
  'buy-put-card-staff-card',
  'buy-put-card-other-card',
  'bought',
  'buy-waits',
  'buy-stopped-rule',
  'points-four',
  'exchange-amount',
  'exchange-confirm',
  'give-where-seven',
  'give-amount',
  'give-confirm',
  'moved',
  'moved-given',
  'points-tickets-and-points',
  'paper-amount',
  'paper-confirm',
  'printing-tickets',
  'paper-out',
  'paper-kept-printer-paper-out',
  'paper-kept-before',
  'not-done-balance-not-sure',
  'undecided',
  'undecided-cash',
  'decided',
  'card-moved-writing',
  'card-not-usable-payment',
  'card-not-usable-stopped',
  'code-not-usable-stopped',
  'code-not-usable-foreign-code',
  'my-number-place-asked',
  'my-number-place-own-card',
  'my-number-pin',
  'my-number-pin-printed',
  'my-number-unknown',
  'my-number-wrong-pin',
  'my-number-last-try',
  'my-number-locked',
  'my-number-read',
  'my-number-read-shown-long',
  'my-number-take',
  'menu-link',
  'link-about',
  'link-asking',
  'link-done',
  'link-done-card-there',
  'link-not-done-other-card',
  'link-not-done-unreachable',
  'link-not-known',
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
