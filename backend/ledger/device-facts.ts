/** What the devices that report movements have been given, as far as the movements ask for it: read for all of them at once. */
import { DeviceId, type AccountId, type EntitlementId, type StockLeaseId } from '../../contract/ids.ts';
import type { StockLease } from '../../contract/sync.ts';
import type { Movement, MovementKind, PurchaseRight } from '../../contract/value.ts';
import { rightsBelieved, stockBelieved } from './believed-leases.ts';
import type { MunicipalityWork } from './change-feed.ts';
import { awaitedAmong } from './generations.ts';
import { holdsOf } from './holds.ts';
import { HELD } from './leasing.ts';
import type { ClaimedMovement } from './movement-verdict.ts';
import { rightsHeld, stockHeld } from './sales.ts';
import { heardBy } from './scheme-versions.ts';

export interface DeviceFacts {
  readonly deviceId: DeviceId;
  /** Grants that are leased to the device. */
  readonly leases: Set<string>;
  /** Up to where the device has surely heard the feed. */
  readonly heard: number;
  /** Rights to buy that the device holds. */
  readonly rights: ReadonlyMap<string, PurchaseRight>;
  readonly stock: ReadonlyMap<StockLeaseId, StockLease>;
  /** Accounts out of which this device alone may take value that is kept in the ledger. */
  readonly holds: ReadonlySet<AccountId>;
}

/** Movements that take value out of an account. */
const DEBITS: ReadonlySet<MovementKind> = new Set(['exchange', 'spend', 'give', 'void', 'transfer', 'expire']);

const grantsOf = (movements: readonly Movement[]): EntitlementId[] => [...new Set(movements.flatMap(({ entitlementId }) => entitlementId ?? []))];
const leavingOf = (movements: readonly Movement[]): AccountId[] => [
  ...new Set(movements.filter(({ kind }) => DEBITS.has(kind)).map(({ accountId, fromAccountId }) => fromAccountId ?? accountId)),
];

export async function readDeviceFacts(work: MunicipalityWork, claims: readonly ClaimedMovement[]): Promise<Map<DeviceId, DeviceFacts>> {
  const reported = Map.groupBy(claims, ({ deviceId }) => deviceId);
  const devices = [...reported.keys()];
  const movements = claims.map(({ movement }) => movement);
  const sales = movements.filter(({ kind }) => kind === 'sale');
  const [leases, awaited, rights, stock, holds, heard] = await Promise.all([
    leasesHeld(work, devices, grantsOf(movements)),
    // After a restore nobody knows what was leased in the lost days: what its journal says before the device follows the new generation is believed.
    awaitedAmong(work, devices),
    rightsHeld(work, devices, grantsOf(sales)),
    stockHeld(work, devices, sales.flatMap(({ stockLease }) => stockLease ?? [])),
    holdsOf(work, devices, leavingOf(movements)),
    heardBy(work, devices),
  ]);
  return new Map(
    [...reported].map(([deviceId, ownClaims]) => {
      const own = ownClaims.map(({ movement }) => movement);
      const ownSales = own.filter(({ kind }) => kind === 'sale');
      const believed = awaited.has(deviceId);
      return [
        deviceId,
        {
          deviceId,
          heard: heard.get(deviceId) ?? 0,
          leases: believed ? new Set<string>(grantsOf(own)) : (leases.get(deviceId) ?? new Set()),
          rights: believed ? rightsBelieved(ownSales) : (rights.get(deviceId) ?? new Map()),
          stock: believed ? stockBelieved(ownSales) : (stock.get(deviceId) ?? new Map()),
          holds: believed ? new Set(leavingOf(own)) : (holds.get(deviceId) ?? new Set()),
        },
      ];
    }),
  );
}

/** Grants of these that the devices hold. */
async function leasesHeld({ transaction, dialect, municipalityId }: MunicipalityWork, devices: readonly DeviceId[], grants: readonly EntitlementId[]): Promise<Map<DeviceId, Set<string>>> {
  if (grants.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('lease')
    .select(['entitlement_id', 'device_id'])
    .where('municipality_id', '=', municipalityId)
    .where('state', '=', HELD)
    .where(dialect.oneOf('device_id', devices))
    .where(dialect.oneOf('entitlement_id', grants))
    .execute();
  const held = Map.groupBy(rows, ({ device_id }) => DeviceId.parse(device_id));
  return new Map([...held].map(([deviceId, own]) => [deviceId, new Set(own.map(({ entitlement_id }) => entitlement_id))]));
}
