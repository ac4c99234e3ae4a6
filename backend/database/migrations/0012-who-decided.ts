import { sql } from 'kysely';
import type { Migration } from './migration.ts';

const TABLES = ['lease_write_off', 'quarantine_entry'];

/** Which of the staff wrote off what a lost kiosk held, or accepted what it had sent. Nobody knows it of what was decided before. */
export const whoDecided: Migration = {
  version: 12,
  name: 'who-decided',
  async up(transaction) {
    for (const table of TABLES) await sql`alter table ${sql.table(table)} add column staff_id text`.execute(transaction);
  },
  async down(transaction) {
    for (const table of TABLES) await sql`alter table ${sql.table(table)} drop column staff_id`.execute(transaction);
  },
};
