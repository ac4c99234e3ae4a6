import { sql } from 'kysely';
import { BackendUnusable } from '../../unusable.ts';
import type { Migration } from './migration.ts';

const SCHEME_COLUMNS = sql.join(
  ['municipality_id', 'scheme_id', 'kind', 'unit', 'name', 'issuer', 'usable_at', 'contact', 'legal_basis', 'first_day', 'last_day', 'issuer_kind', 'rules'].map((column) => sql.ref(column)),
);

/** Every version of a scheme, for ever; how far each device, and each movement that could not be posted at once, had heard of them; and what a set gave when it was sold. */
export const schemeVersions: Migration = {
  version: 10,
  name: 'scheme-versions',
  async up(transaction, dialect) {
    const { integer, tableEnd } = dialect;
    await sql`create table scheme_version (
      municipality_id text not null,
      scheme_id text not null,
      version ${integer} not null check (version >= 1),
      since_cursor ${integer} not null check (since_cursor >= 0),
      kind text not null,
      unit text not null,
      name text not null,
      issuer text not null,
      usable_at text not null,
      contact text not null,
      legal_basis text not null,
      first_day text not null,
      last_day text not null,
      issuer_kind text,
      rules text,
      primary key (municipality_id, scheme_id, version),
      foreign key (municipality_id, scheme_id) references scheme (municipality_id, scheme_id)
    ) ${tableEnd}`.execute(transaction);
    await sql`insert into scheme_version (version, since_cursor, ${SCHEME_COLUMNS}) select 1, 0, ${SCHEME_COLUMNS} from scheme`.execute(transaction);
    for (const statement of dialect.appendOnly('scheme_version')) await statement.execute(transaction);
    await sql`alter table device add column heard_cursor ${integer} not null default 0 check (heard_cursor >= 0)`.execute(transaction);
    await sql`alter table unknown_movement add column heard_cursor ${integer} not null default 0`.execute(transaction);
    await sql`alter table waiting_debit add column heard_cursor ${integer} not null default 0`.execute(transaction);
    await sql`alter table movement add column paid_per_set ${integer} check (paid_per_set >= 1)`.execute(transaction);
    await sql`alter table movement add column premium_per_set ${integer} check (premium_per_set >= 0)`.execute(transaction);
  },
  async down(transaction) {
    const sold = await transaction.selectFrom('movement').select('operation_id').where('paid_per_set', 'is not', null).limit(1).execute();
    if (sold.length > 0) {
      throw new BackendUnusable('configuration', 'The ledger has sales, and schema 9 cannot hold what was sold. Restore the backup from before the upgrade instead; nothing was changed.');
    }
    for (const column of ['premium_per_set', 'paid_per_set']) await sql`alter table movement drop column ${sql.ref(column)}`.execute(transaction);
    for (const table of ['waiting_debit', 'unknown_movement', 'device']) await sql`alter table ${sql.table(table)} drop column heard_cursor`.execute(transaction);
    await sql`drop table scheme_version`.execute(transaction);
  },
};
