/** Goes through the feed: every movement of the books is told to the kiosks once, as it was posted. */
import { isDeepStrictEqual } from 'node:util';
import { Change } from '../../../contract/sync.ts';
import type { BackendDatabase } from '../../database/backend-database.ts';
import type { Faults } from './faults.ts';
import { linesOf, postedMovements } from './journal-pages.ts';
import { ROWS_AT_ONCE } from './movement-pages.ts';

/** @param step waits between pages */
export async function checkFeed({ kysely }: BackendDatabase, faults: Faults, step: () => Promise<void>): Promise<void> {
  const towns = await kysely.selectFrom('change_counter').select(['municipality_id', 'last_cursor']).execute();
  for (const { municipality_id, last_cursor } of towns) {
    let told = 0;
    let last = 0;
    for (;;) {
      const rows = await kysely.selectFrom('change').select(['cursor', 'body']).where('municipality_id', '=', municipality_id).where('cursor', '>', last).orderBy('cursor').limit(ROWS_AT_ONCE).execute();
      if (rows.length === 0) break;
      last = rows.at(-1)?.cursor ?? last;
      const changes = rows.map(({ cursor, body }) => ({ cursor, change: readChange(body) }));
      const posted = await postedMovements(kysely, ['', ...changes.flatMap(({ change }) => (change?.type === 'movement' ? [change.movement.operationId] : []))]);
      for (const { cursor, change } of changes) {
        if (!change) faults.add(`Change ${cursor} of the feed cannot be read.`);
        if (change?.type !== 'movement') continue;
        told += 1;
        if (!isDeepStrictEqual(posted.get(change.movement.operationId), linesOf(change.movement))) faults.add(`Change ${cursor} tells the kiosks another movement ${change.movement.operationId} than the books have.`);
      }
      await step();
    }
    if (last > last_cursor) faults.add(`The feed of ${municipality_id} has changes up to ${last}, but its counter says ${last_cursor}.`);
    const { count } = await kysely.selectFrom('movement').select((eb) => eb.fn.countAll<number>().as('count')).where('municipality_id', '=', municipality_id).executeTakeFirstOrThrow();
    if (count !== told) faults.add(`The books of ${municipality_id} have ${count} movements, but the feed tells the kiosks of ${told}.`);
  }
}

function readChange(body: string): Change | undefined {
  try {
    return Change.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
