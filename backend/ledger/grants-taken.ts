/** What posted movements leave of the grants they name: taken by a load, open again when the load was taken back. */
import { CompiledQuery } from 'kysely';
import { EntitlementId, type DeviceId } from '../../contract/ids.ts';
import type { Movement } from '../../contract/value.ts';
import { written } from '../database/overlapping.ts';
import type { MunicipalityWork } from './change-feed.ts';
import type { PostedMovement } from './stored-value.ts';

/** What becomes of the leases of grants. */
export interface GrantsMoved {
  /** Which device has given out which grant. */
  readonly taken: ReadonlyMap<EntitlementId, DeviceId | undefined>;
  /** Which device has taken back what it had given out. */
  readonly reopened: ReadonlyMap<EntitlementId, DeviceId>;
}

/** @param posted in their order; the last that names a grant decides */
export function grantsMoved(posted: readonly PostedMovement[]): GrantsMoved {
  const taken = new Map<EntitlementId, DeviceId | undefined>();
  const reopened = new Map<EntitlementId, DeviceId>();
  for (const { movement, source } of posted) {
    if (movement.entitlementId === null || (movement.kind !== 'load' && movement.kind !== 'void')) continue;
    const grant = EntitlementId.parse(movement.entitlementId);
    taken.delete(grant);
    reopened.delete(grant);
    if (movement.kind === 'load') taken.set(grant, source?.deviceId);
    else if (source) reopened.set(grant, source.deviceId);
  }
  return { taken, reopened };
}

/** @param movements posted ones, in their order; the last of them that names a grant decides */
export async function noteGrants(work: MunicipalityWork, movements: readonly Movement[]): Promise<void> {
  const { transaction, dialect, municipalityId } = work;
  const taken = new Map<string, string>();
  for (const { kind, entitlementId, operationId, ofOperation } of movements) {
    if (entitlementId === null) continue;
    if (kind === 'load') taken.set(entitlementId, operationId);
    if (kind !== 'void' || ofOperation === undefined) continue;
    taken.delete(entitlementId);
    await transaction
      .updateTable('entitlement')
      .set({ state: 'open', operation_id: null })
      .where('municipality_id', '=', municipalityId)
      .where('entitlement_id', '=', entitlementId)
      .where('operation_id', '=', ofOperation)
      .execute();
  }
  if (taken.size === 0) return;
  const rows = [...taken].map(([entitlement_id, operation_id]) => ({ municipality_id: municipalityId, entitlement_id, operation_id }));
  const text = `update "entitlement" set "state" = 'taken', "operation_id" = incoming."operation_id"
    from ${dialect.rowsOf((['municipality_id', 'entitlement_id', 'operation_id'] as const).map((name) => ({ name, type: 'text' })), 1)}
    where "entitlement"."municipality_id" = incoming."municipality_id" and "entitlement"."entitlement_id" = incoming."entitlement_id"
      and "entitlement"."state" = 'open'`;
  await written(work, transaction.executeQuery(CompiledQuery.raw(text, [JSON.stringify(rows)])));
}
