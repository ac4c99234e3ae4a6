import SqliteDatabase from 'better-sqlite3';
import { expect, it } from 'vitest';
import { newSealer } from '../../contract/test-support/sealed-journal.ts';
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

it('keeps one seal of an entry it has, and lets nobody change it', () => {
  const database = new SqliteDatabase(':memory:');
  migrateLedger(database);
  const journal = createJournalStore(database, TOWN_DEVICE);
  const ids = idsOf(4);
  for (const callNumber of [1, 2]) journal.append({ ...ids.entry(), fact: { type: 'staff-called', callNumber, screen: 'start' } });
  const { seal } = newSealer(TOWN_DEVICE);
  const [first, second] = journal.after(0, 2).map(seal);
  if (!first || !second) throw new Error('There are two entries');
  journal.keepSeal(second);
  expect([journal.sealOf(1), journal.sealOf(2)]).toEqual([undefined, second]);
  expect(() => journal.keepSeal(second)).toThrow('UNIQUE');
  expect(() => journal.keepSeal({ ...first, hash: second.hash })).toThrow('a seal must be of an entry of the journal');
  expect(() => journal.keepSeal({ ...first, seq: 3 })).toThrow('a seal must be of an entry of the journal');
  expect(() => database.exec('UPDATE journal_seal SET seq = 1')).toThrow('a seal is never changed');
  expect(() => database.exec('DELETE FROM journal_seal')).toThrow('a seal is never deleted');
  database.close();
});
