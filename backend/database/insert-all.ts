/** Inserts many rows with few statements. */
import type { Insertable } from 'kysely';
import type { Work } from './backend-database.ts';
import type { Tables } from './tables.ts';

/** Rows a statement; times the widest table stays far below SQLite's 32,766 and PostgreSQL's 65,535 parameters. */
const ROWS_PER_STATEMENT = 500;

/** @throws the database's error when any row breaks a constraint; the transaction is then lost as a whole */
export async function insertAll<Table extends keyof Tables>({ transaction }: Work, table: Table, rows: ReadonlyArray<Insertable<Tables[Table]>>): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    await transaction.insertInto(table).values(rows.slice(start, start + ROWS_PER_STATEMENT)).execute();
  }
}
