/** A kiosk's ledger grows for years. Nothing that is asked of it at the counter or with each page of the feed may read a whole table of it. */
import SqliteFile from 'better-sqlite3';
import { afterEach, expect, it, vi } from 'vitest';
import { openOrThrow, temporaryLedger } from '../test-support/ledger-town.ts';
import { migrateLedger } from './migrations.ts';

/** They grow with every movement, visit or slip, for ever. */
const GROWING = ['journal', 'journal_seal', 'movement', 'lot', 'posting', 'intent', 'print_job', 'paper_promise', 'card_counter'];
const SCAN = new RegExp(`^SCAN (${GROWING.join('|')})(?! USING (COVERING )?INDEX (intent_open|print_job_unsettled)$)`);
/** It is read backwards, by its key, and no further. */
const LAST_ONE = /ORDER BY (seq|slip_number) DESC LIMIT 1$/;

const place = temporaryLedger();
afterEach(() => {
  vi.restoreAllMocks();
  place.remove();
});

it('reads no growing table from beginning to end', () => {
  const prepare = vi.spyOn(SqliteFile.prototype, 'prepare');
  const ledger = openOrThrow(place.file);
  ledger.close();
  const statements = [...new Set(prepare.mock.calls.map(([sql]) => sql))].filter((sql) => /^\s*(SELECT|INSERT|UPDATE|DELETE)\b/i.test(sql));
  prepare.mockRestore();
  expect(statements.length).toBeGreaterThan(60);

  const database = new SqliteFile(':memory:');
  migrateLedger(database);
  const scans = statements.filter((sql) => !LAST_ONE.test(sql)).flatMap((sql) => {
    const names = [...sql.matchAll(/@(\w+)/g)].map(([, name = '']) => name);
    const parameters = names.length > 0 ? [Object.fromEntries(names.map((name) => [name, null]))] : Array.from(sql.matchAll(/\?/g), () => null);
    const steps = database.prepare<unknown[], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
    return steps.filter(({ detail }) => SCAN.test(detail)).map(({ detail }) => `${detail}: ${sql.replaceAll(/\s+/g, ' ').trim()}`);
  });
  database.close();
  expect(scans).toEqual([]);
});
