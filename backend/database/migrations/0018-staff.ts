import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** Who of the staff may sign in at a kiosk: with a card of this account, and a PIN. Nobody is ever taken out: what they agreed to names them. */
export const staff: Migration = {
  version: 18,
  name: 'staff',
  async up(transaction, { integer, tableEnd }) {
    await sql`create table staff_member (
      municipality_id text not null references municipality (municipality_id),
      staff_id text not null,
      account_id text not null,
      role text not null check (role = 'clerk' or role = 'manager'),
      salt text not null,
      hash text not null,
      state text not null check (state = 'active' or state = 'ended'),
      epoch ${integer} not null check (epoch >= 1),
      primary key (municipality_id, staff_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create unique index staff_member_of_account on staff_member (municipality_id, account_id) where state = 'active'`.execute(transaction);
  },
  async down(transaction) {
    await sql`delete from change where body like '{"type":"staff"%'`.execute(transaction);
    await transaction.schema.dropTable('staff_member').execute();
  },
};
