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

/** @param columns of the unique index over the ids @param before what they were */
async function findBy(columns: readonly string[], before: readonly string[], transaction: Parameters<Migration['up']>[0], dialect: Dialect): Promise<void> {
  const unique = sql`unique (${sql.join(columns.map((column) => sql.ref(column)))})`;
  const statements = [
    ...dialect.changeConstraints({
      table: 'journal_entry',
      columns: COLUMNS,
      create: (name) => journalEntryTable(dialect, name, unique),
      alter: [sql`alter table journal_entry drop constraint ${sql.ref(`journal_entry_${before.join('_')}_key`)}`, sql`alter table journal_entry add ${unique}`],
    }),
    ...(dialect.engine === 'sqlite' ? dialect.appendOnly('journal_entry') : []),
  ];
  for (const statement of statements) await statement.execute(transaction);
}

const [BY_TOWN, BY_ID] = [['municipality_id', 'entry_id'], ['entry_id', 'municipality_id']] as const;

/**
 * The ids of entries are found by the id itself. With the town's name in front, a database that does not yet know how large its journal is takes that
 * index for as good as any other, and reads the journal of the whole town for one entry.
 */
export const entryIds: Migration = {
  version: 11,
  name: 'entry-ids',
  up: (transaction, dialect) => findBy(BY_ID, BY_TOWN, transaction, dialect),
  down: (transaction, dialect) => findBy(BY_TOWN, BY_ID, transaction, dialect),
};
