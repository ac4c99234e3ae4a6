/**
 * What somebody can buy here, and how many sets at most: by the rules of the sale, the right that is leased here, what they have bought, the stock,
 * and the room there is for it. Asked before anything is offered. Reads only.
 */
import { OperationId, StaffId, type DeviceId } from '../../contract/ids.ts';
import type { SaleTerms } from '../../contract/scheme-rules.ts';
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

/** More are never sold in one go: they would not be counted at a kiosk. */
const SETS_MAX = 20;
/** Nothing is written down under these: they stand for what is made when staff agree. */
const [NOBODY, NO_OPERATION] = [StaffId.parse('not-asked-yet'), OperationId.parse('00000000-0000-7000-8000-000000000000')];

/** @throws LedgerUnavailable */
export function setsOnSale(holder: Holder, device: DeviceId, ports: Pick<MovePorts, 'ledger' | 'clock'>): SetsOnSale[] {
  return [...ports.ledger.schemes().values()].flatMap((scheme): SetsOnSale[] => {
    const terms = scheme.rules?.sale;
    if (!terms) return [];
    const canBuy = (sets: number) => whatWouldBeSold({ operationId: NO_OPERATION, holder, schemeId: scheme.id, sets, device, staff: [NOBODY] }, ports).ok;
    let most = 0;
    while (most < SETS_MAX && canBuy(most + 1)) most += 1;
    return most > 0 ? [{ scheme, terms, most, held: heldOf(holder, scheme.id), lastDay: lastDayOfLot(scheme, holder.today) }] : [];
  });
}
