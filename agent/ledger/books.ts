/**
 * The books: movements, lots and postings. Value is only ever added as a debit and a credit; what an account holds is a sum, never
 * something stored.
 */
import type { Database } from 'better-sqlite3';
import type { AccountId, EntitlementId, OperationId } from '../../contract/ids.ts';
import type { Lot, Movement } from '../../contract/value.ts';

export function createBooks(database: Database) {
  const insertMovement = database.prepare('INSERT INTO movement VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const insertLot = database.prepare('INSERT INTO lot VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const insertPosting = database.prepare('INSERT INTO posting (operation_id, debit, credit, amount) VALUES (?, ?, ?, ?)');
  const selectTaken = database.prepare<[EntitlementId], number>('SELECT 1 FROM movement WHERE entitlement_id = ?').pluck();
  const selectMovement = database.prepare<[OperationId], number>('SELECT 1 FROM movement WHERE operation_id = ?').pluck();
  const selectLots = database.prepare<[AccountId], Lot & { amount: number }>(`
    SELECT lot_id AS id, account_id AS accountId, scheme_id AS schemeId, kind, issued_on AS issuedOn, last_day AS lastDay,
           (SELECT coalesce(sum(amount), 0) FROM posting WHERE credit = 'pocket/' || lot.account_id || '/' || lot.lot_id)
         - (SELECT coalesce(sum(amount), 0) FROM posting WHERE debit  = 'pocket/' || lot.account_id || '/' || lot.lot_id) AS amount
    FROM lot WHERE account_id = ? ORDER BY last_day, lot_id
  `);

  return {
    /** Only inside a transaction. @returns false when the movement is here already; it is then left as it is */
    post(movement: Movement): boolean {
      const { operationId, kind, accountId, schemeId, entitlementId, occurredAt } = movement;
      if (insertMovement.run(operationId, kind, accountId, schemeId, entitlementId, occurredAt).changes === 0) return false;
      for (const lot of movement.lots) insertLot.run(lot.accountId, lot.id, lot.schemeId, lot.kind, lot.issuedOn, lot.lastDay);
      for (const { debit, credit, amount } of movement.postings) insertPosting.run(operationId, debit, credit, amount);
      return true;
    },
    holds: (operation: OperationId): boolean => selectMovement.get(operation) !== undefined,
    /** Whether any movement, by whichever device, used the entitlement up. */
    isTaken: (entitlement: EntitlementId): boolean => selectTaken.get(entitlement) !== undefined,
    lotsOf: (account: AccountId): Array<{ readonly lot: Lot; readonly amount: number }> =>
      selectLots.all(account).map(({ amount, ...lot }) => ({ lot, amount })),
  };
}
