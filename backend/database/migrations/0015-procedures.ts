import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/**
 * Procedures as the office wrote them, every version for ever: a request is read with the one it was made with. And what procedures need of the
 * town: its parts, and its fees.
 */
export const procedures: Migration = {
  version: 15,
  name: 'procedures',
  async up(transaction, { integer, tableEnd }) {
    await sql`create table procedure (
      municipality_id text not null references municipality (municipality_id),
      procedure_id text not null,
      version ${integer} not null check (version >= 1),
      offered ${integer} not null check (offered = 0 or offered = 1),
      body text not null,
      primary key (municipality_id, procedure_id, version)
    ) ${tableEnd}`.execute(transaction);
    await sql`create unique index procedure_offered_once on procedure (municipality_id, procedure_id) where offered = 1`.execute(transaction);
    await sql`create table town_list (
      municipality_id text not null references municipality (municipality_id),
      list text not null check (list = 'areas' or list = 'fees'),
      body text not null,
      primary key (municipality_id, list)
    ) ${tableEnd}`.execute(transaction);
  },
  async down(transaction) {
    for (const table of ['town_list', 'procedure']) await transaction.schema.dropTable(table).execute();
  },
};
