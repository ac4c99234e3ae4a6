/**
 * Opens the embedded database: one file, one connection, every commit on the disk before it is answered (WAL with synchronous=FULL;
 * better-sqlite3's own default for WAL is NORMAL, which loses acknowledged commits when the power goes).
 */
import { mkdirSync, closeSync, openSync } from 'node:fs';
import path from 'node:path';
import SqliteFile from 'better-sqlite3';
import { Kysely, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely';
import { BackendUnusable, errorCode, isDiskFull } from '../unusable.ts';
import type { BackendDatabase } from './backend-database.ts';
import { DIALECTS } from './dialect.ts';
import type { Tables } from './tables.ts';

/** "KZSB" in ASCII: written into the file's header, so that another program's file is never taken for ours. */
export const APPLICATION_ID = 0x4b5a5342;
/** How long a short command (a new code, the books) may keep the file from the serving process. */
const BUSY_TIMEOUT_MS = 5_000;
const STATEMENTS_KEPT_MAX = 500;
/** Oldest SQLite without the WAL-reset fault (two connections checkpointing at once could damage the file); `jsonb_each` is older. */
const OLDEST_SQLITE = [3, 51, 3] as const;

/**
 * @param file a path, made with its directory when missing, or ':memory:'
 * @throws BackendUnusable when the file is not ours, cannot be written, or the disk is full
 */
export function openSqlite(file: string): BackendDatabase {
  const inMemory = file === ':memory:';
  const where = inMemory ? 'in memory' : `file ${file}`;
  let connection: SqliteFile.Database | undefined;
  try {
    if (!inMemory) prepareFile(file);
    connection = new SqliteFile(file, { timeout: BUSY_TIMEOUT_MS });
    configure(connection, where);
  } catch (error) {
    connection?.close();
    throw explained(error, where);
  }
  const kysely = new Kysely<Tables>({ dialect: new SqliteDialect({ database: asKyselyWants(connection) }) });
  const opened = connection;
  return {
    kysely,
    dialect: DIALECTS.sqlite,
    where,
    async close() {
      await kysely.destroy();
      // Kysely closes only what it has used.
      if (opened.open) opened.close();
    },
  };
}

/** The file holds a secret (the town's card key): only its owner may read it. */
function prepareFile(file: string): void {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

/** Settings without which nothing may be written to the database. @throws BackendUnusable when it is not ours */
export function configure(connection: SqliteFile.Database, where: string): void {
  const version = connection.prepare('select sqlite_version()').pluck().get() as string;
  if (older(version)) throw new BackendUnusable('configuration', `SQLite ${version} is too old to keep money. Install the packages again with npm ci.`);
  const applicationId = connection.pragma('application_id', { simple: true }) as number;
  const empty = connection.prepare('select count(*) from sqlite_schema').pluck().get() === 0;
  if (applicationId !== APPLICATION_ID && !(applicationId === 0 && empty)) {
    throw new BackendUnusable('configuration', `The database ${where} is not a Kazasu backend's. Move it away or name another directory with --data; nothing was changed.`);
  }
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  // In KiB: the indexes that a busy hour writes to, instead of SQLite's 2 MiB.
  connection.pragma('cache_size = -65536');
  // In pages of 4 KiB: what some large pushes write.
  connection.pragma('wal_autocheckpoint = 16000');
  connection.pragma('trusted_schema = OFF');
  // Makes REPLACE fire the triggers that keep journal and ledger append-only.
  connection.pragma('recursive_triggers = ON');
  if (applicationId === 0) connection.pragma(`application_id = ${APPLICATION_ID}`);
  if ((connection.pragma('synchronous', { simple: true }) as number) < 2) throw new Error('SQLite does not keep synchronous=FULL');
}

function older(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, oldest] of OLDEST_SQLITE.entries()) {
    const part = parts[index] ?? 0;
    if (part !== oldest) return part < oldest;
  }
  return false;
}

const NOTHING_TO_DO: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};

/**
 * Kysely's dialect gives its single connection to one user at a time (a mutex around each transaction), prepares every statement
 * anew and opens transactions deferred. Here statements are kept, and a transaction takes the file's write lock at its begin: a
 * deferred one could fail halfway when another process has written in between. On a full disk SQLite rolls back by itself: a second
 * rollback would fail and hide the reason, and whatever else was on its way would be done outside of any transaction.
 */
export function asKyselyWants(connection: SqliteFile.Database): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>();
  /** A transaction was begun, and neither committed nor rolled back by who began it. */
  let begun = false;
  const begin: SqliteStatement = {
    ...NOTHING_TO_DO,
    run() {
      const result = connection.prepare('begin immediate').run();
      begun = true;
      return result;
    },
  };
  return {
    close: () => connection.close(),
    prepare(sql) {
      if (sql === 'begin') return begin;
      const lost = begun && !connection.inTransaction;
      if (sql === 'commit' || sql === 'rollback') begun = false;
      if (sql === 'rollback' && !connection.inTransaction) return NOTHING_TO_DO;
      if (lost) throw new Error('SQLite has rolled the transaction back: nothing more is done in it');
      // Many pragmas do what they say when they are prepared, not when they are run.
      if (sql.startsWith('pragma ')) return connection.prepare(sql);
      const known = kept.get(sql);
      if (known) return known;
      // The row type is the caller's: Kysely passes parameters as one array, which better-sqlite3 takes as bindings.
      const statement = connection.prepare(sql) as unknown as SqliteStatement;
      if (kept.size >= STATEMENTS_KEPT_MAX) kept.clear();
      kept.set(sql, statement);
      return statement;
    },
  };
}

function explained(error: unknown, where: string): unknown {
  if (error instanceof BackendUnusable) return error;
  const code = errorCode(error);
  if (isDiskFull(error)) return new BackendUnusable('unavailable', `There is no room left for the database ${where}. Free some disk space and start again.`, { cause: error });
  if (code === 'SQLITE_NOTADB') return new BackendUnusable('configuration', `The database ${where} is not an SQLite database. Move it away or name another directory with --data; nothing was changed.`, { cause: error });
  if (code.startsWith('SQLITE_CORRUPT')) return new BackendUnusable('configuration', `The database ${where} is damaged. Keep it, restore the last backup, and start again.`, { cause: error });
  if (code.startsWith('SQLITE_BUSY')) return new BackendUnusable('unavailable', `The database ${where} is in use by another program. Wait until it has finished and try again.`, { cause: error });
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR', 'SQLITE_READONLY', 'SQLITE_CANTOPEN'].some((start) => code.startsWith(start))) {
    return new BackendUnusable('configuration', `The database ${where} cannot be written (${code}). Check that its directory exists and belongs to the user that runs the backend.`, { cause: error });
  }
  return error;
}
