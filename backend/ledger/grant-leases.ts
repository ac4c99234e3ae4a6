/** Leases of granted entitlements: each is held by at most one device (a unique index sees to it), which may hand it out without a network. */
import { sql, type Expression, type ExpressionBuilder, type Kysely, type SqlBool } from 'kysely';
import { DeviceId, EntitlementId, type AccountId } from '../../contract/ids.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { asActiveDevice } from '../devices/as-active-device.ts';
import { insertAll } from '../database/insert-all.ts';
import type { HowLeaseEnded, Tables } from '../database/tables.ts';
import { announce, type Announcement, type MunicipalityWork } from './change-feed.ts';
import { ended, HELD, LEASE_MS, leaseSubject, LEASES_PER_PULL_MAX, RENEW_WITHIN_MS, recallSubject, takeOutOfFeed, todayAt, WANTED_MS, type LeasingDevice } from './leasing.ts';
import { entitlementOfRow } from './stored-value.ts';

const GRANT_COLUMNS = [
  'entitlement.entitlement_id', 'entitlement.account_id', 'entitlement.scheme_id', 'entitlement.amount', 'entitlement.lot_kind',
  'entitlement.first_day', 'entitlement.last_day',
] as const;

/**
 * Leases to the device what residents of its site may receive and nobody holds, renews what it holds already, and ends what was
 * withdrawn meanwhile.
 * @returns how many leases were written or ended; with `LEASES_PER_PULL_MAX` there may be more to do
 */
export async function refreshGrantLeases(database: BackendDatabase, device: LeasingDevice, nowMs: number): Promise<number> {
  // Looked at first without the lock: nearly always there is nothing to do.
  const waiting = await leasable(database.kysely, device, nowMs).limit(1).execute();
  const withdrawn = await withdrawnLeases(database.kysely, device).limit(1).execute();
  if (waiting.length === 0 && withdrawn.length === 0) return 0;
  const written = await asActiveDevice(database, device, async (work) => {
    const over = await withdrawnLeases(work.transaction, device).execute();
    await endGrantLeases(work, over.map((row) => EntitlementId.parse(row.entitlement_id)), 'withdrawn');
    return over.length + (await leaseGrants(work, device, nowMs));
  });
  return written ?? 0;
}

const leaseOf = (row: Parameters<typeof entitlementOfRow>[0], deviceId: DeviceId, untilMs: number): Announcement => ({
  change: { type: 'lease', entitlement: entitlementOfRow(row), until: momentFromEpoch(untilMs) },
  deviceId,
  subject: leaseSubject(row.entitlement_id),
});

/** @param accounts only what belongs to these @returns how many leases were written */
export async function leaseGrants(work: MunicipalityWork, device: LeasingDevice, nowMs: number, accounts?: readonly AccountId[]): Promise<number> {
  const rows = await leasable(work.transaction, device, nowMs)
    .$if(accounts !== undefined, (query) => query.where('entitlement.account_id', 'in', accounts ?? []))
    .orderBy('entitlement.entitlement_id')
    .limit(LEASES_PER_PULL_MAX)
    .execute();
  const untilMs = nowMs + LEASE_MS;
  await forgetOwn(work, device.deviceId, rows.map((row) => row.entitlement_id));
  await insertAll(
    work,
    'lease',
    rows.map((row) => ({ municipality_id: device.municipalityId, entitlement_id: row.entitlement_id, device_id: device.deviceId, until_ms: untilMs, state: 'held' as const, how_ended: null, recalled: 0 as const })),
  );
  await announce(
    work,
    rows.map((row) => leaseOf(row, device.deviceId, untilMs)),
  );
  return rows.length;
}

/**
 * A device that takes back what it had given out holds the grant again from that moment of its journal on: it may have given it out anew
 * before it heard of anything else. Not when the account was closed meanwhile. Also a revoked device: what it holds is free when staff write it off.
 */
