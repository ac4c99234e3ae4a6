import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change } from '../../contract/sync.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { ENGINES } from '../test-support/engines.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { announce } from './change-feed.ts';
import { createPostingQueue, type Postable } from './posting-queue.ts';

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
  interface Notice extends Postable {
    readonly id: string;
  }
  const wish = (id: string, entries = 1, from = id): Notice => ({ municipalityId: TOMAMAE.id, from, entries, id, prepared: Promise.resolve() });
  /** Writes what comes, and keeps who shared a transaction with whom. */
  function queueOf() {
    const together: string[][] = [];
    const post = createPostingQueue(town.database, async (work, wishes: readonly Notice[]) => {
      together.push(wishes.map(({ id }) => id));
      await announce(work, wishes.map(({ id }) => ({ change: notice(id) })));
      if (wishes.some(({ id }) => id === 'lost')) throw new Error('a bug');
      return wishes.map(({ id }) => id);
    });
    return { together, post };
  }
  /** Posts the first, and the others while it is being posted. */
  async function postAfter(post: (wish: Notice) => Promise<string>, first: Notice, others: readonly Notice[]): Promise<string[]> {
    let prepared: () => void = () => undefined;
    const begun = post({ ...first, prepared: new Promise<void>((resolve) => (prepared = resolve)) });
    await turn();
    const later = others.map(post);
    prepared();
    return Promise.all([begun, ...later]);
  }

  it('lets those who come first go at once, and all who came meanwhile together, in their order', async () => {
    const { together, post } = queueOf();
    const ids = ['a', 'b', 'c', 'd'];
    expect(await postAfter(post, wish('a'), ['b', 'c', 'd'].map((id) => wish(id)))).toEqual(ids);
    expect(together).toEqual([['a'], ['b', 'c', 'd']]);
    expect((await notices()).slice(-4)).toEqual(ids);
    expect(await post(wish('e'))).toBe('e');
    expect(await Promise.all(['s', 't', 'u'].map((id) => post(wish(id))))).toEqual(['s', 't', 'u']);
    expect(together.slice(2)).toEqual([['e'], ['s', 't', 'u']]);
  });

  it('takes no more together than one transaction should carry', async () => {
    const { together, post } = queueOf();
    await postAfter(post, wish('f', 1), [wish('g', 1_500), wish('h', 600), wish('i', 9_000), wish('j', 1)]);
    expect(together).toEqual([['f'], ['g'], ['h'], ['i'], ['j']]);
  });

  it('posts what comes from the same device one after the other', async () => {
    const { together, post } = queueOf();
    await postAfter(post, wish('n'), [wish('o', 1, 'device'), wish('p'), wish('q', 1, 'device'), wish('r')]);
    expect(together).toEqual([['n'], ['o', 'p'], ['q', 'r']]);
  });

  it('lets one who cannot be prepared fail alone', async () => {
    const { post } = queueOf();
    let prepared: () => void = () => undefined;
    const begun = post({ ...wish('v'), prepared: new Promise<void>((resolve) => (prepared = resolve)) });
    await turn();
    const later = [post({ ...wish('w'), prepared: Promise.reject(new Error('not to be read')) }), post(wish('x'))];
    // Long before anybody is interested in it.
    await turn();
    prepared();
    expect((await Promise.allSettled([begun, ...later])).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await notices()).slice(-2)).toEqual(['v', 'x']);
  });

  it('writes everybody else’s when one of them fails, and nothing of the one', async () => {
    const { post } = queueOf();
    const outcomes = await Promise.allSettled(['k', 'l', 'lost', 'm'].map((id) => post(wish(id))));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    const written = await notices();
    expect(written.slice(-3)).toEqual(['k', 'l', 'm']);
    expect(written).not.toContain('lost');
  });
});
