import SqliteDatabase from 'better-sqlite3';
import { expect, it } from 'vitest';
import { Movement } from '../../contract/value.ts';
import { idsOf, loadOf, NOW, pointingCard } from '../test-support/ledger-town.ts';
import { createIntentStore } from './intent-store.ts';
import { migrateLedger } from './migrations.ts';
import { POSTINGS_PER_MOVEMENT } from './posting-ids.ts';

it('takes no movement with more postings than the town takes, and than have ids in these books', () => {
  const database = new SqliteDatabase(':memory:');
  migrateLedger(database);
  const intents = createIntentStore(database);
  const ids = idsOf(1);
  const insert = (postings: number) => {
    const operationId = ids.operation();
    const load = loadOf(0, operationId);
    const movement = { ...load, postings: Array.from({ length: postings }, () => load.postings[0]!) };
    expect(Movement.safeParse(movement).success).toBe(postings <= POSTINGS_PER_MOVEMENT);
    return intents.insert({ operationId, ...pointingCard(0), movement, preparedAt: NOW });
  };
  expect(() => insert(POSTINGS_PER_MOVEMENT + 1)).toThrow('at most 64 postings; this load has 65');
  expect(intents.open()).toEqual([]);
  expect(insert(POSTINGS_PER_MOVEMENT)).toBe(true);
  database.close();
});
