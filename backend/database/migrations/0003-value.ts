import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Schemes, entitlements, leases, and the double-entry ledger. A balance is never stored: it is the sum of postings. */
export const value: Migration = {
  version: 3,
  name: 'value',
  async up(transaction, dialect) {
    const { integer, tableEnd } = dialect;
    await sql`create table scheme (
      municipality_id text not null references municipality (municipality_id),
      scheme_id text not null,
      kind text not null check (kind in ('voucher', 'points', 'tickets')),
      unit text not null check (unit in ('yen', 'point', 'ticket')),
      name text not null,
      issuer text not null,
      usable_at text not null,
      contact text not null,
      legal_basis text not null,
      first_day text not null,
      last_day text not null check (last_day >= first_day),
      primary key (municipality_id, scheme_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table movement (
      municipality_id text not null,
      operation_id text not null primary key,
      kind text not null check (kind in ('load')),
      account_id text not null,
      scheme_id text not null,
      entitlement_id text,
      occurred_at text not null,
      device_id text,
      seq ${integer},
      posted_ms ${integer} not null,
      check ((device_id is null) = (seq is null)),
      foreign key (municipality_id, account_id) references account (municipality_id, account_id),
      foreign key (municipality_id, scheme_id) references scheme (municipality_id, scheme_id),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create unique index movement_takes_an_entitlement_once on movement (municipality_id, entitlement_id) where entitlement_id is not null`.execute(transaction);
    await sql`create table entitlement (
      municipality_id text not null,
      entitlement_id text not null,
      account_id text not null,
      scheme_id text not null,
      amount ${integer} not null check (amount > 0),
      lot_kind text not null check (lot_kind in ('paid', 'premium', 'free')),
      first_day text not null,
      last_day text not null check (last_day >= first_day),
      state text not null check (state in ('open', 'taken', 'withdrawn')),
      operation_id text unique references movement (operation_id),
      check ((state = 'taken') = (operation_id is not null)),
      primary key (municipality_id, entitlement_id),
      foreign key (municipality_id, account_id) references account (municipality_id, account_id),
      foreign key (municipality_id, scheme_id) references scheme (municipality_id, scheme_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index entitlement_by_account on entitlement (municipality_id, account_id)`.execute(transaction);
    await sql`create table lease (
      municipality_id text not null,
      entitlement_id text not null,
      device_id text not null,
      until_ms ${integer} not null,
      state text not null check (state in ('held', 'ended')),
      primary key (municipality_id, entitlement_id, device_id),
      foreign key (municipality_id, entitlement_id) references entitlement (municipality_id, entitlement_id),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create unique index lease_has_one_holder on lease (municipality_id, entitlement_id) where state = 'held'`.execute(transaction);
    await sql`create index lease_by_device on lease (municipality_id, device_id, state)`.execute(transaction);
    await sql`create table lot (
      municipality_id text not null,
      lot_id text not null,
      operation_id text not null references movement (operation_id),
      account_id text not null,
      scheme_id text not null,
      kind text not null check (kind in ('paid', 'premium', 'free')),
      issued_on text not null,
      last_day text not null,
      primary key (municipality_id, lot_id),
      foreign key (municipality_id, account_id) references account (municipality_id, account_id),
      foreign key (municipality_id, scheme_id) references scheme (municipality_id, scheme_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index lot_by_account on lot (municipality_id, account_id, scheme_id)`.execute(transaction);
    await sql`create table posting (
      municipality_id text not null,
      operation_id text not null references movement (operation_id),
      number ${integer} not null,
      debit text not null,
      credit text not null check (credit <> debit),
      amount ${integer} not null check (amount > 0),
      primary key (operation_id, number)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index posting_by_debit on posting (municipality_id, debit)`.execute(transaction);
    await sql`create index posting_by_credit on posting (municipality_id, credit)`.execute(transaction);
    for (const table of ['movement', 'lot', 'posting']) {
      for (const statement of dialect.appendOnly(table)) await statement.execute(transaction);
    }
  },
  async down(transaction) {
    for (const table of ['posting', 'lot', 'lease', 'entitlement', 'movement', 'scheme']) await transaction.schema.dropTable(table).execute();
  },
};
