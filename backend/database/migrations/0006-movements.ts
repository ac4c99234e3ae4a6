import { sql, type RawBuilder, type Transaction } from 'kysely';
import { BackendUnusable } from '../../unusable.ts';
import type { Dialect } from '../dialect.ts';
import type { Tables } from '../tables.ts';
import type { Migration } from './migration.ts';

const KINDS = sql`('load', 'sale', 'refund', 'exchange', 'spend', 'give', 'void', 'transfer', 'expire', 'reallocate', 'correct')`;

const MOVEMENT_COLUMNS = [
  'municipality_id', 'operation_id', 'kind', 'account_id', 'scheme_id', 'entitlement_id', 'occurred_at', 'device_id', 'seq', 'posted_ms',
] as const;
const ACCOUNT_COLUMNS = ['municipality_id', 'account_id', 'resident_id', 'home_site_id', 'state'] as const;

const movementTable = ({ integer, tableEnd }: Dialect, name: string, kinds: RawBuilder<unknown>, further: RawBuilder<unknown>) => sql`create table ${sql.table(name)} (
    municipality_id text not null,
    operation_id text not null primary key,
    kind text not null check (kind in ${kinds}),
    account_id text not null,
    scheme_id text not null,
    entitlement_id text,
    occurred_at text not null,
    device_id text,
    seq ${integer},
    posted_ms ${integer} not null,
    ${further}
    check ((device_id is null) = (seq is null)),
    foreign key (municipality_id, account_id) references account (municipality_id, account_id),
    foreign key (municipality_id, scheme_id) references scheme (municipality_id, scheme_id),
    foreign key (municipality_id, device_id) references device (municipality_id, device_id)
  ) ${tableEnd}`;

const accountTable = ({ tableEnd }: Dialect, name: string, further: RawBuilder<unknown>) => sql`create table ${sql.table(name)} (
    municipality_id text not null,
    account_id text not null,
    resident_id text,
    home_site_id text not null,
    state text not null check (state in ('open', 'closed')),
    ${further}
    primary key (municipality_id, account_id),
    foreign key (municipality_id, resident_id) references resident (municipality_id, resident_id),
    foreign key (municipality_id, home_site_id) references site (municipality_id, site_id)
  ) ${tableEnd}`;

const run = async (transaction: Transaction<Tables>, statements: readonly RawBuilder<unknown>[]) => {
  for (const statement of statements) await statement.execute(transaction);
};

