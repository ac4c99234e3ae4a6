/**
 * What the town made of movements that this device has made itself. The server alone decides: what it did not post counts for nothing in
 * the books, and what it posted counts as posted. The rows of the books stay as they were written, for the journal says the same.
 *
 * Whoever stood at this device has received all the same what it gave: cash, or what was put on a card. Until people have decided, it does not
 * give the same again.
 */
import type { Database } from 'better-sqlite3';
import type { AccountId, EntitlementId, OperationId, StockLeaseId } from '../../contract/ids.ts';
import type { Movement } from '../../contract/value.ts';

/** Says in SQL that the town has not refused the movement. */
export const stands = (movement: string) => `NOT EXISTS (SELECT 1 FROM refused_movement WHERE refused_movement.operation_id = ${movement}.operation_id)`;
/** Says in SQL that nothing was done by this device with a movement, a sale or a load, that the town has refused. */
export const notUsedInVain = `NOT EXISTS (
  SELECT 1 FROM movement AS use JOIN refused_movement USING (operation_id) WHERE use.of_operation = movement.operation_id AND use.kind IN ('load', 'refund', 'void'))`;
/** Says in SQL that the movement counts under what it names. */
export const isWhole = (movement: string) => `NOT EXISTS (SELECT 1 FROM bare_movement WHERE bare_movement.operation_id = ${movement}.operation_id)`;

export function createTownVerdict(database: Database) {
  const putRefused = database.prepare(`
    INSERT INTO refused_movement
    SELECT operation_id, EXISTS (SELECT 1 FROM lease WHERE lease.entitlement_id = movement.entitlement_id) FROM movement WHERE operation_id = ?
    ON CONFLICT DO NOTHING`);
  const dropRefused = database.prepare('DELETE FROM refused_movement WHERE operation_id = ?');
  const putBare = database.prepare('INSERT INTO bare_movement VALUES (?) ON CONFLICT DO NOTHING');
  // Nearly always the town posts what was made, and there was no other word of it.
  const selectOther = database.prepare<[EntitlementId | null, number | null, StockLeaseId | null, OperationId], { readonly differs: 0 | 1; readonly marked: 0 | 1 }>(`
    SELECT entitlement_id IS NOT ? OR sets IS NOT ? OR stock_lease IS NOT ? AS differs, NOT (${stands('movement')} AND ${isWhole('movement')}) AS marked
    FROM movement WHERE operation_id = ?`);
  const dropBare = database.prepare('DELETE FROM bare_movement WHERE operation_id = ?');
  const selectUsed = database.prepare<[OperationId], number>(`SELECT 1 FROM movement WHERE operation_id = ? AND NOT (${notUsedInVain})`).pluck();
  const selectTransferred = database.prepare<[AccountId], number>(`
    SELECT 1 FROM refused_movement CROSS JOIN movement USING (operation_id) JOIN intent USING (operation_id)
    WHERE movement.from_account_id = ? AND card_profile = 'desfire'`).pluck();

  return {
    /** Whether this device has loaded, given back or taken back this movement, and the town has refused that. */
    isUsedInVain: (operation: OperationId): boolean => selectUsed.get(operation) !== undefined,
    /** Whether this device has put what the account holds on a card that keeps it, and the town has refused that. */
    isTransferredInVain: (from: AccountId): boolean => selectTransferred.get(from) !== undefined,
    /** Only inside a transaction. Does nothing when the books do not have the movement: its outcome is not known here yet, and is told again when it is. */
    refused(operation: OperationId): void {
      dropBare.run(operation);
      putRefused.run(operation);
    },
    /** Only inside a transaction, when the books have the movement already. */
    posted({ operationId, entitlementId, sets, stockLease }: Movement): void {
      const other = selectOther.get(entitlementId, sets ?? null, stockLease ?? null, operationId);
      if (other?.marked === 1) {
        dropRefused.run(operationId);
        dropBare.run(operationId);
      }
      if (other?.differs === 1) putBare.run(operationId);
    },
  };
}

export type TownVerdict = ReturnType<typeof createTownVerdict>;
