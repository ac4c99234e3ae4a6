import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Residents under numbers the town made up, their accounts and the cards that point to them. */
export const peopleAndCards: Migration = {
  version: 2,
  name: 'people-and-cards',
  async up(transaction, { tableEnd }) {
    await sql`create table household (
      municipality_id text not null,
      household_id text not null,
      home_site_id text not null,
      primary key (municipality_id, household_id),
      foreign key (municipality_id, home_site_id) references site (municipality_id, site_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table resident (
      municipality_id text not null,
      resident_id text not null,
      household_id text not null,
      sealed text not null,
      primary key (municipality_id, resident_id),
      foreign key (municipality_id, household_id) references household (municipality_id, household_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table account (
      municipality_id text not null,
      account_id text not null,
      resident_id text,
      home_site_id text not null,
      state text not null check (state in ('open', 'closed')),
      primary key (municipality_id, account_id),
      unique (municipality_id, resident_id),
      foreign key (municipality_id, resident_id) references resident (municipality_id, resident_id),
      foreign key (municipality_id, home_site_id) references site (municipality_id, site_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table card (
      municipality_id text not null,
      card_ref text not null check (length(card_ref) = 32),
      account_id text not null,
      state text not null check (state in ('active', 'stopped')),
      primary key (municipality_id, card_ref),
      foreign key (municipality_id, account_id) references account (municipality_id, account_id)
    ) ${tableEnd}`.execute(transaction);
  },
  async down(transaction) {
    for (const table of ['card', 'account', 'resident', 'household']) await transaction.schema.dropTable(table).execute();
  },
};
