/** The schemes of the small town, with rules of every kind. */
import { AcceptorId, ActivityId, SchemeId } from '../../contract/ids.ts';
import type { SchemeRules } from '../../contract/scheme-rules.ts';
import { LocalDate } from '../../contract/time.ts';
import type { Scheme } from '../../contract/value.ts';

const FIRST_DAY = LocalDate.parse('2026-08-01');
const LAST_DAY = LocalDate.parse('2027-12-31');
export const STALL = AcceptorId.parse('stall-1');
export const CLUB = ActivityId.parse('club-1');
const acceptors = [{ id: STALL, name: '朝市' }];

const schemeOf = (id: string, name: string, rules: SchemeRules, kind: Scheme['kind'] = 'voucher'): Scheme => ({
  id: SchemeId.parse(id),
  kind,
  unit: kind === 'points' ? 'point' : 'yen',
  name,
  issuer: '小さな町',
  usableAt: '町内の加盟店',
  contact: '商工係 0164-00-0000',
  legalBasis: '資金決済法第4条第3号',
  firstDay: FIRST_DAY,
  lastDay: LAST_DAY,
  rules,
});

const POINTS_ID = SchemeId.parse('points');

/** What everybody has when a run begins. */
export const OPENING = schemeOf('opening', '地域振興券', { spend: { acceptors } });
export const GRANT_EXCHANGE = { to: POINTS_ID, give: 3, get: 2, firstDay: FIRST_DAY, lastDay: LAST_DAY } as const;
/** What is granted in a run; its lots end while longer runs are still going on. */
export const GRANT = schemeOf('grant', 'くらし応援券', {
  validDays: 12,
  spend: { acceptors },
  exchange: [GRANT_EXCHANGE],
  void: { secondStaffAbove: 20 },
});
/** What others become. */
export const POINTS = schemeOf('points', '健康ポイント', { give: { activities: [{ id: CLUB, name: '見守りの会' }], step: 2 } }, 'points');
/** What is sold. There is never enough of it for everybody. */
export const SALE_TERMS = { priceYen: 5_000, paid: 5_000, premium: 1_500, stock: 14, perPerson: 3 } as const;
export const SOLD = schemeOf('sold', 'プレミアム商品券', {
  spend: { acceptors },
  sale: {
    priceYen: SALE_TERMS.priceYen,
    paid: SALE_TERMS.paid,
    premium: SALE_TERMS.premium,
    stock: SALE_TERMS.stock,
    phases: [{ firstDay: FIRST_DAY, lastDay: LAST_DAY, perPerson: SALE_TERMS.perPerson }],
    eligibility: 'everyone',
    oneMedium: false,
  },
  void: { secondStaffAbove: 10_000 },
});
export const SCHEMES: readonly Scheme[] = [OPENING, GRANT, POINTS, SOLD];
