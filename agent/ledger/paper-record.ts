/**
 * Tickets that are to come out as paper: under which number, written down before they leave the card. Whoever was promised paper gets it, or is
 * told what became of it, once; both survive a power cut.
 */
import type { Database } from 'better-sqlite3';
import type { AccountId, OperationId } from '../../contract/ids.ts';

export interface PaperPromise {
  readonly operationId: OperationId;
  readonly slipNumber: number;
}

export function createPaperRecord(database: Database) {
  const insert = database.prepare('INSERT INTO paper_promise VALUES (?, ?, ?, 0)');
  const select = database.prepare<[OperationId], number>('SELECT slip_number FROM paper_promise WHERE operation_id = ?').pluck();
  const selectOpen = database.prepare<[AccountId], PaperPromise>(
    'SELECT operation_id AS operationId, slip_number AS slipNumber FROM paper_promise WHERE account_id = ? AND kept = 0 ORDER BY slip_number',
  );
  const update = database.prepare('UPDATE paper_promise SET kept = 1 WHERE operation_id = ?');
  return {
    /** The number under which the operation's paper comes; undefined when none was promised. */
    numberOf: (operation: OperationId): number | undefined => select.get(operation),
    /** Only inside a transaction. */
    promise: (operation: OperationId, account: AccountId, slipNumber: number): void => void insert.run(operation, account, slipNumber),
    open: (account: AccountId): PaperPromise[] => selectOpen.all(account),
    keep: (operation: OperationId): void => void update.run(operation),
  };
}
