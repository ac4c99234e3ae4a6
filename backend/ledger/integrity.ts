/**
 * Adds the whole ledger up again and follows every journal, in one snapshot and in small steps: whatever is written meanwhile is neither seen
 * nor hindered. Looks at everything and changes nothing. The memory it needs does not grow with the number of movements.
 */
import { sql, type Kysely } from 'kysely';
import type { BackendDatabase } from '../database/backend-database.ts';
import type { Tables } from '../database/tables.ts';
import { Faults } from './integrity/faults.ts';
import { checkFeed } from './integrity/feed-pages.ts';
import { checkJournals } from './integrity/journal-pages.ts';
import { checkClaims, checkLots } from './integrity/lot-pages.ts';
import { checkMovements } from './integrity/movement-pages.ts';
import { checkRecords } from './integrity/record-checks.ts';
import { Totals } from './integrity/totals.ts';

export interface Integrity {
  readonly movements: number;
  readonly postings: number;
  readonly lots: number;
  readonly journalEntries: number;
  /** What does not hold, one sentence each; empty when the ledger is good. */
  readonly faults: readonly string[];
}

/**
 * @param database on SQLite a connection of its own, if others must be served meanwhile
 * @param step called between steps of some milliseconds; wait in it to let others work
 */
export function checkIntegrity(database: BackendDatabase, step: () => Promise<void> = () => Promise.resolve()): Promise<Integrity> {
  return inSnapshot(database, (snapshot) => checkSnapshot(snapshot, step));
}

/** As `checkIntegrity`, on a connection that sees one state of the database until the end. */
export async function checkSnapshot(snapshot: BackendDatabase, step: () => Promise<void> = () => Promise.resolve()): Promise<Integrity> {
  const faults = new Faults();
  const totals = new Totals();
  const { movements, postings } = await checkMovements(snapshot, totals, faults, step);
  const lots = await checkLots(snapshot, totals, faults, step);
  totals.compare(faults);
  await checkClaims(snapshot, faults, step);
  await checkRecords(snapshot, faults, step);
  await checkFeed(snapshot, faults, step);
  const journalEntries = await checkJournals(snapshot, faults, step);
  return { movements, postings, lots, journalEntries, faults: faults.all() };
}

/** Does `look` on one connection, which sees the database as it is now and does not lock it. */
export function inSnapshot<Result>(database: BackendDatabase, look: (snapshot: BackendDatabase) => Promise<Result>): Promise<Result> {
  return database.kysely.connection().execute(async (connection: Kysely<Tables>) => {
    await (database.dialect.engine === 'sqlite' ? sql`begin deferred` : sql`begin isolation level repeatable read read only`).execute(connection);
    try {
      return await look({ ...database, kysely: connection });
    } finally {
      await sql`rollback`.execute(connection);
    }
  });
}
