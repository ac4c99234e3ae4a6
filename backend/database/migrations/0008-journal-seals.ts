import { sql } from 'kysely';
import type { Migration } from './migration.ts';

/** The signatures with which devices seal their journals: one for each head that was acknowledged, for ever. */
export const journalSeals: Migration = {
  version: 8,
  name: 'journal-seals',
  async up(transaction, dialect) {
    const { integer, tableEnd } = dialect;
    await sql`create table journal_seal (
      municipality_id text not null,
      device_id text not null,
      seq ${integer} not null,
      hash text not null check (length(hash) = 64),
      signature text not null check (length(signature) = 86),
      received_ms ${integer} not null,
      primary key (municipality_id, device_id, seq),
      foreign key (municipality_id, device_id, seq) references journal_entry (municipality_id, device_id, seq)
    ) ${tableEnd}`.execute(transaction);
    for (const statement of dialect.appendOnly('journal_seal')) await statement.execute(transaction);
  },
  async down(transaction) {
    await transaction.schema.dropTable('journal_seal').execute();
  },
};
