import { expect, it } from 'vitest';
import { sql } from 'kysely';
import { ENGINES } from '../test-support/engines.ts';
import { refusalOf, valueOf } from '../test-support/test-device.ts';
import { testTown } from '../test-support/test-town.ts';

it('takes over nothing when the disk is full, says so, and goes on when there is room again', async () => {
  const [sqlite] = ENGINES;
  if (!sqlite) throw new Error('SQLite is missing');
  const town = await testTown(sqlite, 5);
  const device = await town.device();
  for (let callNumber = 1; callNumber <= 150; callNumber += 1) device.append({ type: 'staff-called', callNumber, screen: 'start' });
  const { kysely } = town.database;
  const pages = await sql<{ page_count: number }>`pragma page_count`.execute(kysely);
  await sql`pragma max_page_count = ${sql.lit((pages.rows[0]?.page_count ?? 0) + 1)}`.execute(kysely);
  expect(refusalOf(await device.push()).what).toBe('unavailable');
  expect(town.logged.find(({ event }) => event === 'unexpected-error')).toMatchObject({ where: 'disk-full' });
  expect(await kysely.selectFrom('journal_entry').select('seq').execute()).toEqual([]);
  await sql`pragma max_page_count = 1000000`.execute(kysely);
  expect(valueOf(await device.push()).acknowledgedSeq).toBe(150);
  await town.close();
});
