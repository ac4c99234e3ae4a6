import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Cards that prove themselves: their profile and keys, what they say they did, and movements whose outcome is not known yet. */
export const cards: Migration = {
  version: 5,
  name: 'cards',
  async up(transaction, dialect) {
    const { integer, tableEnd } = dialect;
    await sql`alter table device add column sealing_key text check (length(sealing_key) = 43)`.execute(transaction);
    await sql`alter table card add column profile text not null default 'plain-identifier'
      check (profile in ('plain-identifier', 'code', 'desfire', 'felica-lite-s'))`.execute(transaction);
    await sql`alter table card add column key_version ${integer}
      check ((profile in ('desfire', 'felica-lite-s')) = (key_version is not null) and (key_version is null or key_version between 0 and 255))`.execute(transaction);
    await sql`alter table card add column sealed_identifier text`.execute(transaction);
    await sql`create table card_operation (
      municipality_id text not null,
      card_ref text not null,
      counter ${integer} not null check (counter >= 0),
      operation_id text not null unique,
      device_id text not null,
      seq ${integer} not null,
      evidence text not null check (evidence in ('log', 'transaction-mac', 'write-counter')),
      proved ${integer} not null check (proved in (0, 1)),
      transaction_counter ${integer},
      primary key (municipality_id, card_ref, counter),
      foreign key (municipality_id, card_ref) references card (municipality_id, card_ref),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table card_sighting (
      municipality_id text not null,
      device_id text not null,
      seq ${integer} not null,
      card_ref text not null,
      counter ${integer} not null check (counter >= 0),
      answers text not null,
      primary key (municipality_id, device_id, seq),
      foreign key (municipality_id, card_ref) references card (municipality_id, card_ref),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index card_sighting_by_card on card_sighting (municipality_id, card_ref)`.execute(transaction);
    await sql`create table card_log_line (
      municipality_id text not null,
      card_ref text not null,
      counter ${integer} not null check (counter >= 0),
      operation_id text not null,
      device_id text not null,
      seq ${integer} not null,
      primary key (municipality_id, card_ref, counter, operation_id),
      foreign key (municipality_id, card_ref) references card (municipality_id, card_ref),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index card_log_line_by_operation on card_log_line (operation_id)`.execute(transaction);
    await sql`create table unknown_movement (
      municipality_id text not null,
      operation_id text not null primary key,
      device_id text not null,
      seq ${integer} not null,
      card_ref text not null,
      profile text not null,
      counter_before ${integer},
      entitlement_id text,
      movement text not null,
      noticed_ms ${integer} not null,
      state text not null check (state in ('open', 'happened', 'void')),
      decided_ms ${integer},
      check ((state = 'open') = (decided_ms is null)),
      unique (municipality_id, device_id, seq),
      foreign key (municipality_id, card_ref) references card (municipality_id, card_ref),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index unknown_movement_open_by_card on unknown_movement (municipality_id, card_ref) where state = 'open'`.execute(transaction);
    await sql`create index unknown_movement_open_by_entitlement on unknown_movement (municipality_id, entitlement_id) where state = 'open'`.execute(transaction);
    await sql`create table card_keys_asked (
      municipality_id text not null,
      device_id text not null,
      day text not null,
      card_ref text not null,
      primary key (municipality_id, device_id, day, card_ref),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    for (const table of ['card_operation', 'card_sighting', 'card_log_line']) {
      for (const statement of dialect.appendOnly(table)) await statement.execute(transaction);
    }
  },
  async down(transaction) {
    for (const table of ['card_keys_asked', 'unknown_movement', 'card_log_line', 'card_sighting', 'card_operation']) {
      await transaction.schema.dropTable(table).execute();
    }
    // In this order: the check of key_version names profile.
    for (const column of ['sealed_identifier', 'key_version', 'profile']) await transaction.schema.alterTable('card').dropColumn(column).execute();
    await transaction.schema.alterTable('device').dropColumn('sealing_key').execute();
  },
};
