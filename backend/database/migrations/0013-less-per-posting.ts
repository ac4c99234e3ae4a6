import { sql, type RawBuilder } from 'kysely';
import type { Dialect } from '../dialect.ts';
import type { Migration } from './migration.ts';

const ENTITLEMENT = ['municipality_id', 'entitlement_id', 'account_id', 'scheme_id', 'amount', 'lot_kind', 'first_day', 'last_day', 'state', 'operation_id'];
const CHANGE = ['municipality_id', 'cursor', 'device_id', 'subject', 'body'];

function entitlementTable({ integer, tableEnd }: Dialect, name: string, operation: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`create table ${sql.table(name)} (
    municipality_id text not null,
    entitlement_id text not null,
    account_id text not null,
    scheme_id text not null,
    amount ${integer} not null check (amount > 0),
    lot_kind text not null check (lot_kind in ('paid', 'premium', 'free')),
    first_day text not null,
    last_day text not null check (last_day >= first_day),
    state text not null check (state in ('open', 'taken', 'withdrawn')),
    operation_id text ${operation} references movement (operation_id),
    check ((state = 'taken') = (operation_id is not null)),
    primary key (municipality_id, entitlement_id),
    foreign key (municipality_id, account_id) references account (municipality_id, account_id),
    foreign key (municipality_id, scheme_id) references scheme (municipality_id, scheme_id)
  ) ${tableEnd}`;
}

function changeTable({ integer, tableEnd }: Dialect, name: string, town: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`create table ${sql.table(name)} (
    municipality_id text not null ${town},
    cursor ${integer} not null check (cursor >= 1),
    device_id text,
    subject text,
    body text not null,
    primary key (municipality_id, cursor)
  ) ${tableEnd}`;
}

async function remake(transaction: Parameters<Migration['up']>[0], dialect: Dialect, way: 'lighter' | 'as-before'): Promise<void> {
  const lighter = way === 'lighter';
  const nothing = sql.raw('');
  const statements = [
    ...dialect.changeConstraints({
      table: 'entitlement',
      columns: ENTITLEMENT,
      create: (name) => entitlementTable(dialect, name, lighter ? nothing : sql`unique`),
      alter: [lighter ? sql`alter table entitlement drop constraint entitlement_operation_id_key` : sql`alter table entitlement add unique (operation_id)`],
    }),
    ...dialect.changeConstraints({
      table: 'change',
      columns: CHANGE,
      create: (name) => changeTable(dialect, name, lighter ? nothing : sql`references municipality (municipality_id)`),
      alter: [lighter ? sql`alter table change drop constraint change_municipality_id_fkey` : sql`alter table change add foreign key (municipality_id) references municipality (municipality_id)`],
    }),
    ...(dialect.engine === 'sqlite'
      ? [
          sql`create index entitlement_by_account on entitlement (municipality_id, account_id)`,
          sql`create index change_by_subject on change (municipality_id, device_id, subject) where subject is not null`,
        ]
      : []),
    sql`drop index lease_by_device`,
    lighter
      ? sql`create index lease_by_device on lease (municipality_id, device_id) where state = 'held'`
      : sql`create index lease_by_device on lease (municipality_id, device_id, state)`,
  ];
  for (const statement of statements) await statement.execute(transaction);
}

/**
 * What every posting paid for and nobody used. A movement names one grant at most and is posted once, so that an operation takes two grants need
 * not be ruled out a second time; who appends to the feed holds the row of the town's counter, so the town is there; and nobody asks what a
 * device has held once.
 */
export const lessPerPosting: Migration = {
  version: 13,
  name: 'less-per-posting',
  up: (transaction, dialect) => remake(transaction, dialect, 'lighter'),
  down: (transaction, dialect) => remake(transaction, dialect, 'as-before'),
};
