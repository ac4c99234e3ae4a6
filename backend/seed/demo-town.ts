/**
 * The demo town's places, names and schemes: plausible for Tomamae in Hokkaido, and all invented. No person is real; the telephone
 * numbers have the unused exchange 0000.
 */
import { AcceptorId, AccountId, ActivityId, MunicipalityId, SchemeId, SiteId, StaffId } from '../../contract/ids.ts';
import { addDays, LocalDate } from '../../contract/time.ts';
import type { Scheme } from '../../contract/value.ts';

export const TOMAMAE = { id: MunicipalityId.parse('tomamae'), name: '苫前町' };

const yakuba = SiteId.parse('yakuba');
const kotanbetsu = SiteId.parse('kotanbetsu');
const rikibiru = SiteId.parse('rikibiru');

export const SITES: ReadonlyArray<{ readonly id: SiteId; readonly name: string }> = [
  { id: yakuba, name: '苫前町役場' },
  { id: kotanbetsu, name: '古丹別支所' },
  { id: rikibiru, name: '力昼会館' },
];

/** 字, the site its people go to, and its share of the households. */
export const NEIGHBOURHOODS: ReadonlyArray<readonly [{ readonly name: string; readonly site: SiteId }, number]> = [
  [{ name: '字苫前', site: yakuba }, 34],
  [{ name: '字旭', site: yakuba }, 6],
  [{ name: '字香川', site: yakuba }, 4],
  [{ name: '字昭和', site: yakuba }, 4],
  [{ name: '字栄浜', site: yakuba }, 3],
  [{ name: '字豊浦', site: yakuba }, 2],
  [{ name: '字古丹別', site: kotanbetsu }, 30],
  [{ name: '字三渓', site: kotanbetsu }, 4],
  [{ name: '字霧立', site: kotanbetsu }, 2],
  [{ name: '字岩見', site: kotanbetsu }, 2],
  [{ name: '字力昼', site: rikibiru }, 9],
];

export const FAMILY_NAMES: ReadonlyArray<readonly [string, string]> = [
  ['佐藤', 'サトウ'], ['高橋', 'タカハシ'], ['佐々木', 'ササキ'], ['伊藤', 'イトウ'], ['斉藤', 'サイトウ'], ['渡辺', 'ワタナベ'], ['工藤', 'クドウ'],
  ['三浦', 'ミウラ'], ['阿部', 'アベ'], ['菊地', 'キクチ'], ['本間', 'ホンマ'], ['成田', 'ナリタ'], ['千葉', 'チバ'], ['加賀谷', 'カガヤ'],
  ['髙田', 'タカダ'], ['山﨑', 'ヤマザキ'], ['石川', 'イシカワ'], ['越前', 'エチゼン'], ['小笠原', 'オガサワラ'], ['長谷川', 'ハセガワ'], ['花田', 'ハナダ'],
  ['浜野', 'ハマノ'], ['鎌田', 'カマタ'], ['竹内', 'タケウチ'], ['能登', 'ノト'], ['青山', 'アオヤマ'], ['大坪', 'オオツボ'], ['西村', 'ニシムラ'],
];

export const GIVEN_NAMES: Readonly<Record<'old' | 'middle' | 'young', ReadonlyArray<readonly [string, string]>>> = {
  old: [
    ['トシ', 'トシ'], ['キヨ', 'キヨ'], ['和子', 'カズコ'], ['節子', 'セツコ'], ['幸子', 'サチコ'], ['勝', 'マサル'], ['茂', 'シゲル'], ['正一', 'ショウイチ'],
    ['ミツ', 'ミツ'], ['清', 'キヨシ'], ['文子', 'フミコ'], ['武', 'タケシ'], ['勇', 'イサム'], ['千代', 'チヨ'], ['進', 'ススム'], ['弘', 'ヒロシ'],
  ],
  middle: [
    ['恵子', 'ケイコ'], ['由美子', 'ユミコ'], ['誠', 'マコト'], ['浩', 'ヒロシ'], ['明美', 'アケミ'], ['直樹', 'ナオキ'], ['真由美', 'マユミ'], ['健一', 'ケンイチ'],
    ['久美子', 'クミコ'], ['聡', 'サトシ'], ['智子', 'トモコ'], ['剛', 'ツヨシ'], ['裕子', 'ユウコ'], ['学', 'マナブ'],
  ],
  young: [
    ['陽菜', 'ヒナ'], ['蓮', 'レン'], ['結衣', 'ユイ'], ['大翔', 'ヒロト'], ['美咲', 'ミサキ'], ['翔太', 'ショウタ'], ['葵', 'アオイ'], ['悠真', 'ユウマ'],
    ['さくら', 'サクラ'], ['颯', 'ハヤテ'], ['凛', 'リン'], ['湊', 'ミナト'],
  ],
};

export interface DemoSchemes {
  readonly premium: Scheme;
  readonly kurashi: Scheme;
  readonly points: Scheme;
  readonly taxi: Scheme;
  /** Until when the くらし応援券 may be taken. */
  readonly takeBy: LocalDate;
}

/** Where vouchers can be used at a kiosk: the stalls of the town's events. */
const STALLS = [
  { id: AcceptorId.parse('port-festival'), name: 'みなと祭りの出店' },
  { id: AcceptorId.parse('morning-market'), name: '朝市の出店' },
];
const FACILITIES = [{ id: AcceptorId.parse('hot-spring'), name: '町の温泉施設' }, ...STALLS];
/** Who collects paper tickets. */
const TAXI = { id: AcceptorId.parse('taxi'), name: '町内のタクシー' };
const ACTIVITIES = [
  { id: ActivityId.parse('school-lunch'), name: '子ども食堂' },
  { id: ActivityId.parse('flower-road'), name: '花いっぱい運動' },
];

