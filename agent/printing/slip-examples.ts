/** One example of every slip, as an ordinary day would print it, and those whose parts differ: for the pictures in docs/slips.md and for tests. */
import { OperationId, QuestionId } from '../../contract/ids.ts';
import type { Answer } from '../../contract/procedure/answers.ts';
import { answerQuestion, beginDraft, withAsker, type Visit } from '../../contract/procedure/answering.ts';
import type { Procedure } from '../../contract/procedure/procedure.ts';
import { linesOf, textsOf, type Form } from '../../contract/procedure/request-lines.ts';
import { dateInTokyo, LocalDate, Moment } from '../../contract/time.ts';
import type { SlipContent } from './slip-markup.ts';
import type { SlipFrame } from './slip-frame.ts';

const NOW = Moment.parse('2026-11-21T01:05:00.000Z');
const day = (text: string) => LocalDate.parse(text);

export const EXAMPLE_FRAME: SlipFrame = { slipNumber: 42, deviceLabel: '役場1', town: '苫前町', site: '苫前町役場', now: NOW, form: 'ja', large: false };
/** The same slip, printed once more two days later. */
export const EXAMPLE_REPRINT: Partial<SlipFrame> = { now: Moment.parse('2026-11-23T00:10:00.000Z'), reprint: { number: 1, first: NOW } };

const GRANT = { name: '物価高騰くらし応援券', unit: 'yen', usableAt: '町内の加盟店29店', issuer: '苫前町', contact: '苫前町 商工労働観光課 0164-64-0000' } as const;
const PREMIUM = { name: 'プレミアム地域振興券', unit: 'yen', usableAt: '町内の加盟店29店', issuer: '苫前町商工会', contact: '苫前町商工会 0164-64-0000' } as const;
const POINTS = { name: '苫前町ポイント', unit: 'point', usableAt: '役場の窓口と町の催し', contact: '苫前町 企画振興課 0164-64-0000' } as const;
const TAXI = { name: '高齢者タクシー券', usableAt: '町内のタクシーで1回1枚使えます', contact: '苫前町 保健福祉課 0164-64-0000' } as const;
const OPERATION = OperationId.parse('0199b1c2-7d3e-7a4f-8b21-5c6d7e8f9a0b');

export interface SlipExample {
  /** Also the name of its picture. */
  readonly name: string;
  readonly content: SlipContent;
  /** Staff read it: there is one form, and no large print. */
  readonly staff?: true;
  /** As most people get it: at most 8 kB on the wire. */
  readonly usual: boolean;
}

