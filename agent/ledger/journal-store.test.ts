import SqliteDatabase from 'better-sqlite3';
import { expect, it } from 'vitest';
import { checkChain } from '../../contract/journal-hash.ts';
import { idsOf, TOWN_DEVICE } from '../test-support/ledger-town.ts';
import { createJournalStore } from './journal-store.ts';
import { migrateLedger } from './migrations.ts';

it('continues the chain after the last entry that stayed, not after one that was rolled back', () => {
  const database = new SqliteDatabase(':memory:');
  migrateLedger(database);
  const journal = createJournalStore(database, TOWN_DEVICE);
  const ids = idsOf(4);
  const append = (callNumber: number) => journal.append({ ...ids.entry(), fact: { type: 'staff-called', callNumber, screen: 'start' } });
  append(1);
  database.exec('BEGIN');
  append(2);
  database.exec('ROLLBACK');
  journal.forgetHead();
  append(3);
  expect(checkChain(TOWN_DEVICE, journal.after(0, 10))).toMatchObject({ ok: true, seq: 2 });
  database.close();
});
