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

export interface InsertOptions {
  /** `skip`: rows whose key is there already stay as they are. */
  readonly repeated: 'refuse' | 'skip';
}

const statements = new Map<string, string>();

function statementOf(dialect: Dialect, table: keyof Tables, columns: readonly IncomingColumn[], { repeated }: InsertOptions): string {
  const key = `${dialect.engine} ${table} ${repeated} ${columns.map(({ name, type }) => `${name} ${type}`).join(' ')}`;
  const known = statements.get(key);
  if (known !== undefined) return known;
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  // Without a condition SQLite would take "on conflict" for a part of the join.
  const end = repeated === 'skip' ? ' where true on conflict do nothing' : '';
  const text = `insert into "${table}" (${names}) select ${names} from ${dialect.rowsOf(columns)}${end}`;
  statements.set(key, text);
  return text;
}

/**
 * @param rows all with the same columns
 * @throws the database's error when any row breaks a constraint; the transaction is then lost as a whole
 */
export async function insertAll<Table extends keyof Tables>(
  work: Work,
  table: Table,
  rows: ReadonlyArray<Insertable<Tables[Table]>>,
  options: InsertOptions = { repeated: 'refuse' },
): Promise<void> {
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    await written(work, send(work, table, rows.slice(start, start + ROWS_PER_STATEMENT), options, ''));
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

async function send<Table extends keyof Tables>(
  { transaction, dialect }: Work,
  table: Table,
  rows: ReadonlyArray<Insertable<Tables[Table]>>,
  options: InsertOptions,
  returning: string,
): Promise<QueryResult<Readonly<Record<string, unknown>>>> {
  const [first] = rows;
  if (!first) return { rows: [] };
  // What none of the rows has is not read.
  const columns = Object.keys(first).flatMap((name): IncomingColumn[] => {
    const value = rows.map((row) => (row as Readonly<Record<string, unknown>>)[name]).find((one) => one !== null);
    return value === undefined ? [] : [{ name, type: typeof value === 'number' ? 'integer' : 'text' }];
  });
  if (rows.some((row) => Object.keys(row).length !== Object.keys(first).length)) throw new Error(`The rows for ${table} do not all have the same columns`);
  const text = statementOf(dialect, table, columns, options) + returning;
  return transaction.executeQuery<Readonly<Record<string, unknown>>>(CompiledQuery.raw(text, [JSON.stringify(rows)]));
}
