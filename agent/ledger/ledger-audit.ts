/**
 * Looks a ledger file over from end to end without writing to it: pages, journal chain, and books against journal. For staff and
 * tests; the kiosk itself checks only what is new when it opens.
 */
import SqliteDatabase, { type Database } from 'better-sqlite3';
import type { DeviceId } from '../../contract/ids.ts';
import { checkChain } from '../../contract/journal-hash.ts';
import { GENESIS_HASH, type JournalBody, type JournalEntry } from '../../contract/journal.ts';
import type { Movement, Posting } from '../../contract/value.ts';
import { LEDGER_APPLICATION_ID, LEDGER_VERSION } from './migrations.ts';

export interface LedgerAudit {
  readonly device: string;
  readonly entries: number;
  /** Hash of the last entry: two ledgers with the same one hold the same journal. */
  readonly headHash: string;
  readonly acknowledgedSeq: number;
  readonly movements: number;
  /** In words, for people. Empty when all is well. */
  readonly faults: readonly string[];
}

const BATCH = 1_000;

/** @throws when the file cannot be opened as a ledger: it is missing, foreign, newer, or held by a running kiosk */
export function auditLedger(path: string): LedgerAudit {
  return withLedger(path, (database) => {
    const device = database.prepare<[], DeviceId>('SELECT device_id FROM device').pluck().get();
    if (device === undefined) throw new Error(`${path} does not say whose it is`);
    const faults: string[] = [];
    const integrity = database.pragma('integrity_check', { simple: true });
    if (integrity !== 'ok') faults.push(`SQLite: ${String(integrity)}`);
    if ((database.pragma('foreign_key_check') as unknown[]).length > 0) faults.push('A posting belongs to no movement');

    let seq = 0;
    let hash = GENESIS_HASH;
    const postings = postingsByMovement(database);
    for (let batch = entriesAfter(database, 0); batch.length > 0; batch = entriesAfter(database, seq)) {
      const checked = checkChain(device, batch, seq, hash);
      if (!checked.ok) {
        faults.push(`Journal entry ${checked.fault.seq} does not verify (${checked.fault.why})`);
        break;
      }
      faults.push(...unpostedFaults(checked.bodies, postings));
      ({ seq, hash } = checked);
    }
    const acknowledgedSeq = database.prepare<[], number>('SELECT acknowledged_seq FROM sync').pluck().get() ?? 0;
    if (acknowledgedSeq > seq) faults.push(`${acknowledgedSeq} entries were acknowledged, but the journal verifies only to ${seq}`);
    faults.push(...bookFaults(database));
    const movements = database.prepare<[], number>('SELECT count(*) FROM movement').pluck().get() ?? 0;
    return { device, entries: seq, headHash: hash, acknowledgedSeq, movements, faults };
  });
}

/** All entries after `after`, in order. @throws as `auditLedger` does */
export function readJournal(path: string, after = 0): JournalEntry[] {
  return withLedger(path, (database) => {
    const all: JournalEntry[] = [];
    for (let batch = entriesAfter(database, after); batch.length > 0; batch = entriesAfter(database, all.at(-1)?.seq ?? after)) all.push(...batch);
    return all;
  });
}

function withLedger<T>(path: string, look: (database: Database) => T): T {
  const database = new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout: 0 });
  try {
    const application = database.pragma('application_id', { simple: true });
    if (application !== LEDGER_APPLICATION_ID) throw new Error(`${path} is not a ledger of the kiosk`);
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version > LEDGER_VERSION) throw new Error(`${path} was written by a newer version of the program`);
    return look(database);
  } finally {
    database.close();
  }
}

function entriesAfter(database: Database, seq: number): JournalEntry[] {
  return database
    .prepare<[number, number], JournalEntry>('SELECT seq, prev_hash AS prevHash, hash, body FROM journal WHERE seq > ? ORDER BY seq LIMIT ?')
    .all(seq, BATCH);
}

function postingsByMovement(database: Database): ReadonlyMap<string, string> {
  const rows = database.prepare<[], Posting & { operation: string }>('SELECT operation_id AS operation, debit, credit, amount FROM posting ORDER BY posting_id').all();
  const found = new Map<string, string>();
  for (const { operation, ...posting } of rows) found.set(operation, (found.get(operation) ?? '') + lineOf(posting));
  return found;
}

const lineOf = ({ debit, credit, amount }: Posting): string => `${debit} ${credit} ${amount}\n`;
const linesOf = (movement: Movement): string => movement.postings.map(lineOf).join('');

/** What the journal says was moved must be in the books, posting for posting. */
function unpostedFaults(bodies: readonly JournalBody[], postings: ReadonlyMap<string, string>): string[] {
  return bodies.flatMap(({ seq, fact }) =>
    (fact.type === 'value-moved' || fact.type === 'cash-moved') && postings.get(fact.movement.operationId) !== linesOf(fact.movement)
      ? [`Journal entry ${seq} moved value that the books do not have`]
      : [],
  );
}

function bookFaults(database: Database): string[] {
  const faults: string[] = [];
  const count = (sql: string): number => database.prepare<[], number>(sql).pluck().get() ?? 0;
  // Where the value is on a card, devices take it from lots before they have heard of each other; the backend puts that right afterwards.
  const overdrawn = count(`
    SELECT count(*) FROM (
      SELECT account, sum(amount) AS held FROM (
        SELECT credit AS account, amount FROM posting UNION ALL SELECT debit, -amount FROM posting
      ) WHERE account LIKE 'pocket/%' OR account LIKE 'claim/%' GROUP BY account HAVING held < 0
    ) WHERE NOT EXISTS (SELECT 1 FROM card WHERE profile = 'desfire' AND account LIKE 'pocket/' || card.account_id || '/%')`);
  if (overdrawn > 0) faults.push(`${overdrawn} pocket(s) or claim(s) hold less than nothing`);
  const reserved = count("SELECT count(*) FROM reservation JOIN intent USING (operation_id) WHERE state IN ('committed', 'aborted')");
  if (reserved > 0) faults.push(`${reserved} reservation(s) of intents that are settled`);
  const unposted = count("SELECT count(*) FROM intent WHERE state = 'committed' AND operation_id NOT IN (SELECT operation_id FROM movement)");
  if (unposted > 0) faults.push(`${unposted} committed intent(s) moved nothing`);
  const premature = count("SELECT count(*) FROM intent WHERE state <> 'committed' AND operation_id IN (SELECT operation_id FROM movement)");
  if (premature > 0) faults.push(`${premature} intent(s) moved value without being committed`);
  return faults;
}
