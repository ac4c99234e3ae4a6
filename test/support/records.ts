/**
 * What was written down: the kiosk's ledger and the backend's books, looked at from outside while or after they run. Never writes to
 * either: the kiosk's ledger is read from a copy, the backend's database read-only.
 */
import { cpSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SqliteFile from 'better-sqlite3';
import pg from 'pg';
import { auditLedger, type LedgerAudit } from '../../agent/ledger/ledger-audit.ts';
import { isPostingOf } from '../../agent/ledger/posting-ids.ts';
import type { Place } from '../../backend/command-line.ts';
import { JournalBody, type JournalFact } from '../../contract/journal.ts';

export interface Load {
  readonly operation: string;
  readonly account: string;
  readonly entitlement: string;
  readonly amount: number;
}

export interface KioskRecords {
  readonly audit: LedgerAudit;
  readonly facts: readonly JournalFact[];
  /** Value that this kiosk moved: intents that were committed, with what the books say they moved. */
  readonly loads: readonly Load[];
  /** Intents by state, and print jobs by slip number. */
  readonly intents: ReadonlyArray<{ readonly state: string; readonly entitlement: string }>;
  readonly slips: ReadonlyArray<{ readonly number: number; readonly state: string }>;
}

/** A SQLite file and its write-ahead log. */
const FILES = ['', '-wal'] as const;

/** Copies a ledger with its write-ahead log as they are at one moment, calls `look` with the copy's path, and removes the copy. */
export async function withCopy<T>(ledgerFile: string, look: (copy: string) => T | Promise<T>): Promise<T> {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-copy-'));
  try {
    const copy = path.join(directory, 'ledger.db');
    const state = () => FILES.map((suffix) => statSync(ledgerFile + suffix, { throwIfNoEntry: false })?.mtimeMs).join();
    for (let before = ''; before !== state(); ) {
      before = state();
      for (const suffix of FILES) {
        rmSync(copy + suffix, { force: true });
        if (existsSync(ledgerFile + suffix)) cpSync(ledgerFile + suffix, copy + suffix);
      }
    }
    return await look(copy);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The kiosk's ledger as it is now; the kiosk may run. */
export function kioskRecords(ledgerFile: string): Promise<KioskRecords> {
  return withCopy(ledgerFile, (copy) => {
    const audit = auditLedger(copy);
    const database = new SqliteFile(copy, { fileMustExist: true });
    try {
      const all = <Row>(sql: string) => database.prepare<[], Row>(sql).all();
      return {
        audit,
        facts: all<{ body: string }>('SELECT body FROM journal ORDER BY seq').map(({ body }) => JournalBody.parse(JSON.parse(body)).fact),
        loads: all<Load>(`
          SELECT m.operation_id AS operation, m.account_id AS account, m.entitlement_id AS entitlement, p.amount
          FROM intent i JOIN movement m USING (operation_id) JOIN posting p ON ${isPostingOf('movement_number')} WHERE i.state = 'committed' ORDER BY 1`),
        intents: all('SELECT state, entitlement_id AS entitlement FROM intent ORDER BY intent_number'),
        slips: all('SELECT slip_number AS number, state FROM print_job ORDER BY slip_number'),
      };
    } finally {
      database.close();
    }
  });
}

export interface BackendRecords {
  /** What kiosks moved, as posted in the books; the town's own opening balances are not among it. */
  readonly loads: readonly Load[];
  readonly facts: readonly JournalFact[];
  readonly takenEntitlements: readonly string[];
  /** What staff must look at, oldest first. */
  readonly anomalies: readonly string[];
}

/** The backend's database as it is now, through a connection that cannot write. */
export async function backendRecords(place: Place): Promise<BackendRecords> {
  const [loads, entries, taken, anomalies] = await readOnly(place, [
    `select m.operation_id as operation, m.account_id as account, m.entitlement_id as entitlement, cast(p.amount as integer) as amount
     from movement m join posting p on p.operation_id = m.operation_id where m.device_id is not null order by 1`,
    'select body from journal_entry order by device_id, seq',
    "select entitlement_id as id from entitlement where state = 'taken' order by 1",
    'select what from anomaly order by noticed_ms, seq',
  ]);
  return {
    loads: loads as Load[],
    facts: (entries as Array<{ body: string }>).map(({ body }) => JournalBody.parse(JSON.parse(body)).fact),
    takenEntitlements: (taken as Array<{ id: string }>).map(({ id }) => id),
    anomalies: (anomalies as Array<{ what: string }>).map(({ what }) => what),
  };
}

/** Which account a card of this reference points to, according to the backend. */
export async function accountOfCard(place: Place, cardRef: string): Promise<string> {
  const [[row]] = (await readOnly(place, [`select account_id as account from card where card_ref = '${cardRef}'`])) as [[{ account: string }?]];
  if (!row) throw new Error('The backend does not know this card');
  return row.account;
}

async function readOnly(place: Place, queries: readonly string[]): Promise<unknown[][]> {
  if (place.databaseUrl === undefined) {
    const database = new SqliteFile(path.join(place.dataDir, 'backend.sqlite'), { readonly: true, fileMustExist: true });
    try {
      return database.transaction(() => queries.map((query) => database.prepare(query).all()))();
    } finally {
      database.close();
    }
  }
  const client = new pg.Client({ connectionString: place.databaseUrl, options: '-c default_transaction_read_only=on' });
  await client.connect();
  try {
    const answers: unknown[][] = [];
    await client.query('begin isolation level repeatable read');
    for (const query of queries) answers.push((await client.query(query)).rows);
    return answers;
  } finally {
    await client.end();
  }
}