/** Every kind of movement, the rules of schemes, accounts that follow one another, and debits that wait for a load that is not known yet. */
export const movements: Migration = {
  version: 6,
  name: 'movements',
  async up(transaction, dialect) {
    const { engine, integer, tableEnd } = dialect;
    const further = sql`of_operation text references movement (operation_id),
      sets ${integer} check (sets > 0),
      stock_lease text,
      staff text,
      from_account_id text,
      foreign key (municipality_id, from_account_id) references account (municipality_id, account_id),`;
    await run(transaction, [
      ...dialect.changeConstraints({
        table: 'movement',
        columns: MOVEMENT_COLUMNS,
        create: (name) => movementTable(dialect, name, KINDS, further),
        alter: [
          sql`alter table movement drop constraint movement_kind_check`,
          sql`alter table movement add constraint movement_kind_check check (kind in ${KINDS})`,
          sql`alter table movement add column of_operation text references movement (operation_id)`,
          sql`alter table movement add column sets ${integer} check (sets > 0)`,
          sql`alter table movement add column stock_lease text`,
          sql`alter table movement add column staff text`,
          sql`alter table movement add column from_account_id text`,
          sql`alter table movement add foreign key (municipality_id, from_account_id) references account (municipality_id, account_id)`,
          sql`drop index movement_takes_an_entitlement_once`,
        ],
      }),
      // A grant may be loaded again after its load was voided: what is taken stands with the entitlement.
      sql`create index movement_by_entitlement on movement (municipality_id, entitlement_id) where entitlement_id is not null`,
      sql`create index movement_by_stock_lease on movement (municipality_id, stock_lease) where stock_lease is not null`,
      sql`create index movement_by_origin on movement (of_operation) where of_operation is not null`,
      sql`create unique index movement_is_undone_once on movement (of_operation, kind) where kind in ('void', 'refund', 'reallocate')`,
      ...(engine === 'sqlite' ? dialect.appendOnly('movement') : []),
      // A person whose card was lost has two accounts until everything is transferred.
      ...dialect.changeConstraints({
        table: 'account',
        columns: ACCOUNT_COLUMNS,
        create: (name) => accountTable(dialect, name, sql`successor_id text, foreign key (municipality_id, successor_id) references account (municipality_id, account_id),`),
        alter: [
          sql`alter table account drop constraint account_municipality_id_resident_id_key`,
          sql`alter table account add column successor_id text`,
          sql`alter table account add foreign key (municipality_id, successor_id) references account (municipality_id, account_id)`,
        ],
      }),
      sql`create index account_by_resident on account (municipality_id, resident_id)`,
      sql`create index account_with_successor on account (municipality_id, successor_id) where successor_id is not null`,
      sql`create index card_by_account on card (municipality_id, account_id)`,
      sql`create index lot_by_last_day on lot (municipality_id, last_day)`,
      sql`alter table scheme add column issuer_kind text check (issuer_kind in ('municipality', 'association'))`,
      sql`alter table scheme add column rules text`,
      sql`create table waiting_debit (
        municipality_id text not null,
        operation_id text not null primary key,
        account_id text not null,
        device_id text not null,
        seq ${integer} not null,
        entry_hash text not null,
        noticed_device_id text not null,
        noticed_seq ${integer} not null,
        movement text not null,
        card text not null,
        state text not null check (state in ('waiting', 'posted')),
        foreign key (municipality_id, account_id) references account (municipality_id, account_id),
        foreign key (municipality_id, device_id) references device (municipality_id, device_id)
      ) ${tableEnd}`,
      sql`create index waiting_debit_by_account on waiting_debit (municipality_id, account_id) where state = 'waiting'`,
    ]);
  },
  async down(transaction, dialect) {
    await refuseWhatWouldBeLost(transaction);
    const { engine } = dialect;
    await run(transaction, [
      sql`drop table waiting_debit`,
      sql`alter table scheme drop column rules`,
      sql`alter table scheme drop column issuer_kind`,
      sql`drop index lot_by_last_day`,
      sql`drop index card_by_account`,
      ...dialect.changeConstraints({
        table: 'account',
        columns: ACCOUNT_COLUMNS,
        create: (name) => accountTable(dialect, name, sql`unique (municipality_id, resident_id),`),
        alter: [
          sql`drop index account_by_resident`,
          sql`alter table account drop column successor_id`,
          sql`alter table account add unique (municipality_id, resident_id)`,
        ],
      }),
      ...dialect.changeConstraints({
        table: 'movement',
        columns: MOVEMENT_COLUMNS,
        create: (name) => movementTable(dialect, name, sql`('load')`, sql``),
        alter: [
          sql`drop index movement_is_undone_once`,
          sql`drop index movement_by_stock_lease`,
          sql`drop index movement_by_entitlement`,
          ...['from_account_id', 'staff', 'stock_lease', 'sets', 'of_operation'].map((column) => sql`alter table movement drop column ${sql.ref(column)}`),
          sql`alter table movement drop constraint movement_kind_check`,
          sql`alter table movement add constraint movement_kind_check check (kind in ('load'))`,
        ],
      }),
      sql`create unique index movement_takes_an_entitlement_once on movement (municipality_id, entitlement_id) where entitlement_id is not null`,
      ...(engine === 'sqlite' ? dialect.appendOnly('movement') : []),
    ]);
  },
};

/** The older schema has no place for what the newer one has written. @throws BackendUnusable */
async function refuseWhatWouldBeLost(transaction: Transaction<Tables>): Promise<void> {
  const count = async (from: RawBuilder<{ count: number }>) => Number((await from.execute(transaction)).rows[0]?.count ?? 0);
  const newer = await count(sql<{ count: number }>`select count(*) as count from movement where kind <> 'load' or of_operation is not null`);
  const followed = await count(sql<{ count: number }>`select count(*) as count from account where successor_id is not null`);
  const twice = await count(sql<{ count: number }>`select count(*) as count from (select 1 from account where resident_id is not null group by municipality_id, resident_id having count(*) > 1) as several`);
  if (newer + followed + twice === 0) return;
  throw new BackendUnusable(
    'configuration',
    `The ledger has ${newer} movements and ${followed + twice} accounts that schema 5 cannot hold. Restore the backup from before the upgrade instead; nothing was changed.`,
  );
}
