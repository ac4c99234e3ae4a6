/**
 * Makes a backup while the backend serves: one state of the database in one file, looked over before it counts, with a manifest beside it.
 * The keys are not in it: `office-key.json` and `card-keys.json` are kept elsewhere, on purpose.
 */
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import SqliteFile from 'better-sqlite3';
import { sql } from 'kysely';
import { momentFromEpoch } from '../../contract/time.ts';
import type { Place } from '../commands/command.ts';
import { SCHEMA_VERSION, schemaVersionOf } from '../database/migrate.ts';
import { openDatabase, SQLITE_FILE } from '../database/open-database.ts';
import { openSqlite } from '../database/open-sqlite.ts';
import { checkIntegrity, checkSnapshot, inSnapshot, type Integrity } from '../ledger/integrity.ts';
import type { BackendClock } from '../ports.ts';
import { BackendUnusable } from '../unusable.ts';
import { digestOf, manifestPath, readTowns, writeManifest, type BackupManifest } from './manifest.ts';
import { runPostgresProgram } from './postgres-programs.ts';

export interface Backup {
  readonly file: string;
  readonly manifest: BackupManifest;
  /** What does not hold in the ledger that was copied. The backup is kept all the same. */
  readonly faults: readonly string[];
}

type Copied = Pick<BackupManifest, 'engine' | 'towns'> & { readonly integrity: Integrity };

/**
 * @param to a new file, or a directory in which a file with the time in its name is made
 * @throws BackendUnusable when the place is taken, or the database is not of this program's schema
 */
export async function makeBackup(place: Place, to: string, clock: BackendClock): Promise<Backup> {
  const madeAt = momentFromEpoch(clock.now());
  const file = targetFile(to, place.databaseUrl === undefined ? 'sqlite' : 'pgdump', madeAt);
  const draft = `${file}.partial`;
  if ([file, manifestPath(file), draft].some((path) => existsSync(path))) throw new BackendUnusable('configuration', `${file} is there already. A backup is never overwritten; name another file.`);
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 });
  try {
    const copied = place.databaseUrl === undefined ? await copySqlite(place.dataDir, draft) : await dumpPostgres(place, place.databaseUrl, draft);
    chmodSync(draft, 0o600);
    const { movements, postings, lots, journalEntries, faults } = copied.integrity;
    const manifest: BackupManifest = {
      format: 'kazasu-backup',
      version: 1,
      engine: copied.engine,
      schemaVersion: SCHEMA_VERSION,
      madeAt,
      ...(await digestOf(draft)),
      ledger: { movements, postings, lots, journalEntries, faults: faults.length },
      towns: copied.towns,
    };
    renameSync(draft, file);
    // Without its manifest a file is no backup: it comes last.
    writeManifest(file, manifest);
    return { file, manifest, faults };
  } finally {
    for (const left of [draft, `${draft}-wal`, `${draft}-shm`]) rmSync(left, { force: true });
  }
}

function targetFile(to: string, kind: string, madeAt: string): string {
  const isDirectory = to.endsWith(path.sep) || (existsSync(to) && statSync(to).isDirectory());
  return isDirectory ? path.join(to, `kazasu-${madeAt.replace(/[:.]/g, '-')}.${kind}`) : to;
}

const ALL_PAGES = 0x7fff_ffff;

async function copySqlite(dataDir: string, draft: string): Promise<Copied> {
  const source = path.join(dataDir, SQLITE_FILE);
  if (!existsSync(source)) throw new BackendUnusable('configuration', `There is no database ${source}. Name its directory with --data.`);
  const original = new SqliteFile(source, { readonly: true, fileMustExist: true });
  try {
    // All in one step: in several, every commit of the serving process would make it begin again.
    await original.backup(draft, { progress: () => ALL_PAGES });
  } finally {
    original.close();
  }
  const copy = openSqlite(draft);
  try {
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(copy.kysely);
    if (rows[0]?.integrity_check !== 'ok') throw new BackendUnusable('unavailable', `The copy of ${source} is damaged: ${rows[0]?.integrity_check ?? ''}. Check the disk, and take another backup.`);
    await refuseOtherSchema(copy);
    return { engine: 'sqlite', towns: await readTowns(copy), integrity: await checkIntegrity(copy) };
  } finally {
    await copy.close();
  }
}

async function dumpPostgres(place: Place, databaseUrl: string, draft: string): Promise<Copied> {
  const database = await openDatabase(place);
  try {
    await refuseOtherSchema(database);
    return await inSnapshot(database, async (snapshot) => {
      const { rows } = await sql<{ id: string }>`select pg_export_snapshot() as id`.execute(snapshot.kysely);
      // What is looked over is exactly what is written: both see the same snapshot.
      await runPostgresProgram('pg_dump', ['--format=custom', '--no-owner', '--no-privileges', `--snapshot=${rows[0]?.id ?? ''}`, `--file=${draft}`], databaseUrl);
      return { engine: 'postgres' as const, towns: await readTowns(snapshot), integrity: await checkSnapshot(snapshot) };
    });
  } finally {
    await database.close();
  }
}

async function refuseOtherSchema(database: Parameters<typeof schemaVersionOf>[0]): Promise<void> {
  const version = await schemaVersionOf(database);
  if (version !== SCHEMA_VERSION) {
    throw new BackendUnusable('configuration', `The database has schema ${version}, this program ${SCHEMA_VERSION}. Take the backup with the program that wrote it, or bring it up to date first (migrate).`);
  }
}
