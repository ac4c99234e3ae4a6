/** What devices hold at this moment, for staff: above all what a revoked device has not given back. */
import type { Kysely } from 'kysely';
import type { DeviceId } from '../../contract/ids.ts';
import { momentFromEpoch, type Moment } from '../../contract/time.ts';
import { PurchaseRight } from '../../contract/value.ts';
import type { Tables } from '../database/tables.ts';
import { HELD } from '../ledger/leasing.ts';

export interface LeaseName {
  readonly kind: 'entitlement' | 'right' | 'stock' | 'hold';
  /** The number of the entitlement, right, stock lease or held account. */
  readonly id: string;
}

export interface LeaseLine extends LeaseName {
  readonly deviceId: string;
  /** The scheme; null for a hold. */
  readonly schemeId: string | null;
  /** Of an entitlement its amount, of a right and of stock the sets; null for a hold. */
  readonly amount: number | null;
  readonly until: Moment;
}

/** @param deviceId of this device only */
export async function listLeases(database: Kysely<Tables>, deviceId?: DeviceId): Promise<LeaseLine[]> {
  const own = deviceId !== undefined;
  const grants = await database
    .selectFrom('lease')
    .innerJoin('entitlement', (join) => join.onRef('entitlement.municipality_id', '=', 'lease.municipality_id').onRef('entitlement.entitlement_id', '=', 'lease.entitlement_id'))
    .select(['lease.device_id', 'lease.entitlement_id', 'entitlement.scheme_id', 'entitlement.amount', 'lease.until_ms'])
    .where('lease.state', '=', HELD)
    .$if(own, (query) => query.where('lease.device_id', '=', deviceId ?? ''))
    .execute();
  const rights = await database.selectFrom('purchase_right').selectAll().where('state', '=', 'held').$if(own, (query) => query.where('device_id', '=', deviceId ?? '')).execute();
  const stock = await database.selectFrom('stock_lease').selectAll().where('state', '=', 'held').$if(own, (query) => query.where('device_id', '=', deviceId ?? '')).execute();
  const holds = await database.selectFrom('account_hold').selectAll().where('state', '=', 'held').$if(own, (query) => query.where('device_id', '=', deviceId ?? '')).execute();
  const lines: LeaseLine[] = [
    ...grants.map((row) => ({ deviceId: row.device_id, kind: 'entitlement' as const, id: row.entitlement_id, schemeId: row.scheme_id, amount: row.amount, until: momentFromEpoch(row.until_ms) })),
    ...rights.map((row) => ({ deviceId: row.device_id, kind: 'right' as const, id: row.right_id, schemeId: row.scheme_id, amount: PurchaseRight.parse(JSON.parse(row.body)).sets, until: momentFromEpoch(row.until_ms) })),
    ...stock.map((row) => ({ deviceId: row.device_id, kind: 'stock' as const, id: row.stock_lease_id, schemeId: row.scheme_id, amount: row.sets, until: momentFromEpoch(row.until_ms) })),
    ...holds.map((row) => ({ deviceId: row.device_id, kind: 'hold' as const, id: row.account_id, schemeId: null, amount: null, until: momentFromEpoch(row.until_ms) })),
  ];
  const key = ({ deviceId: device, kind, id }: LeaseLine) => `${device} ${kind} ${id}`;
  return lines.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
