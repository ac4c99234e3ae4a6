/** Deleting so that nothing of a row is left in the file or in its write-ahead log. */
import type { Database } from 'better-sqlite3';

/** Only outside a transaction. @param remove deletes rows */
export function eraseWith(database: Database, remove: () => void): void {
  // A deleted row stays readable in its page, and an older copy of the page in the log, unless both are said.
  database.pragma('secure_delete = ON');
  try {
    remove();
  } finally {
    database.pragma('secure_delete = OFF');
  }
  database.pragma('wal_checkpoint(TRUNCATE)');
}
