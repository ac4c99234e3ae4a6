/**
 * What somebody can buy here, and how many sets at most: by the rules of the sale, the right that is leased here, what they have bought, the stock,
 * and the room there is for it. Asked before anything is offered. Reads only.
 */
import { OperationId, StaffId, type DeviceId } from '../../contract/ids.ts';
import type { SaleTerms } from '../../contract/scheme-rules.ts';
import type { Refusal } from '../../contract/refusal.ts';
import { lastDayOfLot, type Scheme } from '../../contract/value.ts';
import type { LocalDate } from '../../contract/time.ts';
import { heldOf, type MovePorts } from './move-value.ts';
import { whatWouldBeSold } from './sell-sets.ts';
import type { Holder } from './show-balance.ts';

export interface SetsOnSale {
  readonly scheme: Scheme;
  readonly terms: SaleTerms;
  /** How many of them can be bought now; at least one. */
  readonly most: number;
  /** What the holder has of the scheme, and until when a set that comes today can be used. */
  readonly held: number;
  readonly lastDay: LocalDate;
}

/** A sale that runs, of which this person can buy nothing now. */
export interface NoSale {
  readonly scheme: Scheme;
  readonly why: Refusal;
}

/** More are never sold in one go: they would not be counted at a kiosk. */
const SETS_MAX = 20;
/** Nothing is written down under these: they stand for what is made when staff agree. */
const [NOBODY, NO_OPERATION] = [StaffId.parse('not-asked-yet'), OperationId.parse('00000000-0000-7000-8000-000000000000')];

/** @throws LedgerUnavailable */
export function setsOnSale(holder: Holder, device: DeviceId, ports: Pick<MovePorts, 'ledger' | 'clock'>): { readonly sales: SetsOnSale[]; readonly noSales: NoSale[] } {
  const [sales, noSales]: [SetsOnSale[], NoSale[]] = [[], []];
  for (const scheme of ports.ledger.schemes().values()) {
    const terms = scheme.rules?.sale;
    if (!terms) continue;
    const sold = (sets: number) => whatWouldBeSold({ operationId: NO_OPERATION, holder, schemeId: scheme.id, sets, device, staff: [NOBODY] }, ports);
    let most = 0;
    let next = sold(1);
    while (next.ok && most < SETS_MAX) next = sold((most += 1) + 1);
    if (most > 0) sales.push({ scheme, terms, most, held: heldOf(holder, scheme.id), lastDay: lastDayOfLot(scheme, holder.today) });
    else if (!next.ok && runsOn(holder.today, terms)) noSales.push({ scheme, why: next.rule });
  }
  return { sales, noSales };
}

/** Before and after it, nobody wonders why they cannot buy. */
const runsOn = (today: LocalDate, { phases }: SaleTerms): boolean => phases.some(({ firstDay, lastDay }) => firstDay <= today && today <= lastDay);
