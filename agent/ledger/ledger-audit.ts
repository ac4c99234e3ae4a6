/**
 * Looks a ledger file over from end to end without writing to it: pages, journal chain, and books against journal. For staff and
 * tests; the kiosk itself checks only what is new when it opens.
 */
import SqliteDatabase, { type Database } from 'better-sqlite3';
import type { DeviceId, SchemeId } from '../../contract/ids.ts';
import type { NamedSchemes } from '../../contract/export/books-format.ts';
import { JournalCheck, movementOf, sentenceOf, type JournalReport } from '../../contract/journal-check.ts';
import type { JournalBody, JournalEntry, JournalSeal } from '../../contract/journal.ts';
import type { Movement, Posting, Scheme } from '../../contract/value.ts';
import { LEDGER_APPLICATION_ID, LEDGER_VERSION } from './migrations.ts';
import { isPostingOf, MOVEMENT_OF_POSTING } from './posting-ids.ts';

export interface LedgerAudit {
  readonly device: string;
  readonly entries: number;
  /** Hash of the last entry: two ledgers with the same one hold the same journal. */
  readonly headHash: string;
  readonly acknowledgedSeq: number;
  readonly movements: number;
  readonly journal: JournalReport;
  /** In words, for people. Empty when all is well. */
  readonly faults: readonly string[];
}

/** Can be walked through once. */
export interface LedgerReading {
  readonly seals: readonly JournalSeal[];
  readonly entries: Iterable<JournalEntry>;
  readonly schemes: NamedSchemes;
}

/**
 * @param publicKey the device's key, when whoever asks knows it: then the seals must be of this key
 * @throws when the file cannot be opened as a ledger: it is missing, foreign, newer, or held by a running kiosk
 */
export function auditLedger(path: string, publicKey?: string): LedgerAudit {
  return withLedger(path, (database) => {
    if (versionOf(database) < LEDGER_VERSION) throw new Error(`${path} was written by an older version of the program. Its journal can be exported, and the export verified`);
    const device = database.prepare<[], DeviceId>('SELECT device_id FROM device').pluck().get();
    if (device === undefined) throw new Error(`${path} does not say whose it is`);
    const faults: string[] = [];
    const integrity = database.pragma('integrity_check', { simple: true });
    if (integrity !== 'ok') faults.push(`SQLite: ${String(integrity)}`);
    if ((database.pragma('foreign_key_check') as unknown[]).length > 0) faults.push('A row refers to one that is not there');

    const check = new JournalCheck({ device, beginsAt: 1, ...(publicKey === undefined ? {} : { publicKey }) });
    for (const seal of sealsAfter(database, 0)) check.seal(seal);
    const postings = postingsByMovement(database);
    const unposted: string[] = [];
    for (const entry of entriesAfter(database, 0)) {
      const body = check.entry(entry);
      if (body) unposted.push(...unpostedFaults(body, postings));
    }
    const journal = check.report();
    faults.push(...journal.faults.map(sentenceOf), ...unposted);
    const acknowledgedSeq = database.prepare<[], number>('SELECT acknowledged_seq FROM sync').pluck().get() ?? 0;
    if (acknowledgedSeq > journal.last) faults.push(`${acknowledgedSeq} entries were acknowledged, but the journal ends with ${journal.last}`);
    faults.push(...bookFaults(database));
    const movements = database.prepare<[], number>('SELECT count(*) FROM movement').pluck().get() ?? 0;
    return { device, entries: journal.last, headHash: journal.lastHash, acknowledgedSeq, movements, journal, faults };
  });
}

/** All entries after `after`, in order. @throws as `auditLedger` does */
export function readJournal(path: string, after = 0): JournalEntry[] {
  return withLedger(path, (database) => [...entriesAfter(database, after)]);
}

/**
 * What is needed to hand a journal on: the seals and entries after `after`, in order, and what the device knows of schemes.
 * @throws as `auditLedger` does
 */
export function readLedger<T>(path: string, after: number, take: (ledger: LedgerReading) => T): T {
  return withLedger(path, (database) => {
    const rows = database.prepare<[], { readonly id: SchemeId } & Pick<Scheme, 'unit' | 'name'>>('SELECT scheme_id AS id, unit, name FROM scheme').all();
    const schemes = new Map(rows.map((row) => [row.id, row]));
    return take({ seals: sealsAfter(database, after), entries: entriesAfter(database, after), schemes });
  });
}

