/**
 * Leases: an open entitlement is held by at most one device at a time (a unique index sees to it), until a moment. A device may hand
 * out what it holds while it has no network. A lease is never taken away before its end; it only runs out.
 */
import type { DeviceId, EntitlementId, MunicipalityId, SiteId } from '../../contract/ids.ts';
import { EntitlementId as EntitlementIdSchema, DeviceId as DeviceIdSchema } from '../../contract/ids.ts';
import { CLOCK_TOLERANCE_SECONDS } from '../../contract/sync.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import type { Kysely } from 'kysely';
import type { BackendDatabase } from '../database/backend-database.ts';
import { insertAll } from '../database/insert-all.ts';
import type { Tables } from '../database/tables.ts';
import { announce, asOnlyWriter, type Announcement, type MunicipalityWork } from './change-feed.ts';
import { entitlementOfRow } from './stored-value.ts';

const DAY_MS = 86_400_000;
export const LEASE_MS = 7 * DAY_MS;
/** A device's own lease is renewed when it would run out within this time. */
export const RENEW_WITHIN_MS = 3 * DAY_MS;
/** Leases given out or renewed by one pull; the next pull goes on. */
export const LEASES_PER_PULL_MAX = 500;

export interface LeasingDevice {
  readonly municipalityId: MunicipalityId;
  readonly deviceId: DeviceId;
  readonly siteId: SiteId;
}

/**
 * Leases to the device what residents of its site may receive and nobody holds, renews what it holds already, and ends what was
 * withdrawn meanwhile.
 * @returns how many leases were written; with `LEASES_PER_PULL_MAX` there may be more to do
 */
export async function refreshLeases(database: BackendDatabase, device: LeasingDevice, nowMs: number): Promise<number> {
  // Looked at first without the lock: nearly always there is nothing to do.
  const waiting = await leasable(database.kysely, device, nowMs).limit(1).execute();
  const withdrawn = await withdrawnLeases(database.kysely, device).limit(1).execute();
  if (waiting.length === 0 && withdrawn.length === 0) return 0;
  return asOnlyWriter(database, device.municipalityId, async (work) => {
    const over = await withdrawnLeases(work.transaction, device).execute();
    await endLeases(work, over.map((row) => EntitlementIdSchema.parse(row.entitlement_id)));
    const rows = await leasable(work.transaction, device, nowMs).orderBy('entitlement.entitlement_id').limit(LEASES_PER_PULL_MAX).execute();
    const fromOthers = rows.filter((row) => row.holder !== null && row.holder !== device.deviceId);
    await endLeases(work, fromOthers.map((row) => EntitlementIdSchema.parse(row.entitlement_id)));
    const untilMs = nowMs + LEASE_MS;
    await forgetOwn(work, device.deviceId, rows.map((row) => row.entitlement_id));
    await insertAll(
      work,
      'lease',
      rows.map((row) => ({ municipality_id: device.municipalityId, entitlement_id: row.entitlement_id, device_id: device.deviceId, until_ms: untilMs, state: 'held' as const })),
    );
    await announce(
      work,
      rows.map((row) => ({
        change: { type: 'lease' as const, entitlement: entitlementOfRow(row), until: momentFromEpoch(untilMs) },
        deviceId: device.deviceId,
        subject: leaseSubject(row.entitlement_id),
      })),
    );
    return rows.length;
  });
}

