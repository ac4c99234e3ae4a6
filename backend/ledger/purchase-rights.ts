/** What a phase of sale allows a person or a household, by the scheme's rules and what they have bought. Pure. */
import type { AccountId } from '../../contract/ids.ts';
import type { Standing } from '../../contract/refusal.ts';
import type { SalePhase, SaleTerms } from '../../contract/scheme-rules.ts';
import type { LocalDate } from '../../contract/time.ts';
import type { PurchaseRight, Scheme } from '../../contract/value.ts';
import type { Buyer } from './buyers.ts';

/** More accounts than this cannot stand in one right. */
const ACCOUNTS_MAX = 30;
const SETS_MAX = 10_000;

/** The phase in which sets of the scheme are sold on `today`. */
export function phaseOn({ rules, firstDay, lastDay }: Scheme, today: LocalDate): SalePhase | undefined {
  if (today < firstDay || today > lastDay) return undefined;
  return rules?.sale?.phases.find((phase) => phase.firstDay <= today && today <= phase.lastDay);
}

export interface Allowed {
  /** What the right says, without its name; null when nobody of them may buy. */
  readonly terms: Omit<PurchaseRight, 'id'> | null;
  /** Those who may not buy, and why. */
  readonly standings: ReadonlyMap<AccountId, Standing>;
}

/**
 * What these people may buy from now on: never more than the limits less everything they have bought.
 * @param together one person, or everybody of a household when the phase has a limit for households
 * @param first whose account must be among those of the right, where a household is too large for one
 */
export function allowedTo(together: readonly Buyer[], scheme: Scheme, sale: SaleTerms, phase: SalePhase, first?: AccountId): Allowed {
  const ofHousehold = phase.perHousehold === undefined ? SETS_MAX : phase.perHousehold - together.reduce((sum, { bought }) => sum + bought, 0);
  const standings = new Map<AccountId, Standing>();
  const allowances = new Map<AccountId, number>();
  for (const buyer of together) {
    if (buyer.accountId === null) continue;
    const found = allowanceOf(buyer, sale, phase, ofHousehold);
    if (typeof found === 'number') allowances.set(buyer.accountId, found);
    else for (const account of buyer.accounts) standings.set(account, found);
  }
  const chosen = [...allowances].sort(([a], [b]) => Number(b === first) - Number(a === first) || (a < b ? -1 : 1)).slice(0, ACCOUNTS_MAX);
  if (chosen.length === 0) return { terms: null, standings };
  const perAccount = Math.max(...chosen.map(([, sets]) => sets));
  const all = chosen.reduce((sum, [, sets]) => sum + sets, 0);
  const less = chosen.filter(([, sets]) => sets < perAccount).map(([accountId, sets]) => ({ accountId, sets: perAccount - sets }));
  return {
    standings,
    terms: {
      schemeId: scheme.id,
      accountIds: chosen.map(([account]) => account),
      sets: Math.min(all, ofHousehold, SETS_MAX),
      perAccount,
      ...(less.length > 0 ? { less } : {}),
      limit: phase.perHousehold !== undefined && ofHousehold <= all ? 'household' : phase.lottery === true ? 'lottery' : 'person',
      firstDay: phase.firstDay,
      lastDay: phase.lastDay < scheme.lastDay ? phase.lastDay : scheme.lastDay,
    },
  };
}

/** How many sets one person may still buy, or why none. */
function allowanceOf({ bought, boughtElsewhere, eligible, won }: Buyer, sale: SaleTerms, phase: SalePhase, ofHousehold: number): number | Standing {
  if (sale.eligibility === 'listed' && !eligible) return 'not-eligible';
  if (phase.lottery === true && won < 1) return 'lottery-not-won';
  if (sale.oneMedium && boughtElsewhere > 0) return 'other-medium';
  const own = Math.min(phase.perPerson ?? SETS_MAX, phase.lottery === true ? won : SETS_MAX) - bought;
  if (own < 1 && (phase.perPerson !== undefined || phase.lottery === true)) return 'person-limit';
  if (ofHousehold < 1) return 'household-limit';
  return Math.min(phase.perPerson === undefined && phase.lottery !== true ? SETS_MAX : own, ofHousehold);
}