function withLedger<T>(path: string, look: (database: Database) => T): T {
  const database = new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout: 0 });
  try {
    const application = database.pragma('application_id', { simple: true });
    if (application !== LEDGER_APPLICATION_ID) throw new Error(`${path} is not a ledger of the kiosk`);
    if (versionOf(database) > LEDGER_VERSION) throw new Error(`${path} was written by a newer version of the program`);
    return look(database);
  } finally {
    database.close();
  }
}

const versionOf = (database: Database): number => Number(database.pragma('user_version', { simple: true }));

function entriesAfter(database: Database, seq: number): IterableIterator<JournalEntry> {
  return database.prepare<[number], JournalEntry>('SELECT seq, prev_hash AS prevHash, hash, body FROM journal WHERE seq > ? ORDER BY seq').iterate(seq);
}

/** A file of a version that did not seal has none. */
function sealsAfter(database: Database, seq: number): JournalSeal[] {
  const sealing = database.prepare<[], number>("SELECT 1 FROM sqlite_schema WHERE name = 'journal_seal'").pluck().get();
  if (sealing === undefined) return [];
  return database.prepare<[number], JournalSeal>('SELECT seq, hash, public_key AS publicKey, signature FROM journal_seal WHERE seq > ? ORDER BY seq').all(seq);
}

function postingsByMovement(database: Database): ReadonlyMap<string, string> {
  const rows = database.prepare<[], Posting & { operation: string }>(`SELECT operation_id AS operation, debit, credit, amount FROM movement JOIN posting ON ${isPostingOf('movement_number')} ORDER BY posting_id`).all();
  const found = new Map<string, string>();
  for (const { operation, ...posting } of rows) found.set(operation, (found.get(operation) ?? '') + lineOf(posting));
  return found;
}

const lineOf = ({ debit, credit, amount }: Posting): string => `${debit} ${credit} ${amount}\n`;
const linesOf = (movement: Movement): string => movement.postings.map(lineOf).join('');

/** What the journal says was moved must be in the books, posting for posting. */
function unpostedFaults(body: JournalBody, postings: ReadonlyMap<string, string>): string[] {
  const movement = movementOf(body);
  return movement && postings.get(movement.operationId) !== linesOf(movement) ? [`Journal entry ${body.seq} moved value that the books do not have`] : [];
}

function bookFaults(database: Database): string[] {
  const faults: string[] = [];
  const count = (sql: string): number => database.prepare<[], number>(sql).pluck().get() ?? 0;
  // Where the value is on a card, devices take it from lots before they have heard of each other; the backend puts that right afterwards.
  // What the town has refused took nothing. What it gave is counted here: what this device took of it has perhaps not been judged yet.
  const overdrawn = count(`
    SELECT count(*) FROM (
      SELECT account, sum(amount) AS held FROM (
        SELECT credit AS account, amount FROM posting
        UNION ALL SELECT debit, -amount FROM posting
          WHERE ${MOVEMENT_OF_POSTING} NOT IN (SELECT movement_number FROM refused_movement JOIN movement USING (operation_id))
      ) WHERE account LIKE 'pocket/%' OR account LIKE 'claim/%' GROUP BY account HAVING held < 0
    ) WHERE NOT EXISTS (SELECT 1 FROM card WHERE profile = 'desfire' AND account LIKE 'pocket/' || card.account_id || '/%')`);
  if (overdrawn > 0) faults.push(`${overdrawn} pocket(s) or claim(s) hold less than nothing`);
  const orphans = count(`SELECT count(*) FROM posting WHERE ${MOVEMENT_OF_POSTING} NOT IN (SELECT movement_number FROM movement)`);
  if (orphans > 0) faults.push(`${orphans} posting(s) belong to no movement`);
  const reserved = count("SELECT count(*) FROM reservation JOIN intent USING (operation_id) WHERE state IN ('committed', 'aborted')");
  if (reserved > 0) faults.push(`${reserved} reservation(s) of intents that are settled`);
  const unposted = count("SELECT count(*) FROM intent WHERE state = 'committed' AND operation_id NOT IN (SELECT operation_id FROM movement)");
  if (unposted > 0) faults.push(`${unposted} committed intent(s) moved nothing`);
  const premature = count("SELECT count(*) FROM intent WHERE state <> 'committed' AND operation_id IN (SELECT operation_id FROM movement)");
  if (premature > 0) faults.push(`${premature} intent(s) moved value without being committed`);
  return faults;
}
