/**
 * What the ledger throws when the world, not the program, stops it: no room on the disk, a failed read or write, a damaged file.
 * After it the ledger answers nothing more. It must be closed and opened again: after a failed fsync nobody but a fresh recovery
 * knows what is on the disk, so an operation is never simply tried again.
 */
import type { TroubleName } from '../../contract/trouble.ts';

export type LedgerTrouble = Extract<TroubleName, 'disk-full' | 'ledger-damaged' | 'data-directory' | 'ledger-set-back'>;

export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable';
  readonly trouble: LedgerTrouble;

  constructor(trouble: LedgerTrouble, detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.trouble = trouble;
  }
}

/** The backend acknowledged something this ledger never wrote: two machines use one identity, or an old backup was restored. */
export class ForeignAcknowledgement extends Error {
  override readonly name = 'ForeignAcknowledgement';
}

/**
 * Which trouble an error of SQLite means.
 * @returns undefined for everything that is a fault of the program (a broken constraint, a wrong statement)
 */
export function ledgerTroubleOf(error: unknown): LedgerTrouble | undefined {
  const code = sqliteCodeOf(error);
  if (!code) return undefined;
  if (code === 'SQLITE_FULL') return 'disk-full';
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return 'ledger-damaged';
  if (/^SQLITE_(IOERR|READONLY|CANTOPEN|PERM|AUTH|BUSY|LOCKED|PROTOCOL|NOLFS)/.test(code)) return 'data-directory';
  return undefined;
}

/** SQLite's extended result code, as better-sqlite3 names it: `SQLITE_IOERR_FSYNC`. */
export function sqliteCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code.startsWith('SQLITE_') ? error.code : undefined;
}
