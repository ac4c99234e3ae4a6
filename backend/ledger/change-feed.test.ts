import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Change, PULL_CHANGES_MAX } from '../../contract/sync.ts';
import { insertAll } from '../database/insert-all.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { ENGINES } from '../test-support/engines.ts';
import { refusalOf, valueOf } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { announce, asOnlyWriter, readFeed } from './change-feed.ts';

const notice = (id: string): Change => ({ type: 'notice', id, title: 'お知らせ', text: 'きょうは休みです', firstDay: '2026-11-01' as never, lastDay: '2026-12-01' as never });
const noticeIds = (changes: readonly Change[]) => changes.flatMap((change) => (change.type === 'notice' ? [change.id] : []));

describe.each(ENGINES)('the feed on $name', (engine) => {
  let town: TestTown;
  beforeAll(async () => {
    town = await testTown(engine, 700);
  });
  afterAll(() => town.close());

  it('gives a new device the whole town in pages, each thing after what it builds on', async () => {
    const device = await town.device();
    const first = valueOf(await device.pull(0, {}, 300));
    expect(first.changes).toHaveLength(300);
    expect(first.more).toBe(true);
    // The same page again: nothing is used up by asking.
    expect(valueOf(await device.pull(0, {}, 300)).changes).toEqual(first.changes);
    expect(valueOf(await device.pull(0, {}, PULL_CHANGES_MAX * 5)).changes.length).toBeLessThanOrEqual(PULL_CHANGES_MAX);
    await device.pullAll();
    const accounts = new Set<string>();
    const schemes = new Set<string>();
    for (const change of device.changes) {
      if (change.type === 'account') accounts.add(change.accountId);
      if (change.type === 'scheme') schemes.add(change.scheme.id);
      if (change.type === 'card') expect(accounts).toContain(change.accountId);
      if (change.type === 'movement') expect([accounts.has(change.movement.accountId), schemes.has(change.movement.schemeId)]).toEqual([true, true]);
      if (change.type === 'lease') expect([accounts.has(change.entitlement.accountId), schemes.has(change.entitlement.schemeId)]).toEqual([true, true]);
    }
    // The residents, and somebody of the staff.
    expect(accounts.size).toBe(701);
    expect(await device.pullAll()).toEqual([]);
  });

  it('leases to a device that has much to hear only when it has heard it, and asks it to come again at once', async () => {
    const device = await town.device('rikibiru');
    const much = valueOf(await device.pull(0));
    expect(much.changes.length).toBeGreaterThan(1_000);
    expect([much.more, much.changes.some(({ type }) => type === 'lease')]).toEqual([true, false]);
    const rest = valueOf(await device.pull(much.cursor));
    expect(rest.changes.some(({ type }) => type === 'lease')).toBe(true);
  });

  it('refuses a cursor it never gave out', async () => {
    const device = await town.device();
    expect(refusalOf(await device.pull(99_999_999)).what).toBe('conflict');
  });

  it('misses no change while several writers write, because a cursor is seen only when all before it are', async () => {
    const device = await town.device('rikibiru');
    await device.pullAll();
    // SQLite is served by one process over one connection; PostgreSQL by several.
    const another = () => (engine.name === 'PostgreSQL' ? town.place.open() : Promise.resolve(town.database));
    const writers = [town.database, await another(), await another()];
    let writing = true;
    const written = Promise.all(
      writers.map(async (database, writer) => {
        for (let number = 0; number < 25; number += 1) {
          await asOnlyWriter(database, TOMAMAE.id, async (work) => {
            await announce(work, [{ change: notice(`n-${writer}-${number}-a`) }]);
            // Gives the others the chance to overtake between taking a cursor and committing it.
            if (engine.name === 'PostgreSQL') await work.transaction.selectFrom('change').select('cursor').orderBy('body').limit(1).execute();
            await announce(work, [{ change: notice(`n-${writer}-${number}-b`) }]);
          });
        }
      }),
    ).finally(() => (writing = false));
    const seen: string[] = [];
    let cursor = device.cursor;
    const read = async () => {
      const page = await readFeed(town.database.kysely, { municipalityId: TOMAMAE.id, deviceId: device.deviceId }, cursor, 7);
      if (page === 'ahead') throw new Error('The reader is ahead of the writers');
      cursor = page.cursor;
      seen.push(...noticeIds(page.changes.map((text) => Change.parse(JSON.parse(text)))));
      return page.changes.length;
    };
    while (writing) await read();
    await written;
    while ((await read()) > 0);
    for (const database of writers) if (database !== town.database) await database.close();
    const expected = writers.flatMap((_, writer) => Array.from({ length: 25 }, (__, number) => [`n-${writer}-${number}-a`, `n-${writer}-${number}-b`]).flat());
    expect(seen.length).toBe(expected.length);
    expect(new Set(seen)).toEqual(new Set(expected));
  });

  it('keeps nothing of a transaction that fails', async () => {
    const before = await town.database.kysely.selectFrom('change_counter').selectAll().execute();
    const failing = asOnlyWriter(town.database, TOMAMAE.id, async (work) => {
      await announce(work, [{ change: notice('n-lost') }]);
      throw new Error('the power went');
    });
    await expect(failing).rejects.toThrow('the power went');
    expect(await town.database.kysely.selectFrom('change_counter').selectAll().execute()).toEqual(before);
  });

  it('keeps nothing of a transaction one of whose statements fails although nobody waited for it, and says which', async () => {
    const read = async () => [await town.database.kysely.selectFrom('change_counter').selectAll().execute(), await town.database.kysely.selectFrom('site').selectAll().execute()];
    const before = await read();
    const known = await town.database.kysely.selectFrom('site').selectAll().executeTakeFirstOrThrow();
    let reached = false;
    const failing = asOnlyWriter(town.database, TOMAMAE.id, async (work) => {
      await insertAll(work, 'site', [{ ...known, site_id: 'new-site' }]);
      await insertAll(work, 'site', [known]);
      await announce(work, [{ change: notice('n-lost-too') }]);
      reached = true;
    });
    await expect(failing).rejects.toThrow(/unique/i);
    expect(reached).toBe(true);
    expect(await read()).toEqual(before);
    // The connection is as good as before.
    await asOnlyWriter(town.database, TOMAMAE.id, (work) => announce(work, [{ change: notice('n-kept') }]));
  });
});
