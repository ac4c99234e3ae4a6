/**
 * Everything in which SQLite and PostgreSQL differ. One set of migrations and queries is written for both; what they cannot say
 * alike is said here and nowhere else. PostgreSQL 15 is the oldest that must work.
 */
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import type { Tables } from './tables.ts';

export type Engine = 'sqlite' | 'postgres';

export interface Dialect {
  readonly engine: Engine;
  /** A whole number of 64 bits; read as a number that is checked to be exact. */
  readonly integer: RawBuilder<unknown>;
  /** Ends every `create table`. */
  readonly tableEnd: RawBuilder<unknown>;
  /** Ends a `select` whose rows nobody else may change until the transaction ends; what refers to them may be written. SQLite lets one transaction write at a time anyway. */
  readonly forUpdate: RawBuilder<unknown>;
  /** What stands for the statement's parameter of this number, counted from one in the order of the text. */
  parameter(number: number, type: IncomingColumn['type']): string;
  /** What stands after `from` to get rows out of the parameter of this number, the JSON text of a list of objects. */
  rowsOf(columns: readonly IncomingColumn[], number: number): string;
  /** Whether a column (`table.column`) has one of the values, sent as one parameter: the statement is the same for any number of them, and is planned once. */
  oneOf(column: string, values: readonly string[] | readonly number[]): RawBuilder<boolean>;
  /** Statements that make the engine refuse every change and deletion of the table's rows. */
  appendOnly(table: string): RawBuilder<unknown>[];
  /** Statements that give a table other constraints and keep its rows; only within `whileMigrating`. Its indexes and triggers must be made again. */
  changeConstraints(change: ConstraintChange): RawBuilder<unknown>[];
  /** Runs one migration. SQLite can replace a table that others refer to only while it does not look at references; it looks at all of them at the end. */
  whileMigrating<Result>(database: Kysely<Tables>, migrate: (transaction: Transaction<Tables>) => Promise<Result>): Promise<Result>;
  /** Taken before migrating, so that two processes do not do it at once. Ends with the transaction. */
  migrationLock(): RawBuilder<unknown> | undefined;
  tableNames(database: Kysely<Tables> | Transaction<Tables>): Promise<string[]>;
}

/** A column of rows that come as JSON. */
export interface IncomingColumn {
  readonly name: string;
  readonly type: 'text' | 'integer';
}

/** On SQLite the table is made anew; PostgreSQL can alter it. */
export interface ConstraintChange {
  readonly table: string;
  /** Columns that the old and the new table have. */
  readonly columns: readonly string[];
  /** Creates the new table under the name that is given. */
  readonly create: (name: string) => RawBuilder<unknown>;
  /** Does the same to the table as it is; drops the indexes as well that go with the old one. */
  readonly alter: readonly RawBuilder<unknown>[];
}

const namesOf = (rows: ReadonlyArray<{ name: string }>) => rows.map((row) => row.name);

const sqlite: Dialect = {
  engine: 'sqlite',
  integer: sql`integer`,
  tableEnd: sql`strict`,
  forUpdate: sql``,
  parameter: () => '?',
  rowsOf: (columns) => `(select ${columns.map(({ name }) => `value ->> '$.${name}' as "${name}"`).join(', ')} from jsonb_each(?)) as incoming`,
  oneOf: (column, values) => sql`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`,
  appendOnly: (table) =>
    ['update', 'delete'].map(
      (verb) =>
        sql`create trigger ${sql.ref(`${table}_no_${verb}`)} before ${sql.raw(verb)} on ${sql.table(table)}
          begin select raise(abort, ${sql.lit(`${table} is append-only`)}); end`,
    ),
  changeConstraints: ({ table, columns, create }) => {
    const [old, list] = [sql.table(table), sql.join(columns.map((column) => sql.ref(column)))];
    const replacement = `${table}_anew`;
    return [
      create(replacement),
      sql`insert into ${sql.table(replacement)} (${list}) select ${list} from ${old}`,
      sql`drop table ${old}`,
      sql`alter table ${sql.table(replacement)} rename to ${old}`,
    ];
  },
  async whileMigrating(database, migrate) {
    await sql`pragma foreign_keys = off`.execute(database);
    try {
      return await database.transaction().execute(async (transaction) => {
        const result = await migrate(transaction);
        const { rows } = await sql<{ table: string }>`pragma foreign_key_check`.execute(transaction);
        if (rows.length > 0) throw new Error(`The migration left ${rows.length} rows that refer to nothing, the first in ${rows[0]?.table ?? ''}`);
        return result;
      });
    } finally {
      await sql`pragma foreign_keys = on`.execute(database);
    }
  },
  migrationLock: () => undefined,
  async tableNames(database) {
    const { rows } = await sql<{ name: string }>`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`.execute(database);
    return namesOf(rows);
  },
};

const POSTGRES_TYPES: Readonly<Record<IncomingColumn['type'], string>> = { text: 'text', integer: 'bigint' };

const postgres: Dialect = {
  engine: 'postgres',
  integer: sql`bigint`,
  tableEnd: sql``,
  forUpdate: sql`for no key update`,
  parameter: (number, type) => `$${number}::${POSTGRES_TYPES[type]}`,
  rowsOf: (columns, number) => `json_to_recordset($${number}::json) as incoming (${columns.map(({ name, type }) => `"${name}" ${POSTGRES_TYPES[type]}`).join(', ')})`,
  oneOf: (column, values) => sql`${sql.ref(column)} = any(${values}::${sql.raw(typeof values[0] === 'number' ? 'bigint' : 'text')}[])`,
  appendOnly: (table) => [
    sql`create or replace function refuse_change() returns trigger language plpgsql as
      $$ begin raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation'; end $$`,
    sql`create trigger ${sql.ref(`${table}_append_only`)} before update or delete or truncate on ${sql.table(table)}
      for each statement execute function refuse_change()`,
  ],
  changeConstraints: ({ alter }) => [...alter],
  whileMigrating: (database, migrate) => database.transaction().execute(migrate),
  // An arbitrary number that only this program uses: "KZSB" in ASCII.
  migrationLock: () => sql`select pg_advisory_xact_lock(1264210754)`,
  async tableNames(database) {
    const { rows } = await sql<{ name: string }>`select tablename as name from pg_tables where schemaname = current_schema()`.execute(database);
    return namesOf(rows);
  },
};

export const DIALECTS: Readonly<Record<Engine, Dialect>> = { sqlite, postgres };
