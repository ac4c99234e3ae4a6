/** Sales as they count: under a right to buy, and out of a device's stock of sets. What was refunded does not count. */
import { AccountId, DeviceId, EntitlementId, OperationId, StockLeaseId } from '../../contract/ids.ts';
import { StockLease } from '../../contract/sync.ts';
import { PurchaseRight } from '../../contract/value.ts';
import type { MunicipalityWork } from './change-feed.ts';

export interface CountedSale {
  readonly accountId: AccountId;
  readonly right: EntitlementId;
  /** Null when the scheme has no limited stock. */
  readonly stockLease: StockLeaseId | null;
  readonly sets: number;
}

/** Those of the rights that the devices hold, by device. */
export async function rightsHeld(
  { transaction, dialect, municipalityId }: MunicipalityWork,
  devices: readonly DeviceId[],
  rights: readonly EntitlementId[],
): Promise<Map<DeviceId, Map<EntitlementId, PurchaseRight>>> {
  if (rights.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('purchase_right')
    .select(['device_id', 'body'])
    .where('municipality_id', '=', municipalityId)
    .where(dialect.oneOf('right_id', rights))
    .where(dialect.oneOf('device_id', devices))
    .where('state', '=', 'held')
    .execute();
  return byDevice(rows.map(({ device_id, body }) => ({ device_id, value: PurchaseRight.parse(JSON.parse(body)) })));
}

/** Those of the stocks that the devices hold, by device. */
export async function stockHeld(
  { transaction, dialect, municipalityId }: MunicipalityWork,
  devices: readonly DeviceId[],
  stock: readonly StockLeaseId[],
): Promise<Map<DeviceId, Map<StockLeaseId, StockLease>>> {
  if (stock.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('stock_lease')
    .select(['device_id', 'stock_lease_id as id', 'scheme_id as schemeId', 'sets'])
    .where('municipality_id', '=', municipalityId)
    .where(dialect.oneOf('stock_lease_id', stock))
    .where(dialect.oneOf('device_id', devices))
    .where('state', '=', 'held')
    .execute();
  return byDevice(rows.map(({ device_id, ...lease }) => ({ device_id, value: StockLease.parse(lease) })));
}

function byDevice<Held extends { readonly id: string }>(rows: ReadonlyArray<{ readonly device_id: string; readonly value: Held }>): Map<DeviceId, Map<Held['id'], Held>> {
  const held = Map.groupBy(rows, ({ device_id }) => DeviceId.parse(device_id));
  return new Map([...held].map(([deviceId, own]) => [deviceId, new Map(own.map(({ value }) => [value.id, value]))]));
}

/** The sales under any of the rights, or out of any of the stocks. */
export async function salesUnder({ transaction, municipalityId }: MunicipalityWork, rights: readonly EntitlementId[], stock: readonly StockLeaseId[]): Promise<Map<OperationId, CountedSale>> {
  if (rights.length === 0 && stock.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('movement as sale')
    .select(['sale.operation_id', 'sale.account_id', 'sale.entitlement_id', 'sale.stock_lease', 'sale.sets'])
    .where('sale.municipality_id', '=', municipalityId)
    .where('sale.kind', '=', 'sale')
    .where('sale.entitlement_id', 'is not', null)
    .where((eb) => eb.or([...(rights.length > 0 ? [eb('sale.entitlement_id', 'in', rights)] : []), ...(stock.length > 0 ? [eb('sale.stock_lease', 'in', stock)] : [])]))
    .where((eb) => eb.not(eb.exists(eb.selectFrom('movement as back').select('back.operation_id').whereRef('back.of_operation', '=', 'sale.operation_id').where('back.kind', '=', 'refund'))))
    .execute();
  return new Map(
    rows.map((row) => [
      OperationId.parse(row.operation_id),
      {
        accountId: AccountId.parse(row.account_id),
        right: EntitlementId.parse(row.entitlement_id),
        stockLease: row.stock_lease === null ? null : StockLeaseId.parse(row.stock_lease),
        sets: row.sets ?? 0,
      },
    ]),
  );
}
