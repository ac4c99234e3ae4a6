/**
 * One writer at a time is what orders a municipality's ledger; so whoever comes while another writes has to wait, and then all who wait
 * go together: one transaction, one lock, one write to the disk for all of them. Somebody who comes alone never waits.
 */
import type { MunicipalityId } from '../../contract/ids.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { asOnlyWriter, type MunicipalityWork } from './change-feed.ts';

/** Entries that one transaction takes over at most, unless a single push has more: those who came last should not wait for ever. */
const ENTRIES_TOGETHER_MAX = 2_000;

interface Waiting {
  readonly entries: number;
  readonly run: (work: MunicipalityWork) => Promise<unknown>;
  readonly done: (result: unknown) => void;
  readonly failed: (error: unknown) => void;
}

export interface PostingQueue {
  /**
   * Runs `work` as the only writer of the municipality. What it returns is durable when the promise is fulfilled. It may be run a second
   * time, in another transaction, when the one it shared with others failed: it must do nothing but write to the database.
   */
  asOnlyWriter<Result>(municipalityId: MunicipalityId, entries: number, work: (work: MunicipalityWork) => Promise<Result>): Promise<Result>;
}

export function createPostingQueue(database: BackendDatabase): PostingQueue {
  const queues = new Map<MunicipalityId, Waiting[]>();

  async function serve(municipalityId: MunicipalityId, queue: Waiting[]): Promise<void> {
    while (queue.length > 0) {
      const together = takeTogether(queue);
      try {
        const results = await asOnlyWriter(database, municipalityId, async (work) => {
          const made: unknown[] = [];
          for (const { run } of together) made.push(await run(work));
          return made;
        });
        for (const [index, { done }] of together.entries()) done(results[index]);
      } catch (error) {
        // One of them failed and took the others with it: each for itself.
        if (together.length === 1) together[0]?.failed(error);
        else for (const { run, done, failed } of together) await asOnlyWriter(database, municipalityId, run).then(done, failed);
      }
    }
    queues.delete(municipalityId);
  }

  return {
    asOnlyWriter: (municipalityId, entries, work) =>
      new Promise((resolve, reject) => {
        const waiting: Waiting = { entries, run: work, done: resolve as (result: unknown) => void, failed: reject };
        const queue = queues.get(municipalityId);
        if (queue) {
          queue.push(waiting);
          return;
        }
        const begun = [waiting];
        queues.set(municipalityId, begun);
        void serve(municipalityId, begun);
      }),
  };
}

function takeTogether(queue: Waiting[]): Waiting[] {
  let entries = 0;
  const end = queue.findIndex((waiting, index) => (entries += waiting.entries) > ENTRIES_TOGETHER_MAX && index > 0);
  return queue.splice(0, end === -1 ? queue.length : end);
}
