/**
 * One writer at a time is what orders a municipality's ledger; so whoever comes while another writes has to wait, and then all who wait
 * go together: one transaction, one lock, one set of statements, one write to the disk for all of them. Somebody who comes alone waits for
 * nobody but those who come in the same turn of the event loop.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MunicipalityId } from '../../contract/ids.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { asOnlyWriter, type MunicipalityWork } from './change-feed.ts';

/** Entries that one transaction takes over at most, unless a single push has more: those who came last should not wait for ever. */
const ENTRIES_TOGETHER_MAX = 2_000;

/** What somebody wants to post. */
export interface Postable {
  readonly municipalityId: MunicipalityId;
  /** Whose it is: what is one and the same's is posted in its order, each in a transaction of its own. */
  readonly from: string;
  readonly entries: number;
  /** What must be done, without the database, before it can be posted: it is waited for before the lock is taken. */
  readonly prepared: Promise<unknown>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly done: (result: Result) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * @param post posts them all in one transaction, as the only writer of the municipality, and says what came of each. It may be run again for
 *   a single one, in another transaction, when the one it shared with others failed: it must do nothing but write to the database
 * @returns what came of it; durable when the promise is fulfilled
 */
export function createPostingQueue<Item extends Postable, Result>(
  database: BackendDatabase,
  post: (work: MunicipalityWork, items: readonly Item[]) => Promise<readonly Result[]>,
): (item: Item) => Promise<Result> {
  const queues = new Map<MunicipalityId, Waiting<Item, Result>[]>();

  async function serve(municipalityId: MunicipalityId, queue: Waiting<Item, Result>[]): Promise<void> {
    while (queue.length > 0) {
      await nextTurn();
      await serveTogether(municipalityId, takeTogether(queue));
    }
    queues.delete(municipalityId);
  }

  async function serveTogether(municipalityId: MunicipalityId, together: ReadonlyArray<Waiting<Item, Result>>): Promise<void> {
    let results: readonly Result[];
    try {
      await Promise.all(together.map(({ item }) => item.prepared));
      results = await asOnlyWriter(database, municipalityId, (work) => post(work, together.map(({ item }) => item)));
    } catch (error) {
      // One of them failed and took the others with it: each for itself.
      if (together.length === 1) together[0]?.failed(error);
      else for (const one of together) await serveTogether(municipalityId, [one]);
      return;
    }
    for (const [index, { done, failed }] of together.entries()) {
      if (index < results.length) done(results[index] as Result);
      else failed(new Error('Nothing was said of what was posted'));
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      // Whoever is served with it hears of it; until then nobody listens, which would end the process.
      item.prepared.catch(() => undefined);
      const waiting = { item, done: resolve, failed: reject };
      const queue = queues.get(item.municipalityId);
      if (queue) {
        queue.push(waiting);
        return;
      }
      const begun = [waiting];
      queues.set(item.municipalityId, begun);
      void serve(item.municipalityId, begun);
    });
}

function takeTogether<Item extends Postable, Result>(queue: Waiting<Item, Result>[]): Waiting<Item, Result>[] {
  let entries = 0;
  const from = new Set<string>();
  const end = queue.findIndex(({ item }, index) => {
    entries += item.entries;
    const again = from.has(item.from);
    from.add(item.from);
    return index > 0 && (again || entries > ENTRIES_TOGETHER_MAX);
  });
  return queue.splice(0, end === -1 ? queue.length : end);
}
