/**
 * The ledger's file: finds out whose it is before touching it, makes a new one in one step, opens it with the settings under which a
 * commit is durable, and keeps every other process out. Never repairs, overwrites or deletes a file that is not wholly ours.
 */
import { closeSync, fsyncSync, existsSync, mkdirSync, openSync, readSync, realpathSync, renameSync, rmSync, statfsSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import type { DeviceId } from '../../contract/ids.ts';
import { syncDirectory } from '../sync-directory.ts';
import { ledgerTroubleOf, sqliteCodeOf } from './ledger-unavailable.ts';
import { LEDGER_APPLICATION_ID, LEDGER_VERSION, migrateLedger } from './migrations.ts';

export type LedgerOpenTrouble = 'ledger-foreign' | 'ledger-newer' | 'ledger-damaged' | 'ledger-set-back' | 'disk-full' | 'data-directory';
export type LedgerRefusal = { readonly ok: false; readonly trouble: LedgerOpenTrouble; readonly detail: string };

/** Below this much free space nothing is opened, so that a full disk is found before a person stands there, not while. */
const FREE_BYTES_MIN = 8 * 1024 * 1024;
/** Before it, two connections that write and checkpoint at once could corrupt a file in WAL mode. */
const SQLITE_VERSION_MIN = [3, 51, 3] as const;
const FULL = 2;

/**
 * Files open in this process. POSIX drops all of a process's locks on a file as soon as it closes any descriptor of it, so a second
 * look at an open ledger would silently unlock the first.
 */
const openHere = new Set<string>();

export interface LedgerFile {
  readonly database: Database;
  close(): void;
}

/** @returns the open database, migrated to the present version and locked for this process alone */
export function openLedgerFile(options: { readonly path: string; readonly device: DeviceId }): { readonly ok: true; readonly file: LedgerFile } | LedgerRefusal {
  let database: Database | undefined;
  let key: string | undefined;
  try {
    mkdirSync(path.dirname(options.path), { recursive: true, mode: 0o700 });
    const place = path.join(realpathSync(path.dirname(options.path)), path.basename(options.path));
    if (openHere.has(place)) return refusal('data-directory', inUse(place));
    const room = freeBytes(path.dirname(place));
    if (room < FREE_BYTES_MIN) {
      return refusal('disk-full', `空き容量が足りません（${room} バイト）。Only ${room} bytes are free beside ${place}; ${FREE_BYTES_MIN} are needed.`);
    }
    if (existsSync(place)) {
      const foreign = whyForeign(place);
      if (foreign) return refusal('ledger-foreign', `${place}: ${foreign}`);
    } else {
      if (existsSync(`${place}-wal`)) {
        return refusal('ledger-damaged', `${place} は無くなっています。${place} is gone, but ${place}-wal is there: put the ledger back from the backup.`);
      }
      createLedger(place, options.device);
    }
    openHere.add(place);
    key = place;
    database = new SqliteDatabase(place, { fileMustExist: true, timeout: 0 });
    secure(database);
    const refused = whyRefused(database, place, options.device);
    if (refused) {
      leave(database, key);
      return refused;
    }
    migrateLedger(database);
    const opened = database;
    return { ok: true, file: { database: opened, close: () => leave(opened, place) } };
  } catch (error) {
    leave(database, key);
    return refusalOfError(error, options.path);
  }
}

/** Turns what SQLite or the file system said into a refusal. @throws when it is a fault of the program */
export function refusalOfError(error: unknown, file: string): LedgerRefusal {
  if (sqliteCodeOf(error) === 'SQLITE_BUSY') return refusal('data-directory', inUse(file));
  const trouble = ledgerTroubleOf(error) ?? fileTroubleOf(error);
  if (!trouble) throw error;
  return refusal(trouble, `${file}: ${(error as Error).message}`);
}

/** Settings under which a returned commit has reached the disk, and nobody else may even read the file. */
function secure(database: Database): void {
  const version = String(database.prepare('SELECT sqlite_version()').pluck().get());
  if (isOlder(version)) throw new Error(`SQLite ${version} is too old: ${SQLITE_VERSION_MIN.join('.')} or newer is needed`);
  // Before the first read: the write-ahead log then needs no shared memory, and the lock is never given back.
  database.pragma('locking_mode = EXCLUSIVE');
  database.exec('BEGIN EXCLUSIVE; COMMIT;');
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.pragma('fullfsync = ON');
  database.pragma('checkpoint_fullfsync = ON');
  database.pragma('foreign_keys = ON');
  // In KiB: the indexes of a town's year, instead of SQLite's 2 MiB; used only as far as they are.
  database.pragma('cache_size = -32768');
  // In pages of 4 KiB. A kiosk that was away for weeks writes some thousand of them with every page of the feed, many of them again and again.
  database.pragma('wal_autocheckpoint = 16000');
  database.pragma('trusted_schema = OFF');
  database.pragma('recursive_triggers = ON');
  const setting = (name: string): unknown => database.pragma(name, { simple: true });
  if (setting('journal_mode') !== 'wal' || Number(setting('synchronous')) < FULL || setting('foreign_keys') !== 1 || setting('trusted_schema') !== 0) {
    throw new Error('SQLite did not take the settings that make commits durable');
  }
}

function whyRefused(database: Database, file: string, device: DeviceId): LedgerRefusal | undefined {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > LEDGER_VERSION) {
    return refusal('ledger-newer', `${file} は新しい版（${version}）のものです。It has version ${version}; this program knows ${LEDGER_VERSION}.`);
  }
  const owner = database.prepare<[], string>('SELECT device_id FROM device').pluck().get();
  if (owner === undefined) return refusal('ledger-damaged', `${file} does not say whose it is`);
  if (owner !== device) {
    return refusal('ledger-foreign', `${file} は別の機器 ${owner} の台帳です。It belongs to the device ${owner}; this one is ${device}.`);
  }
  return undefined;
}