/** @param procedure what the request slip asks for */
export function slipExamples(procedure: Procedure, form: Form): SlipExample[] {
  const pockets = [
    { ...PREMIUM, amount: 12_345, ends: [{ lastDay: day('2026-12-05'), amount: 1_500 }, { lastDay: day('2027-03-31'), amount: 10_845 }] },
    { ...POINTS, amount: 1_320, ends: [{ lastDay: day('2027-12-31'), amount: 1_320 }] },
  ];
  const incident = { kind: 'incident', incident: 7, scheme: PREMIUM, amount: 13_000, operation: OPERATION, office: '苫前町役場 商工労働観光課 0164-64-0000' } as const;
  return [
    { name: 'balance', usual: true, content: { kind: 'balance', asOf: null, pockets } },
    { name: 'balance-empty', usual: true, content: { kind: 'balance', asOf: Moment.parse('2026-11-20T08:30:00.000Z'), pockets: [] } },
    { name: 'load', usual: true, content: { kind: 'load', scheme: GRANT, received: { free: 5_000, paid: 0, premium: 0 }, lastDay: day('2027-02-28'), balance: 5_000, cash: 0 } },
    { name: 'load-sold', usual: true, content: { kind: 'load', scheme: PREMIUM, received: { free: 0, paid: 10_000, premium: 3_000 }, lastDay: day('2027-03-31'), balance: 25_345, cash: 10_000 } },
    {
      name: 'exchange',
      usual: true,
      content: { kind: 'points', from: POINTS, taken: 300, left: 20, became: { kind: 'value', scheme: GRANT, amount: 300, balance: 5_300, lastDay: day('2027-02-28') } },
    },
    { name: 'gift', usual: true, content: { kind: 'points', from: POINTS, taken: 100, left: 220, became: { kind: 'gift', activity: '子ども食堂' } } },
    { name: 'tickets', usual: true, content: { kind: 'tickets', scheme: TAXI, lastDays: [day('2027-03-31'), day('2027-03-31')] } },
    { name: 'tickets-one', usual: true, content: { kind: 'tickets', scheme: { ...TAXI, name: '苫前町デマンドバス・乗合タクシー共通利用券' }, lastDays: [day('2026-12-31')] } },
    {
      name: 'event',
      usual: true,
      content: { kind: 'event', name: 'スマートフォン教室（はじめての方）', place: '苫前町公民館 2階 研修室', number: 12, given: { name: POINTS.name, unit: 'point', amount: 100 }, next: Moment.parse('2026-11-28T01:00:00.000Z') },
    },
    { name: 'practice', usual: true, content: { kind: 'practice', practised: ['balance', 'load', 'print'], name: null } },
    { name: 'incident', usual: true, content: { ...incident, cash: 0 } },
    { name: 'incident-cash', usual: true, content: { ...incident, cash: 10_000 } },
    { name: 'request', usual: true, content: requestOf(procedure, form) },
    {
      name: 'day-report',
      usual: false,
      staff: true,
      content: {
        kind: 'day-report',
        day: dateInTokyo(NOW),
        opened: Moment.parse('2026-11-20T23:25:00.000Z'),
        closed: Moment.parse('2026-11-21T08:20:00.000Z'),
        moved: [
          { scheme: GRANT.name, unit: 'yen', kind: 'load', count: 18, sum: 90_000 },
          { scheme: PREMIUM.name, unit: 'yen', kind: 'load', count: 9, sum: 143_000 },
          { scheme: PREMIUM.name, unit: 'yen', kind: 'sale', count: 10, sum: 120_000 },
          { scheme: PREMIUM.name, unit: 'yen', kind: 'refund', count: 1, sum: -10_000 },
          { scheme: POINTS.name, unit: 'point', kind: 'exchange', count: 3, sum: -1_500 },
        ],
        cash: { sold: 120_000, refunded: 10_000 },
        slips: { printed: 31, failed: [17], unknown: [24, 25] },
        staffCalls: 2,
        unsent: 0,
        open: ['5c6d-7e8f-9a0b'],
        troubles: [{ number: 303, times: 1 }],
      },
    },
  ];
}

const ANSWERS: Readonly<Record<string, Answer>> = {
  scope: 'all', head: false, 'registered-domicile': false, 'with-number': false, 'with-code': false, nationality: false, purpose: 'pension', copies: 1,
  kana: 'ハマノ　ハナコ', birthday: '1947-03-04', phone: null,
};

/** As somebody asks for it at the kiosk, for themselves; their name and address they write by hand. */
function requestOf(procedure: Procedure, form: Form): SlipContent {
  const visit: Visit = { today: dateInTokyo(NOW), identity: 'none', known: {}, areas: [] };
  const begun = beginDraft(procedure, visit);
  if (!begun) throw new Error(`${procedure.id} cannot be asked for without a card.`);
  const draft = Object.entries(ANSWERS).reduce((before, [id, answer]) => {
    const result = answerQuestion(before, QuestionId.parse(id), answer, visit);
    if (result.kind === 'refused') throw new Error(`${id}: ${result.why}`);
    return result.draft;
  }, withAsker(begun, 'self', visit));
  return {
    kind: 'request',
    procedure,
    lines: linesOf(draft, visit, form),
    fee: { kind: 'yen', each: 300, copies: 1, total: 300, basis: '手数料条例' },
    notes: textsOf(procedure.notes, draft, visit, form),
    bring: textsOf(procedure.bring, draft, visit, form),
    staffChecks: textsOf(procedure.staffChecks, draft, visit, 'ja'),
    // As long as a signed request number is.
    code: `KZ1.${'A'.repeat(22)}.yakuba-1.${'b'.repeat(86)}`,
  };
}
