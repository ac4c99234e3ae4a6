/** Reads the whole ledger, account by account, and says whether it balances. Looks at everything and changes nothing. */
import { sql } from 'kysely';
import type { BackendDatabase } from '../database/backend-database.ts';
import { checkIntegrity } from './integrity.ts';

export interface BookAccount {
  readonly municipalityId: string;
  /** A `LedgerAccount`. */
  readonly account: string;
  readonly debit: number;
  readonly credit: number;
}

export interface Books {
  readonly accounts: readonly BookAccount[];
  readonly movements: number;
  readonly journalEntries: number;
  readonly openAnomalies: number;
  /** What does not hold, one sentence each; empty when the books are good. */
  readonly faults: readonly string[];
}

export async function readBooks(database: BackendDatabase): Promise<Books> {
  const { kysely } = database;
  const { rows: accounts } = await sql<BookAccount>`
    select municipality_id as "municipalityId", account, cast(sum(debit) as bigint) as debit, cast(sum(credit) as bigint) as credit from (
      select municipality_id, debit as account, amount as debit, 0 as credit from posting
      union all
      select municipality_id, credit as account, 0 as debit, amount as credit from posting
    ) as side group by municipality_id, account order by municipality_id, account`.execute(kysely);
  const { movements, journalEntries, faults } = await checkIntegrity(database);
  const anomalies = await kysely.selectFrom('anomaly').select((eb) => eb.fn.countAll<number>().as('count')).where('state', '=', 'open').executeTakeFirstOrThrow();
  return { accounts, movements, journalEntries, openAnomalies: anomalies.count, faults };
}