/**
 * The schemes as they stand on the day of seeding: those of this calendar year, so that none is over. Seeded in 2026, the vouchers
 * end on 2026-12-31, 2027-02-28 and 2027-03-31.
 */
export function demoSchemes(today: LocalDate): DemoSchemes {
  const year = Number(today.slice(0, 4));
  const day = (offset: number, monthAndDay: string) => LocalDate.parse(`${year + offset}-${monthAndDay}`);
  // A scheme has been running for a month at least, so that there are balances and something to receive on any day of the year.
  const latestStart = addDays(today, -30);
  const since = (monthAndDay: string) => (day(0, monthAndDay) < latestStart ? day(0, monthAndDay) : latestStart);
  const office = '苫前町 商工労働観光課 0164-64-0000';
  const [saleBegins, kurashiBegins, kurashiId] = [since('08-04'), since('10-01'), SchemeId.parse(`kurashi-${year}`)];
  const voucherRules = { spend: { acceptors: STALLS }, void: { secondStaffAbove: 10_000 } };
  return {
    premium: {
      id: SchemeId.parse(`premium-${year}`),
      kind: 'voucher',
      unit: 'yen',
      name: 'プレミアム地域振興券',
      issuer: '苫前町商工会',
      usableAt: '町内の加盟店29店で使えます',
      contact: '苫前町商工会 0164-65-0000',
      legalBasis: '資金決済法第4条第2号（使用期間6か月以内）',
      firstDay: saleBegins,
      lastDay: day(0, '12-31'),
      issuerKind: 'association',
      rules: {
        ...voucherRules,
        // Longer than six months from its issue, the association would have to be registered.
        validDays: 180,
        sale: {
          priceYen: 10_000,
          paid: 10_000,
          premium: 3_000,
          stock: 4_000,
          phases: [
            { firstDay: saleBegins, lastDay: addDays(saleBegins, 13), perPerson: 2, perHousehold: 6 },
            { firstDay: addDays(saleBegins, 14), lastDay: day(0, '12-31'), perPerson: 5, perHousehold: 15 },
          ],
          eligibility: 'everyone',
          oneMedium: true,
        },
      },
    },
    kurashi: {
      id: kurashiId,
      kind: 'voucher',
      unit: 'yen',
      name: '物価高騰くらし応援券',
      issuer: '苫前町',
      usableAt: '町内の加盟店29店で使えます',
      contact: office,
      legalBasis: '資金決済法第4条第3号（地方公共団体の発行）',
      firstDay: kurashiBegins,
      lastDay: day(1, '02-28'),
      issuerKind: 'municipality',
      rules: voucherRules,
    },
    points: {
      id: SchemeId.parse(`points-${year}`),
      kind: 'points',
      unit: 'point',
      name: '地域ポイント',
      issuer: '苫前町',
      usableAt: '町の施設と加盟店で使えます',
      contact: office,
      legalBasis: '苫前町地域ポイント事業実施要綱',
      firstDay: since('04-01'),
      lastDay: day(1, '03-31'),
      issuerKind: 'municipality',
      rules: {
        spend: { acceptors: FACILITIES },
        exchange: [{ to: kurashiId, give: 100, get: 100, firstDay: kurashiBegins, lastDay: day(1, '02-28') }],
        give: { activities: ACTIVITIES, step: 10 },
      },
    },
    taxi: {
      id: SchemeId.parse(`taxi-${year}`),
      kind: 'tickets',
      unit: 'ticket',
      name: '高齢者タクシー券',
      issuer: '苫前町',
      usableAt: '町内のタクシーで1回1枚使えます',
      contact: '苫前町 保健福祉課 0164-64-0000',
      legalBasis: '苫前町高齢者等タクシー助成事業実施要綱',
      firstDay: since('04-01'),
      lastDay: day(1, '03-31'),
      issuerKind: 'municipality',
      // No taxi reads cards: a ticket is handed to the driver as paper.
      rules: { paper: { acceptor: TAXI, most: 10 } },
    },
    takeBy: day(1, '01-31'),
  };
}

/** Who of the staff sells for cash in this invented town, with the demo card of this name. The PIN is no secret: nobody's money is behind it. */
export const DEMO_STAFF = { id: StaffId.parse('demo-clerk'), accountId: AccountId.parse('a-demo-clerk'), card: 'clerk', role: 'clerk', pin: '135790' } as const;

/** What the start screen says; at most three are shown. */
export function demoNotices(today: LocalDate): ReadonlyArray<{ readonly id: string; readonly title: string; readonly text: string; readonly firstDay: LocalDate; readonly lastDay: LocalDate }> {
  const year = today.slice(0, 4);
  return [
    { id: `kurashi-${year}`, title: 'くらし応援券', text: '65歳以上の方に5,000円分をお届けしています。カードをかざすと受け取れます。', firstDay: addDays(today, -30), lastDay: addDays(today, 180) },
    { id: `premium-${year}`, title: '地域振興券の期限', text: 'プレミアム地域振興券は12月31日まで使えます。', firstDay: addDays(today, -30), lastDay: LocalDate.parse(`${year}-12-31`) },
  ];
}
