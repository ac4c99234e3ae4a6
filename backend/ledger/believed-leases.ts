/**
 * What a device says that it sold under, when the books have lost what was leased to it. The backend of the lost days has seen to the limits;
 * what it leased is believed as far as the device's sales name it.
 */
import type { EntitlementId, StockLeaseId } from '../../contract/ids.ts';
import type { StockLease } from '../../contract/sync.ts';
import { dateInTokyo } from '../../contract/time.ts';
import type { Movement, PurchaseRight } from '../../contract/value.ts';

/** More than anybody was leased. */
const SETS = 10_000;

/** @param sales as the device reports them */
export function rightsBelieved(sales: readonly Movement[]): Map<EntitlementId, PurchaseRight> {
  const rights = new Map<EntitlementId, PurchaseRight>();
  for (const { entitlementId, schemeId, accountId, occurredAt } of sales) {
    if (entitlementId === null) continue;
    const day = dateInTokyo(occurredAt);
    const before = rights.get(entitlementId);
    rights.set(entitlementId, {
      id: entitlementId,
      schemeId,
      accountIds: [...new Set([...(before?.accountIds ?? []), accountId])],
      sets: SETS,
      perAccount: SETS,
      limit: 'person',
      firstDay: before && before.firstDay < day ? before.firstDay : day,
      lastDay: before && before.lastDay > day ? before.lastDay : day,
    });
  }
  return rights;
}

/** @param sales as the device reports them */
export function stockBelieved(sales: readonly Movement[]): Map<StockLeaseId, StockLease> {
  return new Map(sales.flatMap(({ stockLease, schemeId }) => (stockLease === undefined ? [] : [[stockLease, { id: stockLease, schemeId, sets: SETS }] as const])));
}
