import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/**
 * What staff decided about anomalies and cards, and why; which history of the feed this is, and whose words are still missing after a restore;
 * what a regional-currency platform was told.
 */
export const staffDecisions: Migration = {
  version: 9,
  name: 'staff-decisions',
  async up(transaction, dialect) {
    const { integer, tableEnd } = dialect;
    // Numbered, for people to name them; and about no device when it is about none.
    await sql`create table numbered_anomaly (
      municipality_id text not null,
      number ${integer} not null check (number >= 1),
      device_id text not null,
      seq ${integer} not null,
      what text not null,
      entry_hash text not null,
      detail text not null,
      evidence text,
      noticed_ms ${integer} not null,
      state text not null check (state in ('open', 'resolved')),
      primary key (municipality_id, number),
      unique (municipality_id, device_id, seq, what, entry_hash)
    ) ${tableEnd}`.execute(transaction);
    await sql`insert into numbered_anomaly select municipality_id,
        row_number() over (partition by municipality_id order by noticed_ms, device_id, seq, what, entry_hash),
        device_id, seq, what, entry_hash, detail, evidence, noticed_ms, state from anomaly`.execute(transaction);
    await sql`drop table anomaly`.execute(transaction);
    await sql`alter table numbered_anomaly rename to anomaly`.execute(transaction);
    await sql`create table anomaly_resolution (
      municipality_id text not null,
      number ${integer} not null,
      decision text not null check (decision in ('accepted', 'rejected', 'noted')),
      staff_id text not null,
      reason text not null,
      decided_ms ${integer} not null,
      primary key (municipality_id, number),
      foreign key (municipality_id, number) references anomaly (municipality_id, number)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table card_release (
      municipality_id text not null,
      card_ref text not null,
      number ${integer} not null check (number >= 1),
      staff_id text not null,
      reason text not null,
      decided_ms ${integer} not null,
      primary key (municipality_id, card_ref, number),
      foreign key (municipality_id, card_ref) references card (municipality_id, card_ref)
    ) ${tableEnd}`.execute(transaction);

    await sql`alter table change_counter add column generation text not null default '0000000000000000' check (length(generation) = 16)`.execute(transaction);
    await sql`create table awaited_device (
      municipality_id text not null,
      device_id text not null,
      since_ms ${integer} not null,
      primary key (municipality_id, device_id),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);

    await sql`create table platform_transfer (
      municipality_id text not null,
      operation_id text not null references movement (operation_id),
      number ${integer} not null check (number >= 1),
      position ${integer} not null check (position >= 1),
      account_id text not null,
      scheme_id text not null,
      direction text not null check (direction in ('credit', 'debit')),
      amount ${integer} not null check (amount > 0),
      state text not null check (state in ('waiting', 'reserved', 'settled', 'refused')),
      attempts ${integer} not null default 0 check (attempts >= 0),
      next_try_ms ${integer} not null,
      settled_ms ${integer},
      primary key (operation_id, number),
      unique (municipality_id, position),
      check ((state = 'settled') = (settled_ms is not null))
    ) ${tableEnd}`.execute(transaction);
    await sql`create index platform_transfer_due on platform_transfer (next_try_ms) where state in ('waiting', 'reserved')`.execute(transaction);
    await sql`create index platform_transfer_of_account on platform_transfer (municipality_id, account_id, scheme_id)`.execute(transaction);
    for (const table of ['anomaly_resolution', 'card_release']) {
      for (const statement of dialect.appendOnly(table)) await statement.execute(transaction);
    }
  },
  async down(transaction, { integer, tableEnd }) {
    for (const table of ['platform_transfer', 'awaited_device', 'card_release', 'anomaly_resolution']) await transaction.schema.dropTable(table).execute();
    await transaction.schema.alterTable('change_counter').dropColumn('generation').execute();
    await sql`create table plain_anomaly (
      municipality_id text not null,
      device_id text not null,
      seq ${integer} not null,
      what text not null,
      entry_hash text not null,
      detail text not null,
      evidence text,
      noticed_ms ${integer} not null,
      state text not null check (state in ('open', 'resolved')),
      primary key (municipality_id, device_id, seq, what, entry_hash),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`insert into plain_anomaly select municipality_id, device_id, seq, what, entry_hash, detail, evidence, noticed_ms, state
      from anomaly where device_id <> ''`.execute(transaction);
    await sql`drop table anomaly`.execute(transaction);
    await sql`alter table plain_anomaly rename to anomaly`.execute(transaction);
  },
};
