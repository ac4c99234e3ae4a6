/**
 * Stock: so many sets of a scheme are set aside for one device. Sets that are sold and sets that are set aside are never more than there are.
 * What a device sold of a lease is counted from the sales that name it; what it did not sell comes back with the lease.
 */
import { sql, type Kysely } from 'kysely';
import { StockLeaseId, type DeviceId, type MunicipalityId, type SchemeId } from '../../contract/ids.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { asActiveDevice } from '../devices/as-active-device.ts';
import { insertAll } from '../database/insert-all.ts';
import type { HowLeaseEnded, Tables } from '../database/tables.ts';
import type { BackendRandomness } from '../ports.ts';
import { announce, type MunicipalityWork } from './change-feed.ts';
import { ended, LEASE_MS, RENEW_WITHIN_MS, stockSubject, type LeasingDevice } from './leasing.ts';
import { onSale } from './on-sale.ts';
import { soldSets } from './sold-sets.ts';
import { schemeOfRow } from './stored-value.ts';

/** How many unsold sets a device is given at most, unless the configuration says otherwise. */
export const STOCK_PER_DEVICE_MAX = 50;
/** A device gets at most one part of so many of what is free, but one set when there is any. */
const SHARES = 4;

/** How the sets of a scheme are spread. */
interface Spread {
  readonly free: number;
  /** Sold out of a lease and not given back. */
  soldOf(lease: string): number;
  /** Held leases of this device with their unsold sets. */
  readonly own: ReadonlyArray<{ readonly id: StockLeaseId; readonly sets: number; readonly unsold: number; readonly untilMs: number }>;
}

/**
 * Gives the device sets when it runs low, and renews what it holds while that is its share.
 * @param perDeviceMax unsold sets that a device may hold
 * @returns how many leases were written
 */
export async function refreshStock(database: BackendDatabase, device: LeasingDevice, options: StockOptions): Promise<number> {
  // Looked at first without the lock: nearly always there is nothing to do.
  if ((await stockDue(database.kysely, device, options)).length === 0) return 0;
  return (await asActiveDevice(database, device, (work) => leaseStock(work, device, options))) ?? 0;
}

export interface StockOptions {
  readonly perDeviceMax: number;
  readonly nowMs: number;
  readonly randomness: BackendRandomness;
  /** Sets that somebody who stands at the device may buy: so many are given if there are any, whatever the share. */
  readonly wanted?: ReadonlyMap<SchemeId, number>;
}

/** @returns how many leases were written */
export async function leaseStock(work: MunicipalityWork, device: LeasingDevice, options: StockOptions): Promise<number> {
  const { nowMs, randomness } = options;
  const due = await stockDue(work.transaction, device, options);
  const untilMs = nowMs + LEASE_MS;
  let written = 0;
  for (const { schemeId, more, renewed } of due) {
    const given = more > 0 ? [{ id: StockLeaseId.parse(`stock-${Buffer.from(randomness.bytes(10)).toString('hex')}`), sets: more }] : [];
    await insertAll(
      work,
      'stock_lease',
      given.map(({ id, sets }) => ({ municipality_id: work.municipalityId, stock_lease_id: id, scheme_id: schemeId, device_id: device.deviceId, sets, until_ms: untilMs, state: 'held' as const, how_ended: null })),
    );
    if (renewed.length > 0) {
      await work.transaction
        .updateTable('stock_lease')
        .set({ until_ms: untilMs })
        .where('municipality_id', '=', work.municipalityId)
        .where('stock_lease_id', 'in', renewed.map(({ id }) => id))
        .execute();
    }
    const leases = [...renewed, ...given];
    await announce(
      work,
      leases.map(({ id, sets }) => ({ change: { type: 'stock' as const, lease: { id, schemeId, sets }, until: momentFromEpoch(untilMs) }, deviceId: device.deviceId, subject: stockSubject(id) })),
    );
    written += leases.length;
  }
  return written;
}

