/** The database as the rest of the backend sees it: one set of queries, whichever engine is behind it. */
import type { Kysely, Transaction } from 'kysely';
import type { Dialect } from './dialect.ts';
import type { Tables } from './tables.ts';

export interface BackendDatabase {
  readonly kysely: Kysely<Tables>;
  readonly dialect: Dialect;
  /** Which database this is, for messages; without any password. */
  readonly where: string;
  close(): Promise<void>;
}

/** A running transaction and the dialect it speaks. Inside one, nothing may use `kysely` itself: on SQLite that would wait for ever. */
export interface Work {
  readonly transaction: Transaction<Tables>;
  readonly dialect: Dialect;
  /** Statements may be sent without waiting for the answers of those before (overlapping.ts). */
  readonly overlaps?: boolean;
}

/** Runs `work` in one transaction: all of it or nothing. What `work` returns is durable when the promise is fulfilled. */
export function inTransaction<Result>(database: BackendDatabase, work: (work: Work) => Promise<Result>): Promise<Result> {
  return database.kysely.transaction().execute((transaction) => work({ transaction, dialect: database.dialect }));
}