export async function leaseAgain(work: MunicipalityWork, reopened: ReadonlyMap<EntitlementId, DeviceId>, nowMs: number): Promise<void> {
  const { transaction, municipalityId } = work;
  const untilMs = nowMs + LEASE_MS;
  for (const [entitlementId, deviceId] of reopened) {
    const row = await transaction
      .selectFrom('entitlement')
      .innerJoin('account', (join) => join.onRef('account.municipality_id', '=', 'entitlement.municipality_id').onRef('account.account_id', '=', 'entitlement.account_id'))
      .innerJoin('lease', (join) => join.onRef('lease.municipality_id', '=', 'entitlement.municipality_id').onRef('lease.entitlement_id', '=', 'entitlement.entitlement_id').on('lease.device_id', '=', deviceId))
      .select(GRANT_COLUMNS)
      .where('entitlement.municipality_id', '=', municipalityId)
      .where('entitlement.entitlement_id', '=', entitlementId)
      .where('entitlement.state', '=', 'open')
      .where('account.state', '=', 'open')
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('lease as other')
              .select('other.device_id')
              .whereRef('other.municipality_id', '=', 'entitlement.municipality_id')
              .whereRef('other.entitlement_id', '=', 'entitlement.entitlement_id')
              .where('other.state', '=', HELD)
              .where('other.device_id', '<>', deviceId),
          ),
        ),
      )
      .executeTakeFirst();
    if (!row) continue;
    await transaction
      .updateTable('lease')
      .set({ state: 'held', how_ended: null, until_ms: untilMs, recalled: 0 })
      .where('municipality_id', '=', municipalityId)
      .where('device_id', '=', deviceId)
      .where('entitlement_id', '=', entitlementId)
      .execute();
    await announce(work, [leaseOf(row, deviceId, untilMs)]);
    const doubts = await transaction
      .selectFrom('unknown_movement')
      .select('device_id')
      .where('municipality_id', '=', municipalityId)
      .where('entitlement_id', '=', entitlementId)
      .where('state', '=', 'open')
      .where('device_id', '<>', deviceId)
      .execute();
    for (const { device_id } of doubts) await recallFromOthers(work, DeviceId.parse(device_id), entitlementId);
  }
}

/**
 * Whether what belongs to the account may be given to the device: to the one where its holder stood a moment ago, otherwise to those of
 * the holder's own site.
 */
export function goesTo(eb: ExpressionBuilder<Tables, 'account'>, { deviceId, siteId }: LeasingDevice, nowMs: number): Expression<SqlBool> {
  const wanted = eb
    .selectFrom('account_wanted')
    .select('account_wanted.device_id')
    .whereRef('account_wanted.municipality_id', '=', 'account.municipality_id')
    .whereRef('account_wanted.account_id', '=', 'account.account_id')
    .where('account_wanted.wanted_ms', '>', nowMs - WANTED_MS);
  const here = sql<boolean>`${wanted} = ${deviceId}`;
  return eb.or([here, eb.and([eb('account.home_site_id', '=', siteId), eb.not(eb.exists(wanted))])]);
}

