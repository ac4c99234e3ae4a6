/**
 * Puts a backup back, into an empty place only. The restored backend begins a new generation of its feed, because kiosks have heard and done
 * things since that it does not know (docs/decisions/0013-restoring-an-older-backup.md).
 */
import { copyFileSync, chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Place } from '../commands/command.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { migrate } from '../database/migrate.ts';
import { openDatabase, SQLITE_FILE } from '../database/open-database.ts';
import { openSqlite } from '../database/open-sqlite.ts';
import { beginGeneration } from '../ledger/generations.ts';
import { checkIntegrity, type Integrity } from '../ledger/integrity.ts';
import type { BackendClock, BackendRandomness } from '../ports.ts';
import { BackendUnusable } from '../unusable.ts';
import { readManifest, type BackupManifest } from './manifest.ts';
import { runPostgresProgram } from './postgres-programs.ts';

export interface Restored {
  readonly manifest: BackupManifest;
  readonly integrity: Integrity;
  /** Kiosks that must be heard before anything is leased again. */
  readonly awaited: number;
}

/** @throws BackendUnusable when the backup is not whole, the place is not empty, or it belongs to the other engine; the place is then as it was */
export async function restoreBackup(file: string, place: Place, ports: { readonly clock: BackendClock; readonly randomness: BackendRandomness }): Promise<Restored> {
  const manifest = await readManifest(file);
  const engine = place.databaseUrl === undefined ? 'sqlite' : 'postgres';
  if (manifest.engine !== engine) {
    throw new BackendUnusable('configuration', manifest.engine === 'postgres' ? 'This is a backup of PostgreSQL: name an empty database with --database-url.' : 'This is a backup of SQLite: name a new directory with --data, and no database URL.');
  }
  const done = place.databaseUrl === undefined ? await restoreSqlite(file, place.dataDir, ports) : await restorePostgres(file, place, place.databaseUrl, ports);
  return { manifest, ...done };
}

async function restoreSqlite(file: string, dataDir: string, ports: Parameters<typeof restoreBackup>[2]): Promise<Omit<Restored, 'manifest'>> {
  const target = path.join(dataDir, SQLITE_FILE);
  if (existsSync(target)) throw new BackendUnusable('configuration', `There is a database in ${dataDir} already. Name a new directory with --data; a database is never overwritten.`);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const draft = `${target}.restoring`;
  const remove = () => [draft, `${draft}-wal`, `${draft}-shm`].forEach((left) => rmSync(left, { force: true }));
  remove();
  try {
    copyFileSync(file, draft);
    chmodSync(draft, 0o600);
    const done = await makeReady(openSqlite(draft), ports);
    renameSync(draft, target);
    return done;
  } finally {
    remove();
  }
}

async function restorePostgres(file: string, place: Place, databaseUrl: string, ports: Parameters<typeof restoreBackup>[2]): Promise<Omit<Restored, 'manifest'>> {
  const empty = await openDatabase(place);
  try {
    const tables = await empty.dialect.tableNames(empty.kysely);
    if (tables.length > 0) throw new BackendUnusable('configuration', `The database ${empty.where} is not empty. Make a new one with createdb; a database is never overwritten.`);
  } finally {
    await empty.close();
  }
  await runPostgresProgram('pg_restore', ['--no-owner', '--no-privileges', '--exit-on-error', '--single-transaction', `--dbname=${databaseName(databaseUrl)}`, file], databaseUrl);
  return makeReady(await openDatabase(place), ports);
}

const databaseName = (url: string): string => decodeURIComponent(/^[^:]+:\/\/[^/]*\/([^?]*)/.exec(url)?.[1] ?? '');

async function makeReady(database: BackendDatabase, { clock, randomness }: Parameters<typeof restoreBackup>[2]): Promise<Omit<Restored, 'manifest'>> {
  try {
    await migrate(database);
    const awaited = await beginGeneration(database, clock.now(), randomness);
    return { awaited, integrity: await checkIntegrity(database) };
  } finally {
    await database.close();
  }
}
