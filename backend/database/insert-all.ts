/**
 * Inserts many rows with few statements. The rows travel as one parameter, so the statement is the same whatever their number: its text
 * is made once, the database prepares it once, and nothing is built per value.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { CompiledQuery, type Insertable, type QueryResult } from 'kysely';
import type { Work } from './backend-database.ts';
import type { Dialect, IncomingColumn } from './dialect.ts';
import { written } from './overlapping.ts';
import type { Tables } from './tables.ts';

/** So many that a statement hardly costs more than its rows; so few that the database has work with them while the next ones are written. */
const ROWS_PER_STATEMENT = 250;

export interface InsertOptions<Same> {
  /** `skip`: rows whose key is there already stay as they are. */
  readonly repeated?: 'refuse' | 'skip';
  /** Columns that are the same in all rows: they travel once. */
  readonly same?: Same;
}

type Value = string | number | null;
type Values = Readonly<Record<string, Value>>;

const statements = new Map<string, string>();

interface Shape {
  readonly table: keyof Tables;
  readonly same: readonly IncomingColumn[];
  readonly columns: readonly IncomingColumn[];
  readonly repeated: 'refuse' | 'skip';
}

function statementOf(dialect: Dialect, { table, same, columns, repeated }: Shape): string {
  const key = `${dialect.engine} ${table} ${repeated} ${[...same, undefined, ...columns].map((column) => (column ? `${column.name} ${column.type}` : '+')).join(' ')}`;
  const known = statements.get(key);
  if (known !== undefined) return known;
  const quoted = (column: IncomingColumn) => `"${column.name}"`;
  const values = [...same.map(({ type }, index) => dialect.parameter(index + 1, type)), ...columns.map(quoted)];
  // Without a condition SQLite would take "on conflict" for a part of the join.
  const end = repeated === 'skip' ? ' where true on conflict do nothing' : '';
  const text = `insert into "${table}" (${[...same, ...columns].map(quoted).join(', ')}) select ${values.join(', ')} from ${dialect.rowsOf(columns, same.length + 1)}${end}`;
  statements.set(key, text);
  return text;
}

/**
 * @param rows all with the same columns, without those that are given once
 * @throws the database's error when any row breaks a constraint; the transaction is then lost as a whole
 */
export async function insertAll<Table extends keyof Tables, Same extends keyof Insertable<Tables[Table]> = never>(
  work: Work,
  table: Table,
  rows: ReadonlyArray<Omit<Insertable<Tables[Table]>, Same>>,
  options: InsertOptions<Pick<Insertable<Tables[Table]>, Same>> = {},
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    await written(work, send(work, table, rows.slice(start, start + ROWS_PER_STATEMENT) as readonly Values[], options as InsertOptions<Values>, ''));
    if (work.overlaps && rows.length - start >= ROWS_PER_STATEMENT) await turn();
  }
}

/** As `insertAll`, leaving out rows whose key is there already. @returns the column of those that are new */
export async function insertNew<Table extends keyof Tables, Column extends keyof Tables[Table] & string>(
  work: Work,
  table: Table,
  rows: ReadonlyArray<Insertable<Tables[Table]>>,
  column: Column,
): Promise<Set<unknown>> {
  const answer = await send(work, table, rows, { repeated: 'skip' }, ` returning "${column}"`);
  return new Set(answer.rows.map((row) => row[column]));
}

async function send(
  { transaction, dialect }: Work,
  table: keyof Tables,
  rows: readonly Values[],
  { repeated = 'refuse', same = {} }: InsertOptions<Values>,
  returning: string,
): Promise<QueryResult<Readonly<Record<string, unknown>>>> {
  const [first] = rows;
  if (!first) return { rows: [] };
  const names = Object.keys(first);
  if (rows.some((row) => Object.keys(row).length !== names.length)) throw new Error(`The rows for ${table} do not all have the same columns`);
  // What none of the rows has is not sent.
  const columns = names.flatMap((name) => typed(name, rows.map((row) => row[name] ?? null).find((value) => value !== null)));
  const some = columns.length === names.length ? rows : rows.map((row) => Object.fromEntries(columns.map(({ name }) => [name, row[name]])));
  const once = Object.entries(same).flatMap(([name, value]) => typed(name, value));
  const text = statementOf(dialect, { table, same: once, columns, repeated }) + returning;
  return transaction.executeQuery<Readonly<Record<string, unknown>>>(CompiledQuery.raw(text, [...once.map(({ name }) => same[name]), JSON.stringify(some)]));
}

const typed = (name: string, value: Value | undefined): IncomingColumn[] => (value === undefined || value === null ? [] : [{ name, type: typeof value === 'number' ? 'integer' : 'text' }]);
