/**
 * Copies a ledger that is in use. The copy is marked: nobody can go on writing under it, for the device has gone on itself, and its journal
 * would fork. What is in it can be handed in to the town (`agent hand-in`).
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Moment } from '../../contract/time.ts';
import { syncDirectory } from '../sync-directory.ts';
import { auditLedger } from './ledger-audit.ts';
import type { Ledger } from './ledger.ts';

export interface LedgerBackup {
  readonly file: string;
  readonly device: string;
  readonly entries: number;
  readonly headHash: string;
  readonly acknowledgedSeq: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * @param to a directory; the file in it has the moment in its name
 * @returns the backup, or what is wrong with the copy: then nothing is left behind
 */
export function backUpLedger(ledger: Pick<Ledger, 'copyTo'>, to: string, at: Moment): { readonly ok: true; readonly backup: LedgerBackup } | { readonly ok: false; readonly detail: string } {
  const file = path.join(to, `ledger-${at.replace(/[:.]/g, '-')}.db`);
  const draft = `${file}.partial`;
  mkdirSync(to, { recursive: true, mode: 0o700 });
  if (existsSync(file)) return { ok: false, detail: `${file} is there already` };
  rmSync(draft, { force: true });
  try {
    closeSync(openSync(draft, 'wx', 0o600));
    ledger.copyTo(draft);
    markCopy(draft, `it is a backup of ${at}`);
    const { device, entries, headHash, acknowledgedSeq, faults } = auditLedger(draft);
    if (faults.length > 0) return { ok: false, detail: faults.join('; ') };
    reachDisk(draft);
    const backup: LedgerBackup = { file, device, entries, headHash, acknowledgedSeq, bytes: statSync(draft).size, sha256: createHash('sha256').update(readFileSync(draft)).digest('hex') };
    renameSync(draft, file);
    writeFileSync(`${file}.json`, `${JSON.stringify({ ...backup, file: path.basename(file), at }, null, 2)}\n`, { mode: 0o600 });
    reachDisk(`${file}.json`);
    syncDirectory(to);
    return { ok: true, backup };
  } finally {
    rmSync(draft, { force: true });
  }
}

function markCopy(file: string, why: string): void {
  const database = new SqliteDatabase(file, { fileMustExist: true });
  try {
    database.prepare('UPDATE sync SET set_back = ?').run(why);
  } finally {
    database.close();
  }
}

function reachDisk(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
