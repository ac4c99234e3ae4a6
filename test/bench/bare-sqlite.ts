/** The floor for everything that must reach the disk: the same rows in the same transactions, on the same disk, by better-sqlite3 alone. */
import SqliteFile from 'better-sqlite3';

/** A file with synchronous=FULL and tables without rules, indices or triggers. @param tables name → number of columns */
export function bareDatabase(file: string, tables: Readonly<Record<string, number>>): SqliteFile.Database {
  const database = new SqliteFile(file);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  for (const [name, columns] of Object.entries(tables)) database.exec(`create table ${name} (${Array.from({ length: columns }, (_, index) => `c${index}`).join(', ')})`);
  return database;
}

/** @returns a function that writes one row */
export function inserter(database: SqliteFile.Database, table: string, columns: number): (...values: ReadonlyArray<string | number | null>) => void {
  const statement = database.prepare(`insert into ${table} values (${Array(columns).fill('?').join(', ')})`);
  return (...values) => void statement.run(...values);
}
