import { sql, type RawBuilder } from 'kysely';
import type { Migration } from './migration.ts';

interface Reference {
  /** Where one of these is null, nothing is referred to. */
  readonly columns: readonly string[];
  readonly parent: string;
  /** The parent's columns of the same place. */
  readonly keys: readonly string[];
}

const within = (column: string, parent: string, key = column): Reference => ({ columns: ['municipality_id', column], parent, keys: ['municipality_id', key] });
const toMovement = (column: string): Reference => ({ columns: [column], parent: 'movement', keys: ['operation_id'] });

/** What every posting writes, and what its rows refer to. */
const REFERENCES: Readonly<Record<string, readonly Reference[]>> = {
  movement: [within('account_id', 'account'), within('from_account_id', 'account', 'account_id'), within('scheme_id', 'scheme'), within('device_id', 'device'), toMovement('of_operation')],
  lot: [toMovement('operation_id'), within('account_id', 'account'), within('scheme_id', 'scheme')],
  posting: [toMovement('operation_id')],
  journal_entry: [within('device_id', 'device')],
  journal_seal: [{ columns: ['municipality_id', 'device_id', 'seq'], parent: 'journal_entry', keys: ['municipality_id', 'device_id', 'seq'] }],
  request_nonce: [within('device_id', 'device')],
  entitlement: [toMovement('operation_id')],
};
/** Nothing of these is ever removed or called anything else; movements refuse that already. */
const PARENTS = { account: 'account_id', scheme: 'scheme_id', device: 'device_id' } as const;

const listed = (columns: readonly string[]) => sql.join(columns.map((column) => sql.ref(column)));
const ruleOf = (table: string) => sql.ref(`${table}_refers`);
/** Only a grant gets later what it refers to; everything else never changes. */
const verbsOf = (table: string) => (table === 'entitlement' ? ['insert', 'update'] : ['insert']);
const triggerOf = (table: string, verb: string) => sql.ref(`${table}_${verb}_refers`);
const constraintOf = (table: string, { columns }: Reference) => sql.ref(`${table}_${columns.join('_')}_fkey`);

/** @returns an `if` that raises when a row of `written` refers to nothing */
function looksFor(table: string, { columns, parent, keys }: Reference): RawBuilder<unknown> {
  const column = (name: string | undefined) => sql.ref(`written.${name ?? ''}`);
  const isThere = sql.join(keys.map((key, index) => sql`${sql.ref(`parent.${key}`)} = ${column(columns[index])}`), sql` and `);
  const refers = sql.join(columns.map((name) => sql`${column(name)} is not null`), sql` and `);
  // Many rows refer to the same few parents.
  return sql`if exists (select from (select distinct ${listed(columns)} from written) as written where ${refers} and not exists (select from ${sql.table(parent)} as parent where ${isThere})) then
    raise exception 'a row of % violates a foreign key: it refers to a row of % that is not there', ${sql.lit(table)}, ${sql.lit(parent)} using errcode = 'foreign_key_violation';
  end if;`;
}

/** Each grant changes once, and is then found where it was. */
const ROOM_TO_CHANGE = 50;

/** Found by the parent's index, also in a session that planned this while the parent was small. */
const BY_INDEX = sql`set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off`;

function lookAtOnce(table: string, references: readonly Reference[]): RawBuilder<unknown>[] {
  return [
    ...references.map((reference) => sql`alter table ${sql.table(table)} drop constraint ${constraintOf(table, reference)}`),
    sql`create function ${ruleOf(table)}() returns trigger language plpgsql ${BY_INDEX} as
      $$ begin ${sql.join(references.map((reference) => looksFor(table, reference)), sql` `)} return null; end $$`,
    ...verbsOf(table).map(
      (verb) => sql`create trigger ${triggerOf(table, verb)} after ${sql.raw(verb)} on ${sql.table(table)} referencing new table as written for each statement execute function ${ruleOf(table)}()`,
    ),
  ];
}

function lookAtEach(table: string, references: readonly Reference[]): RawBuilder<unknown>[] {
  return [
    ...verbsOf(table).map((verb) => sql`drop trigger ${triggerOf(table, verb)} on ${sql.table(table)}`),
    sql`drop function ${ruleOf(table)}()`,
    ...references.map((reference) => sql`alter table ${sql.table(table)} add constraint ${constraintOf(table, reference)}
      foreign key (${listed(reference.columns)}) references ${sql.table(reference.parent)} (${listed(reference.keys)})`),
  ];
}

/**
 * PostgreSQL looks up each reference of each row by itself; on the busiest tables that was a third of all its work. Here it looks up those of a
 * whole statement at once, by a trigger that refuses the same as before. SQLite's own way costs next to nothing.
 */
export const referencesAtOnce: Migration = {
  version: 14,
  name: 'references-at-once',
  async up(transaction, { engine }) {
    if (engine !== 'postgres') return;
    const statements = [
      sql`alter table entitlement set (fillfactor = ${sql.lit(ROOM_TO_CHANGE)})`,
      ...Object.entries(REFERENCES).flatMap(([table, references]) => lookAtOnce(table, references)),
      sql`create function refuse_removal() returns trigger language plpgsql as
        $$ begin raise exception 'a row of % violates a foreign key: it may be referred to, and never goes', tg_table_name using errcode = 'foreign_key_violation'; end $$`,
      ...Object.entries(PARENTS).flatMap(([table, key]) => [
        sql`create trigger ${sql.ref(`${table}_never_goes`)} before delete on ${sql.table(table)} for each row execute function refuse_removal()`,
        sql`create trigger ${sql.ref(`${table}_keeps_its_name`)} before update on ${sql.table(table)} for each row
          when (old.municipality_id <> new.municipality_id or old.${sql.ref(key)} <> new.${sql.ref(key)}) execute function refuse_removal()`,
      ]),
    ];
    for (const statement of statements) await statement.execute(transaction);
  },
  async down(transaction, { engine }) {
    if (engine !== 'postgres') return;
    const statements = [
      ...Object.keys(PARENTS).flatMap((table) => ['never_goes', 'keeps_its_name'].map((rule) => sql`drop trigger ${sql.ref(`${table}_${rule}`)} on ${sql.table(table)}`)),
      sql`drop function refuse_removal()`,
      ...Object.entries(REFERENCES).flatMap(([table, references]) => lookAtEach(table, references)),
      sql`alter table entitlement reset (fillfactor)`,
    ];
    for (const statement of statements) await statement.execute(transaction);
  },
};