/** Open entitlements of the site's residents that nobody holds (any more), or that this device holds and must renew. */
function leasable(database: Kysely<Tables>, { municipalityId, deviceId, siteId }: LeasingDevice, nowMs: number) {
  const today = dateInTokyo(momentFromEpoch(nowMs));
  // The other device may run on a clock that is a little slow.
  const surelyOverMs = nowMs - CLOCK_TOLERANCE_SECONDS * 1_000;
  return database
    .selectFrom('entitlement')
    .innerJoin('account', (join) =>
      join.onRef('account.municipality_id', '=', 'entitlement.municipality_id').onRef('account.account_id', '=', 'entitlement.account_id'),
    )
    .leftJoin('lease', (join) =>
      join
        .onRef('lease.municipality_id', '=', 'entitlement.municipality_id')
        .onRef('lease.entitlement_id', '=', 'entitlement.entitlement_id')
        .on('lease.state', '=', 'held'),
    )
    .select([
      'entitlement.entitlement_id', 'entitlement.account_id', 'entitlement.scheme_id', 'entitlement.amount', 'entitlement.lot_kind',
      'entitlement.first_day', 'entitlement.last_day', 'lease.device_id as holder',
    ])
    .where('entitlement.municipality_id', '=', municipalityId)
    .where('entitlement.state', '=', 'open')
    .where('entitlement.last_day', '>=', today)
    .where('account.state', '=', 'open')
    .where('account.home_site_id', '=', siteId)
    .where((eb) =>
      eb.or([
        eb('lease.device_id', 'is', null),
        eb.and([eb('lease.device_id', '=', deviceId), eb('lease.until_ms', '<', nowMs + RENEW_WITHIN_MS)]),
        eb.and([eb('lease.device_id', '<>', deviceId), eb('lease.until_ms', '<', surelyOverMs)]),
      ]),
    )
    // Another device, which once held it, may have given it out and does not know: nobody else may until a reading of the card decides.
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('unknown_movement')
            .innerJoin('lease as once', (join) =>
              join
                .onRef('once.municipality_id', '=', 'unknown_movement.municipality_id')
                .onRef('once.entitlement_id', '=', 'unknown_movement.entitlement_id')
                .onRef('once.device_id', '=', 'unknown_movement.device_id'),
            )
            .select('unknown_movement.operation_id')
            .whereRef('unknown_movement.municipality_id', '=', 'entitlement.municipality_id')
            .whereRef('unknown_movement.entitlement_id', '=', 'entitlement.entitlement_id')
            .where('unknown_movement.state', '=', 'open')
            .where('unknown_movement.device_id', '<>', deviceId),
        ),
      ),
    );
}

/** Ends whatever lease there is of these entitlements and tells the devices that held them. */
export async function endLeases(work: MunicipalityWork, entitlements: readonly EntitlementId[], except?: DeviceId): Promise<void> {
  if (entitlements.length === 0) return;
  const ended = await work.transaction
    .updateTable('lease')
    .set({ state: 'ended' })
    .where('municipality_id', '=', work.municipalityId)
    .where('state', '=', 'held')
    .where('entitlement_id', 'in', entitlements)
    .$if(except !== undefined, (query) => query.where('device_id', '<>', except ?? ''))
    .returning(['entitlement_id', 'device_id'])
    .execute();
  await announce(
    work,
    ended.map(
      (row): Announcement => ({
        change: { type: 'lease-ended', entitlementId: EntitlementIdSchema.parse(row.entitlement_id) },
        deviceId: DeviceIdSchema.parse(row.device_id),
        subject: leaseSubject(row.entitlement_id),
      }),
    ),
  );
}

/**
 * The device may have given the entitlement out and does not know: whoever was given it meanwhile loses it. Only a device that held it
 * once can have done so; the word of any other ends nothing.
 */
export async function endLeasesOfOthers(work: MunicipalityWork, deviceId: DeviceId, entitlementId: EntitlementId): Promise<void> {
  const own = await work.transaction
    .selectFrom('lease')
    .select('entitlement_id')
    .where('municipality_id', '=', work.municipalityId)
    .where('device_id', '=', deviceId)
    .where('entitlement_id', '=', entitlementId)
    .executeTakeFirst();
  if (own) await endLeases(work, [entitlementId], deviceId);
}

/** Entitlements the device holds although nobody may take them any more: the office withdrew them. */
function withdrawnLeases(database: Kysely<Tables>, { municipalityId, deviceId }: LeasingDevice) {
  return database
    .selectFrom('lease')
    .innerJoin('entitlement', (join) =>
      join.onRef('entitlement.municipality_id', '=', 'lease.municipality_id').onRef('entitlement.entitlement_id', '=', 'lease.entitlement_id'),
    )
    .select('lease.entitlement_id')
    .where('lease.municipality_id', '=', municipalityId)
    .where('lease.device_id', '=', deviceId)
    .where('lease.state', '=', 'held')
    .where('entitlement.state', '<>', 'open');
}

const leaseSubject = (entitlementId: string) => `lease/${entitlementId}`;

async function forgetOwn({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId, entitlements: readonly string[]): Promise<void> {
  if (entitlements.length === 0) return;
  await transaction
    .deleteFrom('lease')
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('entitlement_id', 'in', entitlements)
    .execute();
}
