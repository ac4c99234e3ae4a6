import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Which accounts are linked with a My Number card, and were; and the challenges by which cards prove themselves. */
export const residentLinks: Migration = {
  version: 19,
  name: 'resident-links',
  async up(transaction, { integer, tableEnd }) {
    await sql`create table link_challenge (
      municipality_id text not null,
      challenge text not null,
      device_id text not null,
      account_id text not null,
      until_ms ${integer} not null,
      link_id text,
      answer text,
      primary key (municipality_id, challenge),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id),
      check ((link_id is null) = (answer is null))
    ) ${tableEnd}`.execute(transaction);
    await sql`create index link_challenge_of_device on link_challenge (municipality_id, device_id)`.execute(transaction);
    await sql`create table resident_link (
      municipality_id text not null,
      link_id text not null,
      account_id text not null,
      key_version ${integer} not null,
      card_key text not null,
      consent ${integer} not null check (consent >= 1),
      device_id text not null,
      since_ms ${integer} not null,
      ended_ms ${integer},
      how_ended text check (how_ended = 'staff' or how_ended = 'replaced'),
      staff_id text,
      reason text,
      primary key (municipality_id, link_id),
      foreign key (municipality_id, account_id) references account (municipality_id, account_id),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id),
      check ((ended_ms is null) = (how_ended is null)),
      check ((staff_id is not null) = (how_ended is not null and how_ended = 'staff'))
    ) ${tableEnd}`.execute(transaction);
    await sql`create unique index resident_link_of_account on resident_link (municipality_id, account_id) where ended_ms is null`.execute(transaction);
    await sql`create unique index resident_link_of_card on resident_link (municipality_id, card_key) where ended_ms is null`.execute(transaction);
  },
  async down(transaction) {
    for (const table of ['resident_link', 'link_challenge']) await transaction.schema.dropTable(table).execute();
  },
};
