import { sql, type RawBuilder } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Migration } from './migration.ts';

const COLUMNS = ['municipality_id', 'device_id', 'seq', 'entry_id', 'prev_hash', 'hash', 'body', 'received_ms'];

function journalEntryTable({ integer, tableEnd }: Dialect, name: string, uniqueIds: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`create table ${sql.table(name)} (
    municipality_id text not null,
    device_id text not null,
    seq ${integer} not null check (seq >= 1),
    entry_id text not null,
    prev_hash text not null check (length(prev_hash) = 64),
    hash text not null check (length(hash) = 64),
    body text not null,
    received_ms ${integer} not null,
    primary key (municipality_id, device_id, seq),
    ${uniqueIds},
    foreign key (municipality_id, device_id) references device (municipality_id, device_id)
  ) ${tableEnd}`;
}

async function changeIndex(dialect: Dialect, uniqueIds: RawBuilder<unknown>, alter: RawBuilder<unknown>[], transaction: Parameters<Migration['up']>[0]): Promise<void> {
  const statements = [
    ...dialect.changeConstraints({ table: 'journal_entry', columns: COLUMNS, create: (name) => journalEntryTable(dialect, name, uniqueIds), alter }),
    ...(dialect.engine === 'sqlite' ? dialect.appendOnly('journal_entry') : []),
  ];
  for (const statement of statements) await statement.execute(transaction);
}

/**
 * The ids of entries are found by the id itself. With the town's name in front, a database that does not yet know how large its journal is takes that
 * index for as good as any other, and reads the journal of the whole town for one entry.
 */
export const entryIds: Migration = {
  version: 11,
  name: 'entry-ids',
  up: (transaction, dialect) =>
    changeIndex(
      dialect,
      sql`unique (entry_id, municipality_id)`,
      [sql`alter table journal_entry drop constraint journal_entry_municipality_id_entry_id_key`, sql`alter table journal_entry add unique (entry_id, municipality_id)`],
      transaction,
    ),
  down: (transaction, dialect) =>
    changeIndex(
      dialect,
      sql`unique (municipality_id, entry_id)`,
      [sql`alter table journal_entry drop constraint journal_entry_entry_id_municipality_id_key`, sql`alter table journal_entry add unique (municipality_id, entry_id)`],
      transaction,
    ),
};
