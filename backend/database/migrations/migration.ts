/** One numbered step of the schema. Once released it is never edited: a correction is the next number. */
import type { Transaction } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Runs inside one transaction, on both engines. */
  up(transaction: Transaction<Tables>, dialect: Dialect): Promise<void>;
  down(transaction: Transaction<Tables>, dialect: Dialect): Promise<void>;
}
