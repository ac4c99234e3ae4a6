/** What a device has given back is free for others from this entry of its journal on: whatever it did under it stands before. */
import type { AccountId, DeviceId, EntitlementId, StockLeaseId } from '../../contract/ids.ts';
import type { ReturnedLease } from '../../contract/journal.ts';
import type { MunicipalityWork } from './change-feed.ts';
import { endGrantLeases } from './grant-leases.ts';
import { endHolds } from './holds.ts';
import { endRights } from './right-leases.ts';
import { endStock } from './stock-leases.ts';

/** What the device does not hold (any more) stays as it is: an entry may come after staff have written the device off. */
export async function returnLeases(work: MunicipalityWork, deviceId: DeviceId, leases: readonly ReturnedLease[]): Promise<void> {
  const entitlements: EntitlementId[] = [];
  const stocks: StockLeaseId[] = [];
  const holds: AccountId[] = [];
  for (const lease of leases) {
    if (lease.kind === 'entitlement') entitlements.push(lease.id);
    else if (lease.kind === 'stock') stocks.push(lease.id);
    else holds.push(lease.id);
  }
  await endGrantLeases(work, entitlements, 'returned', deviceId);
  await endRights(work, deviceId, entitlements, 'returned');
  await endStock(work, deviceId, stocks, 'returned');
  await endHolds(work, deviceId, holds, 'returned');
}
