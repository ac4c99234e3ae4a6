import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** What came from the kiosks (journal), what goes to them (changes), and what staff must look at (anomalies). */
export const journalAndFeed: Migration = {
  version: 4,
  name: 'journal-and-feed',
  async up(transaction, dialect) {
    const { integer, tableEnd } = dialect;
    await sql`create table journal_entry (
      municipality_id text not null,
      device_id text not null,
      seq ${integer} not null check (seq >= 1),
      entry_id text not null,
      prev_hash text not null check (length(prev_hash) = 64),
      hash text not null check (length(hash) = 64),
      body text not null,
      received_ms ${integer} not null,
      primary key (municipality_id, device_id, seq),
      unique (municipality_id, entry_id),
      foreign key (municipality_id, device_id) references device (municipality_id, device_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table change (
      municipality_id text not null references municipality (municipality_id),
      cursor ${integer} not null check (cursor >= 1),
      device_id text,
      subject text,
      body text not null,
      primary key (municipality_id, cursor)
    ) ${tableEnd}`.execute(transaction);
    await sql`create index change_by_subject on change (municipality_id, device_id, subject) where subject is not null`.execute(transaction);
    await sql`create table notice (
      municipality_id text not null references municipality (municipality_id),
      notice_id text not null,
      title text not null,
      text text not null,
      first_day text not null,
      last_day text not null,
      primary key (municipality_id, notice_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`create table anomaly (
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
    for (const statement of dialect.appendOnly('journal_entry')) await statement.execute(transaction);
  },
  async down(transaction) {
    for (const table of ['anomaly', 'notice', 'change', 'journal_entry']) await transaction.schema.dropTable(table).execute();
  },
};
