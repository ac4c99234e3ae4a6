import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** The town, its sites, the kiosks and how they prove who they are. */
export const townAndDevices: Migration = {
  version: 1,
  name: 'town-and-devices',
  async up(transaction, { integer, tableEnd }) {
    await sql`create table municipality (
      municipality_id text not null primary key,
      name text not null,
      card_key text not null check (length(card_key) = 43),
      office_public_key text not null check (length(office_public_key) = 43)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table change_counter (
      municipality_id text not null primary key references municipality (municipality_id),
      last_cursor ${integer} not null check (last_cursor >= 0)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table site (
      municipality_id text not null references municipality (municipality_id),
      site_id text not null,
      name text not null,
      primary key (municipality_id, site_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table device (
      municipality_id text not null,
      device_id text not null,
      site_id text not null,
      label text not null,
      public_key text not null check (length(public_key) = 43),
      state text not null check (state in ('active', 'revoked')),
      enrolled_ms ${integer} not null,
      last_seen_ms ${integer},
      primary key (municipality_id, device_id),
      unique (device_id),
      unique (public_key),
      foreign key (municipality_id, site_id) references site (municipality_id, site_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table enrolment_code (
      municipality_id text not null,
      code_hash text not null primary key,
      site_id text not null,
      label text not null,
      expires_ms ${integer} not null,
      used_ms ${integer},
      device_id text,
      check ((used_ms is null) = (device_id is null)),
      foreign key (municipality_id, site_id) references site (municipality_id, site_id),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table request_nonce (
      municipality_id text not null,
      device_id text not null,
      jti text not null,
      keep_until_ms ${integer} not null,
      primary key (municipality_id, device_id, jti),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index request_nonce_by_end on request_nonce (municipality_id, device_id, keep_until_ms)`.execute(transaction);
  },
  async down(transaction) {
    for (const table of ['request_nonce', 'enrolment_code', 'device', 'site', 'change_counter', 'municipality']) {
      await transaction.schema.dropTable(table).execute();
    }
  },
};
