import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change } from '../../contract/sync.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { ENGINES } from '../test-support/engines.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { announce, type MunicipalityWork } from './change-feed.ts';
import { createPostingQueue } from './posting-queue.ts';

const notice = (id: string): Change => ({ type: 'notice', id, title: 'お知らせ', text: 'きょうは休みです', firstDay: '2026-11-01' as never, lastDay: '2026-12-01' as never });

describe.each(ENGINES)('the queue of those who post, on $name', (engine) => {
  let town: TestTown;
  beforeAll(async () => {
    town = await testTown(engine, 8);
  });
  afterAll(() => town.close());

  async function notices(): Promise<string[]> {
    const rows = await town.database.kysely.selectFrom('change').select('body').where('body', 'like', '%"type":"notice"%').orderBy('cursor').execute();
    return rows.flatMap(({ body }) => (JSON.parse(body) as { id: string }).id);
  }
  /** Who shared a transaction with whom. */
  function recorder() {
    const together: string[][] = [];
    let last: MunicipalityWork | undefined;
    return {
      together,
      write: (id: string) => async (work: MunicipalityWork) => {
        if (work !== last) together.push([]);
        last = work;
        together.at(-1)?.push(id);
        await announce(work, [{ change: notice(id) }]);
        return id;
      },
    };
  }

  it('lets the first go at once, and all who came meanwhile together, in their order', async () => {
    const { together, write } = recorder();
    const queue = createPostingQueue(town.database);
    const ids = ['a', 'b', 'c', 'd'];
    const results = await Promise.all(ids.map((id) => queue.asOnlyWriter(TOMAMAE.id, 1, write(id))));
    expect(results).toEqual(ids);
    expect(together).toEqual([['a'], ['b', 'c', 'd']]);
    expect((await notices()).slice(-4)).toEqual(ids);
    expect(await queue.asOnlyWriter(TOMAMAE.id, 1, write('e'))).toBe('e');
  });

  it('takes no more together than one transaction should carry', async () => {
    const { together, write } = recorder();
    const queue = createPostingQueue(town.database);
    await Promise.all([['f', 1], ['g', 1_500], ['h', 600], ['i', 9_000], ['j', 1]].map(([id, entries]) => queue.asOnlyWriter(TOMAMAE.id, Number(entries), write(String(id)))));
    expect(together).toEqual([['f'], ['g'], ['h'], ['i'], ['j']]);
  });

  it('writes everybody else’s when one of them fails, and nothing of the one', async () => {
    const { write } = recorder();
    const queue = createPostingQueue(town.database);
    const failing = async (work: MunicipalityWork) => {
      await write('lost')(work);
      throw new Error('a bug');
    };
    const outcomes = await Promise.allSettled([
      queue.asOnlyWriter(TOMAMAE.id, 1, write('k')),
      queue.asOnlyWriter(TOMAMAE.id, 1, write('l')),
      queue.asOnlyWriter(TOMAMAE.id, 1, failing),
      queue.asOnlyWriter(TOMAMAE.id, 1, write('m')),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    const written = await notices();
    expect(written.slice(-3)).toEqual(['k', 'l', 'm']);
    expect(written).not.toContain('lost');
  });
});
