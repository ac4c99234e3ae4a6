import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/**
 * What residents asked for: who asked, and what for, is sealed to the office's key; in the open stands which procedure it is and what became of it.
 * And every kiosk is told the key: towns that are here already say it now.
 */
export const requests: Migration = {
  version: 16,
  name: 'requests',
  async up(transaction, { integer, tableEnd }) {
    await sql`create table request (
      municipality_id text not null references municipality (municipality_id),
      request_id text not null,
      device_id text not null,
      procedure_id text not null,
      version ${integer} not null,
      slip_number ${integer} not null,
      made_at text not null,
      sealed_hash text not null,
      sealed text,
      state text not null check (state = 'made' or state = 'printed' or state = 'received' or state = 'ready' or state = 'handed-over' or state = 'withdrawn'),
      primary key (municipality_id, request_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index request_by_slip on request (municipality_id, device_id, slip_number)`.execute(transaction);
    await sql`create index request_by_state on request (municipality_id, state, made_at)`.execute(transaction);
    await sql`create table request_step (
      municipality_id text not null,
      request_id text not null,
      step ${integer} not null check (step >= 1),
      state text not null,
      at_ms ${integer} not null,
      device_id text,
      staff_id text,
      primary key (municipality_id, request_id, step),
      foreign key (municipality_id, request_id) references request (municipality_id, request_id),
      check ((device_id is null) <> (staff_id is null))
    ) ${tableEnd}`.execute(transaction);
    await sql`insert into change (municipality_id, cursor, device_id, subject, body)
      select m.municipality_id, c.last_cursor + 1, null, null, '{"type":"office-key","publicKey":"' || m.office_public_key || '"}'
      from municipality m join change_counter c on c.municipality_id = m.municipality_id`.execute(transaction);
    await sql`update change_counter set last_cursor = last_cursor + 1`.execute(transaction);
  },
  async down(transaction) {
    await sql`delete from change where body like '{"type":"office-key"%'`.execute(transaction);
    for (const table of ['request_step', 'request']) await transaction.schema.dropTable(table).execute();
  },
};
