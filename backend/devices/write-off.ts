/**
 * What a revoked device has not given back, staff may write off: it is then free for others. That is a decision, never a matter of time, for
 * the device may have used it and may still say so. What it says later is kept in quarantine (`quarantine.ts`).
 */
import type { DeviceId} from '../../contract/ids.ts';
import { AccountId, EntitlementId, MunicipalityId, StockLeaseId } from '../../contract/ids.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { insertAll } from '../database/insert-all.ts';
import type { HowLeaseEnded } from '../database/tables.ts';
import { asOnlyWriter, type MunicipalityWork } from '../ledger/change-feed.ts';
import { endGrantLeases } from '../ledger/grant-leases.ts';
import { endHolds } from '../ledger/holds.ts';
import type { StaffDecision } from '../ledger/staff-decision.ts';
import { endRights } from '../ledger/right-leases.ts';
import { endStock } from '../ledger/stock-leases.ts';
import { listLeases, type LeaseLine, type LeaseName } from './device-leases.ts';

export type WriteOff =
  | { readonly kind: 'written-off'; readonly freed: readonly LeaseLine[] }
  | { readonly kind: 'unknown-device' }
  /** Whoever is heard can give things back. */
  | { readonly kind: 'not-revoked' };

/** @param decision kept for ever, with what was freed */
export async function writeOffLeases(database: BackendDatabase, { deviceId, decision, nowMs }: { readonly deviceId: DeviceId; readonly decision: StaffDecision; readonly nowMs: number }): Promise<WriteOff> {
  const device = await database.kysely.selectFrom('device').select(['municipality_id', 'state']).where('device_id', '=', deviceId).executeTakeFirst();
  if (!device) return { kind: 'unknown-device' };
  if (device.state !== 'revoked') return { kind: 'not-revoked' };
  return asOnlyWriter(database, MunicipalityId.parse(device.municipality_id), async (work): Promise<WriteOff> => {
    const freed = await listLeases(work.transaction, deviceId);
    if (freed.length === 0) return { kind: 'written-off', freed };
    await endAll(work, deviceId, freed, 'written-off');
    await insertAll(work, 'lease_write_off', [
      { municipality_id: work.municipalityId, device_id: deviceId, written_off_ms: await freeMoment(work, deviceId, nowMs), staff_id: decision.staff, reason: decision.reason, freed: JSON.stringify(freed.map(({ kind, id }) => ({ kind, id }))) },
    ]);
    return { kind: 'written-off', freed };
  });
}

/** Ends all these, for the device that holds it. */
export async function endAll(work: MunicipalityWork, deviceId: DeviceId, leases: readonly LeaseName[], how: HowLeaseEnded): Promise<void> {
  const ids = (wanted: LeaseName['kind']) => leases.filter(({ kind }) => kind === wanted).map(({ id }) => id);
  await endGrantLeases(work, ids('entitlement').map((id) => EntitlementId.parse(id)), how, deviceId);
  await endRights(work, deviceId, ids('right').map((id) => EntitlementId.parse(id)), how);
  await endStock(work, deviceId, ids('stock').map((id) => StockLeaseId.parse(id)), how);
  await endHolds(work, deviceId, ids('hold').map((id) => AccountId.parse(id)), how);
}

/** Two write-offs of one device never stand under the same moment, whatever the clock says. */
async function freeMoment({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId, nowMs: number): Promise<number> {
  const last = await transaction.selectFrom('lease_write_off').select((eb) => eb.fn.max('written_off_ms').as('last')).where('municipality_id', '=', municipalityId).where('device_id', '=', deviceId).executeTakeFirst();
  return last?.last === null || last?.last === undefined ? nowMs : Math.max(nowMs, last.last + 1);
}
