/** What the demo town's people hold and may receive: opening balances as movements, entitlements for everybody of 65 and over. */
import { EntitlementId, LotId, OperationId } from '../../contract/ids.ts';
import { addDays, daysBetween, epochOfMoment, Moment, type LocalDate } from '../../contract/time.ts';
import { issuedAccount, lastDayOfLot, pocketAccount, type Entitlement, type LotKind, type Movement, type Scheme } from '../../contract/value.ts';
import type { Chance } from './constant-chance.ts';
import type { DemoResident } from './demo-people.ts';
import type { DemoSchemes } from './demo-town.ts';

/** The くらし応援券 is for people of this age and over. */
export const ENTITLED_AGE = 65;
export const KURASHI_AMOUNT = 5_000;
const TAXI_AGE = 70;
const TAXI_TICKETS = 12;

type Part = readonly [LotKind, number];
interface Opening {
  readonly scheme: Scheme;
  readonly parts: readonly Part[];
}

/** Opening balances of one card holder, as movements that happened on days before `today`. */
export function openingMovements(resident: DemoResident, schemes: DemoSchemes, today: LocalDate, chance: Chance): Movement[] {
  return openingsOf(resident, schemes, chance).map(({ scheme, parts }) => {
    const day = addDays(scheme.firstDay, chance.below(daysBetween(scheme.firstDay, today)));
    const occurredAt = Moment.parse(`${day}T0${chance.below(7)}:${String(chance.below(60)).padStart(2, '0')}:00.000Z`);
    const operationId = operationIdAt(occurredAt, chance);
    const lots = parts.map(([kind]) => ({
      id: LotId.parse(`lot-${operationId}-${kind}`),
      accountId: resident.accountId,
      schemeId: scheme.id,
      kind,
      issuedOn: day,
      lastDay: lastDayOfLot(scheme, day),
    }));
    return {
      operationId,
      kind: 'load' as const,
      accountId: resident.accountId,
      schemeId: scheme.id,
      entitlementId: null,
      occurredAt,
      lots,
      postings: parts.map(([kind, amount]) => ({
        debit: issuedAccount(scheme.id),
        credit: pocketAccount(resident.accountId, LotId.parse(`lot-${operationId}-${kind}`)),
        amount,
      })),
    };
  });
}

function openingsOf(resident: DemoResident, { premium, points, taxi }: DemoSchemes, chance: Chance): Opening[] {
  switch (resident.demoCard) {
    case 'hanako':
      return [
        { scheme: premium, parts: [['paid', 6_500], ['premium', 2_000]] },
        { scheme: points, parts: [['free', 320]] },
        { scheme: taxi, parts: [['free', 4]] },
      ];
    case 'taro':
      return [];
    // His card proves itself, so he can do something with them at the window.
    case 'haruo':
      return [{ scheme: points, parts: [['free', 640]] }, { scheme: taxi, parts: [['free', TAXI_TICKETS]] }];
    // What their cards hold was put on them by a kiosk: a card begins with nothing on it.
    case 'kazuko':
    case 'setsuko':
      return [];
    case 'kiyoshi':
      return [
        { scheme: premium, parts: [['paid', 10_000], ['premium', 3_000]] },
        { scheme: points, parts: [['free', 85]] },
      ];
    case 'sachiko':
      return [{ scheme: premium, parts: [['paid', 1_200]] }];
    case undefined:
    default:
      return openingsByChance(resident, { premium, points, taxi }, chance);
  }
}

function openingsByChance(resident: DemoResident, { premium, points, taxi }: Pick<DemoSchemes, 'premium' | 'points' | 'taxi'>, chance: Chance): Opening[] {
  const openings: Opening[] = [];
  if (chance.percent(55)) {
    const premiumLeft = 100 * chance.below(31);
    openings.push({ scheme: premium, parts: [['paid', 500 + 10 * chance.below(950)], ...(premiumLeft > 0 ? [['premium', premiumLeft] as const] : [])] });
  }
  if (chance.percent(70)) openings.push({ scheme: points, parts: [['free', 5 + 5 * chance.below(160)]] });
  if (resident.age >= TAXI_AGE && chance.percent(60)) openings.push({ scheme: taxi, parts: [['free', 1 + chance.below(24)]] });
  return openings;
}

/** What the resident may receive: the くらし応援券, from a certain age; one of them taxi tickets as well. */
export function entitlementsOf({ accountId, age, demoCard }: DemoResident, { kurashi, taxi, takeBy }: DemoSchemes): Entitlement[] {
  if (age < ENTITLED_AGE || demoCard === 'sachiko') return [];
  const of = (scheme: Scheme, amount: number): Entitlement => ({
    id: EntitlementId.parse(`e-${scheme.id}-${accountId}`),
    accountId,
    schemeId: scheme.id,
    amount,
    lotKind: 'free',
    firstDay: scheme.firstDay,
    lastDay: takeBy,
  });
  return [of(kurashi, KURASHI_AMOUNT), ...(demoCard === 'setsuko' ? [of(taxi, TAXI_TICKETS)] : [])];
}

/** A UUID of version 7 (RFC 9562) for this moment. */
function operationIdAt(moment: Moment, chance: Chance): OperationId {
  const time = epochOfMoment(moment).toString(16).padStart(12, '0');
  const random = chance.hex(10);
  const variant = '89ab'[chance.below(4)] ?? '8';
  return OperationId.parse(`${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(3, 6)}-${random.slice(6, 18)}`);
}