/** Open entitlements that nobody holds and that go to this device, and those that it holds and must renew. */
function leasable(database: Kysely<Tables>, device: LeasingDevice, nowMs: number) {
  const { municipalityId, deviceId } = device;
  return database
    .selectFrom('entitlement')
    .innerJoin('account', (join) =>
      join.onRef('account.municipality_id', '=', 'entitlement.municipality_id').onRef('account.account_id', '=', 'entitlement.account_id'),
    )
    .leftJoin('lease', (join) =>
      join
        .onRef('lease.municipality_id', '=', 'entitlement.municipality_id')
        .onRef('lease.entitlement_id', '=', 'entitlement.entitlement_id')
        .on('lease.state', '=', HELD),
    )
    .select(GRANT_COLUMNS)
    .where('entitlement.municipality_id', '=', municipalityId)
    .where('entitlement.state', '=', 'open')
    .where('entitlement.last_day', '>=', todayAt(nowMs))
    .where('account.state', '=', 'open')
    .where((eb) =>
      eb.or([
        eb.and([eb('lease.device_id', 'is', null), goesTo(eb as ExpressionBuilder<Tables, 'account'>, device, nowMs)]),
        eb.and([eb('lease.device_id', '=', deviceId), eb('lease.recalled', '=', 0), eb('lease.until_ms', '<', nowMs + RENEW_WITHIN_MS)]),
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

/** Ends whatever lease there is of these entitlements and tells the devices that held them. @param holder only the leases of this device */
export async function endGrantLeases(work: MunicipalityWork, entitlements: readonly EntitlementId[], how: HowLeaseEnded, holder?: DeviceId): Promise<void> {
  const over = await endLeases(work, entitlements, how, holder);
  await announce(work, over.map(endOf));
}

/**
 * Ends the leases of what somebody has received.
 * @param taken which device has given out which entitlement: if it held it, it hears of the movement and needs no other word
 * @returns what is to be announced with the movements
 */
export async function endTakenLeases(work: MunicipalityWork, taken: ReadonlyMap<EntitlementId, DeviceId | undefined>): Promise<Announcement[]> {
  const over = await endLeases(work, [...taken.keys()], 'taken');
  return over.filter(({ entitlementId, deviceId }) => taken.get(entitlementId) !== deviceId).map(endOf);
}

interface EndedLease {
  readonly entitlementId: EntitlementId;
  readonly deviceId: DeviceId;
}

const endOf = ({ entitlementId, deviceId }: EndedLease): Announcement => ({ change: { type: 'lease-ended', entitlementId }, deviceId, subject: leaseSubject(entitlementId) });

async function endLeases(work: MunicipalityWork, entitlements: readonly EntitlementId[], how: HowLeaseEnded, holder?: DeviceId): Promise<EndedLease[]> {
  if (entitlements.length === 0) return [];
  const over = await work.transaction
    .updateTable('lease')
    .set(ended(how))
    .where('municipality_id', '=', work.municipalityId)
    .where('state', '=', HELD)
    .where(work.dialect.oneOf('entitlement_id', entitlements))
    .$if(holder !== undefined, (query) => query.where('device_id', '=', holder ?? ''))
    .returning(['entitlement_id', 'device_id', 'recalled'])
    .execute();
  await takeOutOfFeed(work, over.filter((row) => row.recalled === 1).map((row) => ({ deviceId: row.device_id, subject: recallSubject(row.entitlement_id) })));
  return over.map((row) => ({ entitlementId: EntitlementId.parse(row.entitlement_id), deviceId: DeviceId.parse(row.device_id) }));
}

/**
 * Asks the devices that hold these entitlements to give them back.
 * @param except the device that wants them
 * @returns how many are held by others
 */
export async function recallGrantLeases(work: MunicipalityWork, entitlements: readonly EntitlementId[], except: DeviceId): Promise<number> {
  if (entitlements.length === 0) return 0;
  const held = await work.transaction
    .selectFrom('lease')
    .select(['entitlement_id', 'device_id', 'recalled'])
    .where('municipality_id', '=', work.municipalityId)
    .where('entitlement_id', 'in', entitlements)
    .where('state', '=', HELD)
    .where('device_id', '<>', except)
    .execute();
  const fresh = held.filter((row) => row.recalled === 0);
  if (fresh.length > 0) {
    await work.transaction
      .updateTable('lease')
      .set({ recalled: 1 })
      .where('municipality_id', '=', work.municipalityId)
      .where('state', '=', HELD)
      .where('entitlement_id', 'in', fresh.map((row) => row.entitlement_id))
      .execute();
    await announce(work, fresh.map((row) => recallOf(row.entitlement_id, row.device_id)));
  }
  return held.length;
}

/** Stands beside the lease in the feed: a device that begins anew must hear of both. */
export const recallOf = (id: string, deviceId: string): Announcement => ({
  change: { type: 'lease-recalled', entitlementId: EntitlementId.parse(id) },
  deviceId: DeviceId.parse(deviceId),
  subject: recallSubject(id),
});

/**
 * A device may have given the entitlement out and does not know. Whoever was given it meanwhile is asked to give it back. Only a device
 * that held it once can have given it out; the word of any other does nothing.
 */
export async function recallFromOthers(work: MunicipalityWork, deviceId: DeviceId, entitlementId: EntitlementId): Promise<void> {
  const own = await work.transaction
    .selectFrom('lease')
    .select('entitlement_id')
    .where('municipality_id', '=', work.municipalityId)
    .where('device_id', '=', deviceId)
    .where('entitlement_id', '=', entitlementId)
    .executeTakeFirst();
  if (own) await recallGrantLeases(work, [entitlementId], deviceId);
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
    .where('lease.state', '=', HELD)
    .where('entitlement.state', '<>', 'open');
}

async function forgetOwn({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId, entitlements: readonly string[]): Promise<void> {
  if (entitlements.length === 0) return;
  await transaction
    .deleteFrom('lease')
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('entitlement_id', 'in', entitlements)
    .execute();
}
