import { sql } from 'kysely';
import type { Migration } from './migration.ts';

const HOW_ENDED = "('taken', 'withdrawn', 'returned', 'written-off')";

/** Purchase rights, stock, holds, keys in advance; devices that are not trusted any more. */
export const leases: Migration = {
  version: 7,
  name: 'leases',
  async up(transaction, dialect) {
    const { integer, tableEnd } = dialect;
    const howEnded = sql.raw(`how_ended text check (how_ended in ${HOW_ENDED})`);
    const held = sql.raw("state text not null check (state in ('held', 'ended'))");
    const recalled = sql`recalled ${integer} not null default 0 check (recalled in (0, 1))`;
    await sql`alter table lease add column ${howEnded}`.execute(transaction);
    await sql`alter table lease add column ${recalled}`.execute(transaction);
    await sql`create table sale_eligible (
      municipality_id text not null,
      scheme_id text not null,
      account_id text not null,
      primary key (municipality_id, scheme_id, account_id),
      foreign key (municipality_id, scheme_id) references scheme (municipality_id, scheme_id),
      foreign key (municipality_id, account_id) references account (municipality_id, account_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table lottery_result (
      municipality_id text not null,
      scheme_id text not null,
      account_id text not null,
      sets ${integer} not null check (sets >= 0),
      primary key (municipality_id, scheme_id, account_id),
      foreign key (municipality_id, scheme_id) references scheme (municipality_id, scheme_id),
      foreign key (municipality_id, account_id) references account (municipality_id, account_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table purchase_elsewhere (
      municipality_id text not null,
      scheme_id text not null,
      reference text not null,
      account_id text not null,
      medium text not null,
      sets ${integer} not null check (sets > 0),
      noted_ms ${integer} not null,
      primary key (municipality_id, scheme_id, reference),
      foreign key (municipality_id, scheme_id) references scheme (municipality_id, scheme_id),
      foreign key (municipality_id, account_id) references account (municipality_id, account_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index purchase_elsewhere_by_account on purchase_elsewhere (municipality_id, scheme_id, account_id)`.execute(transaction);
    await sql`create table purchase_right (
      municipality_id text not null,
      right_id text not null,
      scheme_id text not null,
      device_id text not null,
      until_ms ${integer} not null,
      ${held},
      ${howEnded},
      ${recalled},
      last_day text not null,
      body text not null,
      primary key (municipality_id, right_id),
      foreign key (municipality_id, scheme_id) references scheme (municipality_id, scheme_id),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index purchase_right_by_device on purchase_right (municipality_id, device_id) where state = 'held'`.execute(transaction);
    await sql`create table right_holder (
      municipality_id text not null,
      scheme_id text not null,
      account_id text not null,
      right_id text not null,
      primary key (municipality_id, scheme_id, account_id),
      foreign key (municipality_id, right_id) references purchase_right (municipality_id, right_id),
      foreign key (municipality_id, account_id) references account (municipality_id, account_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index right_holder_by_right on right_holder (municipality_id, right_id)`.execute(transaction);
    await sql`create table standing (
      municipality_id text not null,
      device_id text not null,
      scheme_id text not null,
      account_id text not null,
      phase_first_day text not null,
      why text not null,
      stale ${integer} not null check (stale in (0, 1)),
      primary key (municipality_id, device_id, scheme_id, account_id),
      foreign key (municipality_id, account_id) references account (municipality_id, account_id),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index standing_by_account on standing (municipality_id, scheme_id, account_id)`.execute(transaction);
    await sql`create table stock_lease (
      municipality_id text not null,
      stock_lease_id text not null,
      scheme_id text not null,
      device_id text not null,
      sets ${integer} not null check (sets > 0),
      until_ms ${integer} not null,
      ${held},
      ${howEnded},
      primary key (municipality_id, stock_lease_id),
      foreign key (municipality_id, scheme_id) references scheme (municipality_id, scheme_id),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index stock_lease_by_scheme on stock_lease (municipality_id, scheme_id) where state = 'held'`.execute(transaction);
    await sql`create table account_hold (
      municipality_id text not null,
      account_id text not null,
      device_id text not null,
      until_ms ${integer} not null,
      ${held},
      ${howEnded},
      ${recalled},
      primary key (municipality_id, account_id, device_id),
      foreign key (municipality_id, account_id) references account (municipality_id, account_id),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create unique index account_hold_has_one_holder on account_hold (municipality_id, account_id) where state = 'held'`.execute(transaction);
    await sql`create index account_hold_by_device on account_hold (municipality_id, device_id) where state = 'held'`.execute(transaction);
    await sql`create table account_wanted (
      municipality_id text not null,
      account_id text not null,
      device_id text not null,
      wanted_ms ${integer} not null,
      primary key (municipality_id, account_id),
      foreign key (municipality_id, account_id) references account (municipality_id, account_id),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table card_keys_given (
      municipality_id text not null,
      device_id text not null,
      card_ref text not null,
      key_version ${integer} not null,
      until_ms ${integer} not null,
      in_advance ${integer} not null check (in_advance in (0, 1)),
      primary key (municipality_id, device_id, card_ref, key_version),
      foreign key (municipality_id, card_ref) references card (municipality_id, card_ref),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table lease_write_off (
      municipality_id text not null,
      device_id text not null,
      written_off_ms ${integer} not null,
      reason text not null,
      freed text not null,
      primary key (municipality_id, device_id, written_off_ms),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table quarantine_entry (
      municipality_id text not null,
      device_id text not null,
      seq ${integer} not null check (seq >= 1),
      prev_hash text not null check (length(prev_hash) = 64),
      hash text not null check (length(hash) = 64),
      body text not null,
      seal text,
      received_ms ${integer} not null,
      accepted_ms ${integer},
      reason text,
      check ((accepted_ms is null) = (reason is null)),
      primary key (municipality_id, device_id, seq),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    for (const statement of dialect.appendOnly('lease_write_off')) await statement.execute(transaction);
  },
  async down(transaction) {
    for (const table of [
      'quarantine_entry', 'lease_write_off', 'card_keys_given', 'account_wanted', 'account_hold', 'stock_lease', 'standing', 'right_holder',
      'purchase_right', 'purchase_elsewhere', 'lottery_result', 'sale_eligible',
    ]) {
      await transaction.schema.dropTable(table).execute();
    }
    for (const column of ['recalled', 'how_ended']) await transaction.schema.alterTable('lease').dropColumn(column).execute();
  },
};