async function stockDue(kysely: Kysely<Tables>, device: LeasingDevice, { perDeviceMax, nowMs, wanted }: StockOptions) {
  const due: Array<{ readonly schemeId: SchemeId; readonly more: number; readonly renewed: Spread['own'] }> = [];
  for (const { scheme, sale } of await onSale(kysely, device, nowMs)) {
    if (sale.stock === null) continue;
    const { free, own } = await spreadOf(kysely, device.municipalityId, device.deviceId, scheme.id, sale.stock);
    const unsold = own.reduce((sum, lease) => sum + lease.unsold, 0);
    const share = Math.min(perDeviceMax, Math.max(1, Math.floor((free + unsold) / SHARES)));
    const low = unsold <= Math.floor(share / 2) ? share - unsold : 0;
    const more = Math.max(0, Math.min(free, Math.max(low, (wanted?.get(scheme.id) ?? 0) - unsold)));
    // What is more than twice its share runs out, so that it comes back to others.
    const renewed = unsold > 2 * share ? [] : own.filter((lease) => lease.unsold > 0 && lease.untilMs < nowMs + RENEW_WITHIN_MS);
    if (more > 0 || renewed.length > 0) due.push({ schemeId: scheme.id, more, renewed });
  }
  return due;
}

async function spreadOf(kysely: Kysely<Tables>, municipalityId: MunicipalityId, deviceId: DeviceId | null, scheme: SchemeId, stock: number): Promise<Spread> {
  const held = await kysely.selectFrom('stock_lease').selectAll().where('municipality_id', '=', municipalityId).where('scheme_id', '=', scheme).where('state', '=', 'held').orderBy('stock_lease_id').execute();
  const { gone, soldOf } = await goneSets(kysely, municipalityId, scheme);
  const unsoldOf = (row: { readonly stock_lease_id: string; readonly sets: number }) => Math.max(0, row.sets - soldOf(row.stock_lease_id));
  const setAside = held.reduce((sum, row) => sum + unsoldOf(row), 0);
  return {
    free: Math.max(0, stock - gone - setAside),
    soldOf,
    own: held.filter((row) => row.device_id === deviceId).map((row) => ({ id: StockLeaseId.parse(row.stock_lease_id), sets: row.sets, unsold: unsoldOf(row), untilMs: row.until_ms })),
  };
}

/** Sets that are nobody's to give out any more: sold here, and bought elsewhere. */
async function goneSets(kysely: Kysely<Tables>, municipalityId: MunicipalityId, scheme: SchemeId): Promise<{ readonly gone: number; readonly soldOf: Spread['soldOf'] }> {
  const { rows } = await soldSets(kysely, municipalityId, scheme, sql`true`, sql`coalesce(sale.stock_lease, '')`);
  const sold = new Map(rows.map((row) => [row.key, Number(row.sets)]));
  const elsewhere = await kysely
    .selectFrom('purchase_elsewhere')
    .select((eb) => eb.fn.sum<number | null>('sets').as('sets'))
    .where('municipality_id', '=', municipalityId)
    .where('scheme_id', '=', scheme)
    .executeTakeFirst();
  const gone = [...sold.values()].reduce((sum, sets) => sum + sets, 0) + Number(elsewhere?.sets ?? 0);
  return { gone, soldOf: (lease) => sold.get(lease) ?? 0 };
}

/** How many sets of the scheme nobody has bought or holds, and how many were sold out of a lease. None are free of a scheme without a stock. */
export async function freeSets({ transaction, municipalityId }: MunicipalityWork, scheme: string): Promise<Pick<Spread, 'free' | 'soldOf'>> {
  const row = await transaction.selectFrom('scheme').selectAll().where('municipality_id', '=', municipalityId).where('scheme_id', '=', scheme).executeTakeFirstOrThrow();
  const { id, rules } = schemeOfRow(row);
  return spreadOf(transaction, municipalityId, null, id, rules?.sale?.stock ?? 0);
}

/** Ends stock leases that this device holds, and tells it. What was not sold is free again. */
export async function endStock(work: MunicipalityWork, deviceId: DeviceId, leases: readonly StockLeaseId[], how: HowLeaseEnded): Promise<void> {
  if (leases.length === 0) return;
  const over = await work.transaction
    .updateTable('stock_lease')
    .set(ended(how))
    .where('municipality_id', '=', work.municipalityId)
    .where('device_id', '=', deviceId)
    .where('state', '=', 'held')
    .where('stock_lease_id', 'in', leases)
    .returning('stock_lease_id')
    .execute();
  await announce(
    work,
    over.map((row) => ({ change: { type: 'stock-ended' as const, stockLease: StockLeaseId.parse(row.stock_lease_id) }, deviceId, subject: stockSubject(row.stock_lease_id) })),
  );
}