/**
 * Reads the header without SQLite, which would recover a foreign file's log into it.
 * Source: https://www.sqlite.org/fileformat.html §1.3 (magic at 0, application id at 68, big-endian).
 */
function whyForeign(file: string): string | undefined {
  const header = Buffer.alloc(100);
  const descriptor = openSync(file, 'r');
  try {
    if (readSync(descriptor, header, 0, 100, 0) < 100 || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
      return '台帳のファイルではありません。This is not a SQLite file.';
    }
  } finally {
    closeSync(descriptor);
  }
  const application = header.readUInt32BE(68);
  if (application === LEDGER_APPLICATION_ID) return undefined;
  return `かざす窓口の台帳ではありません。This SQLite file belongs to another program (application id ${application}).`;
}

/** Builds the ledger beside its place and moves it there whole: a power cut leaves either none or a good one. */
function createLedger(place: string, device: DeviceId): void {
  const draft = `${place}.new`;
  for (const left of [draft, `${draft}-journal`, `${draft}-wal`]) rmSync(left, { force: true });
  closeSync(openSync(draft, 'wx', 0o600));
  const database = new SqliteDatabase(draft);
  try {
    // Nobody has this file yet, and a half one is begun anew: it needs no journal, and reaches the disk as a whole, below.
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF');
    database.pragma(`application_id = ${LEDGER_APPLICATION_ID}`);
    migrateLedger(database);
    database.prepare('INSERT INTO device VALUES (1, ?)').run(device);
  } finally {
    database.close();
  }
  const descriptor = openSync(draft, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(draft, place);
  syncDirectory(path.dirname(place));
}

/** Free space for this user, in bytes. */
function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

function leave(database: Database | undefined, place: string | undefined): void {
  try {
    database?.close();
  } catch (error) {
    // After a failed write closing fails the same way; the next opening recovers from the log.
    if (!sqliteCodeOf(error)) throw error;
  } finally {
    if (place !== undefined) openHere.delete(place);
  }
}

function fileTroubleOf(error: unknown): 'disk-full' | 'data-directory' | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string' || !('syscall' in error)) return undefined;
  return error.code === 'ENOSPC' || error.code === 'EDQUOT' ? 'disk-full' : 'data-directory';
}

function isOlder(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, least] of SQLITE_VERSION_MIN.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part < least;
  }
  return false;
}

const inUse = (file: string): string => `${file} はほかのプログラムが使っています。Another program uses the ledger; only one kiosk may.`;
const refusal = (trouble: LedgerOpenTrouble, detail: string): LedgerRefusal => ({ ok: false, trouble, detail });
