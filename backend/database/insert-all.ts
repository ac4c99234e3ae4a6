/**
 * Inserts many rows with few statements. The rows travel as one parameter, so the statement is the same whatever their number: its text
 * is made once, the database prepares it once, and nothing is built per value.
 */
import { CompiledQuery, type Insertable } from 'kysely';
import type { Work } from './backend-database.ts';
import type { Dialect } from './dialect.ts';
import type { Tables } from './tables.ts';

/** Keeps the text of a statement's rows at about a megabyte even for journal entries. */
const ROWS_PER_STATEMENT = 1_000;

const statements = new Map<string, string>();

function statementOf(dialect: Dialect, table: keyof Tables, columns: readonly string[]): string {
  const key = `${dialect.engine} ${table} ${columns.join(' ')}`;
  const known = statements.get(key);
  if (known !== undefined) return known;
  const names = columns.map((column) => `"${column}"`).join(', ');
  const text = `insert into "${table}" (${names}) select ${names} from ${dialect.rowsOf(table, columns)}`;
  statements.set(key, text);
  return text;
}

/**
 * @param rows all with the same columns
 * @throws the database's error when any row breaks a constraint; the transaction is then lost as a whole
 */
export async function insertAll<Table extends keyof Tables>({ transaction, dialect }: Work, table: Table, rows: ReadonlyArray<Insertable<Tables[Table]>>): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const columns = Object.keys(first);
  if (rows.some((row) => Object.keys(row).length !== columns.length)) throw new Error(`The rows for ${table} do not all have the same columns`);
  const text = statementOf(dialect, table, columns);
  for (let start = 0; start < rows.length; start += ROWS_PER_STATEMENT) {
    await transaction.executeQuery(CompiledQuery.raw(text, [JSON.stringify(rows.slice(start, start + ROWS_PER_STATEMENT))]));
  }
}
