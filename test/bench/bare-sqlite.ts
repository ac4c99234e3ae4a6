/**
 * The floor for everything that must reach the disk: the same rows in the same transactions, into tables with the same columns, keys and
 * indices, on the same disk, by better-sqlite3 alone. Only the rules are missing: no trigger, no check, no foreign key.
 */
import SqliteFile from 'better-sqlite3';

/** @param like a file of the product's own, closed; its tables of these names are made in the new `file`, empty */
export function bareDatabase(file: string, like: string, tables: readonly string[]): SqliteFile.Database {
  const original = new SqliteFile(like, { readonly: true });
  const wanted = original.prepare<[string], { sql: string }>(
    "select sql from sqlite_schema where tbl_name in (select value from json_each(?)) and type in ('table', 'index') and sql is not null order by type desc",
  );
  const statements = wanted.all(JSON.stringify(tables)).map(({ sql }) => sql);
  original.close();
  const database = new SqliteFile(file);
  database.pragma('locking_mode = EXCLUSIVE');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  // As large as the larger of the product's own, or the floor would be lower than it is.
  database.pragma('cache_size = -65536');
  database.pragma('wal_autocheckpoint = 16000');
  database.pragma('foreign_keys = OFF');
  database.pragma('ignore_check_constraints = ON');
  for (const statement of statements) database.exec(statement);
  return database;
}

export type Values = ReadonlyArray<string | number | null>;

/** @param columns of the new rows, in the order of the values @returns a function that writes one row */
export function inserter(database: SqliteFile.Database, table: string, columns: readonly string[]): (...values: Values) => void {
  const statement = database.prepare(`insert into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`);
  return (...values) => void statement.run(...values);
}
