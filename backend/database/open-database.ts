/** Opens the database the command line names. */
import path from 'node:path';
import type { Place } from '../commands/command.ts';
import type { BackendDatabase } from './backend-database.ts';
import { migrate } from './migrate.ts';
import { openPostgres } from './open-postgres.ts';
import { openSqlite } from './open-sqlite.ts';

export const SQLITE_FILE = 'backend.sqlite';

/** @throws BackendUnusable with a sentence for whoever started the command */
export async function openDatabase({ dataDir, databaseUrl }: Place): Promise<BackendDatabase> {
  return databaseUrl === undefined ? openSqlite(path.join(dataDir, SQLITE_FILE)) : openPostgres(databaseUrl);
}

/** Opens the database, brings it up to date, does `work` with it and closes it, whatever happens. @throws BackendUnusable as above */
export async function withDatabase<Result>(place: Place, work: (database: BackendDatabase) => Promise<Result>): Promise<Result> {
  const database = await openDatabase(place);
  try {
    await migrate(database);
    return await work(database);
  } finally {
    await database.close();
  }
}
