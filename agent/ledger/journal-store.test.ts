import SqliteDatabase from 'better-sqlite3';
import { expect, it } from 'vitest';
import { newSealer } from '../../contract/test-support/sealed-journal.ts';
import { checkChain } from '../../contract/journal-hash.ts';
import { cardOf, idsOf, loadOf, NO_EVIDENCE, TOWN_DEVICE } from '../test-support/ledger-town.ts';
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

it('writes a movement whose intent it has just seen as it writes any other', () => {
  const database = new SqliteDatabase(':memory:');
  migrateLedger(database);
  const journal = createJournalStore(database, TOWN_DEVICE);
  const ids = idsOf(4);
  const movement = loadOf(1, ids.operation());
  const card = { cardRef: cardOf(1), profile: 'desfire', evidence: { kind: 'log', counter: 5 } } as const;
  const stamp = ids.entry();
  journal.appendMoved(stamp, JSON.stringify(movement), card);
  journal.append({ ...ids.entry(), fact: { type: 'value-moved', movement, card: { ...card, evidence: NO_EVIDENCE } } });
  const checked = checkChain(TOWN_DEVICE, journal.after(0, 10));
  expect(checked).toMatchObject({ ok: true, bodies: [{ ...stamp, seq: 1, fact: { type: 'value-moved', movement, card } }, { seq: 2 }] });
  expect(() => journal.appendMoved(ids.entry(), JSON.stringify(movement), { ...card, evidence: { kind: 'log', counter: -1 } })).toThrow('counter');
  expect(journal.head().seq).toBe(2);
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
