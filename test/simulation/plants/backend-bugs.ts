/** Bugs of the backend: it posts twice, decides by itself, acknowledges what it does not have, believes a recording. */
import { API, PushRequest } from '../../../contract/sync.ts';
import type { BackendDatabase } from '../../../backend/database/backend-database.ts';
import type { PlainAnswer, PlainRequest } from '../in-process-request.ts';
import { pageIn } from './lease-bugs.ts';
import { bug, type PlantedBug } from './planted-bug.ts';

export const BACKEND_BUGS: readonly PlantedBug[] = [
  bug('posted-twice', 'the backend posts a movement twice', () => ({ answer: postTwice })),
  bug('unknown-decided-by-itself', 'the backend decides that a movement of unknown outcome did not happen, without a reading of the card', () => ({
    async answer(_device, _request, answer, { kysely }) {
      await kysely.updateTable('unknown_movement').set({ state: 'void', decided_ms: 1 }).where('state', '=', 'open').execute();
      return answer;
    },
  })),
  bug('recordings-believed', 'the backend forgets which requests it has served', () => ({
    async answer(_device, _request, answer, { kysely }) {
      await kysely.deleteFrom('request_nonce').execute();
      return answer;
    },
  })),
  bug('acknowledged-unwritten', 'the backend acknowledges entries that it has not written', () => {
    let pushes = 0;
    return {
      async instead(_device, request) {
        const pushed = request.url === API.push && typeof request.body === 'string' ? PushRequest.safeParse(JSON.parse(request.body)).data : undefined;
        const last = pushed?.entries.at(-1);
        if (!last) return undefined;
        pushes += 1;
        return pushes % 4 === 0 ? { status: 200, body: JSON.stringify({ acknowledgedSeq: last.seq, acknowledgedHash: last.hash }) } : undefined;
      },
    };
  }),
  bug('feed-skips-a-change', 'the feed leaves a change out now and then', () => {
    let told = 0;
    return {
      async answer(_device, request, answer) {
        const page = pageIn(request, answer);
        if (!page) return answer;
        const changes = page.changes.filter(() => {
          told += 1;
          return told % 9 !== 0;
        });
        return { ...answer, body: JSON.stringify({ ...page, changes }) };
      },
    };
  }),
  bug('feed-runs-ahead', 'the cursor of a page is one more than what the page holds', () => ({
    async answer(_device, request, answer) {
      const page = pageIn(request, answer);
      return page ? { ...answer, body: JSON.stringify({ ...page, cursor: page.cursor + 1 }) } : answer;
    },
  })),
  bug('stock-without-end', 'the backend sets aside more sets than there are', () => ({
    async answer(_device, request, answer) {
      const page = pageIn(request, answer);
      if (!page) return answer;
      const changes = page.changes.map((change) => (change.type === 'stock' ? { ...change, lease: { ...change.lease, sets: change.lease.sets + 10 } } : change));
      return { ...answer, body: JSON.stringify({ ...page, changes }) };
    },
  })),
];

async function postTwice(_: string, request: PlainRequest, answer: PlainAnswer, { kysely }: BackendDatabase): Promise<PlainAnswer> {
  if (request.url !== API.push || answer.status !== 200) return answer;
  const last = await kysely.selectFrom('movement').selectAll().where('device_id', 'is not', null).where('kind', '=', 'load').orderBy('posted_ms', 'desc').orderBy('operation_id', 'desc').limit(1).executeTakeFirst();
  if (!last) return answer;
  // The database itself refuses a second movement of one entry or entitlement; this one comes without either.
  const again = `${last.operation_id.slice(0, -4)}ffff`;
  await kysely.insertInto('movement').values({ ...last, operation_id: again, entitlement_id: null, of_operation: null, device_id: null, seq: null }).onConflict((conflict) => conflict.doNothing()).execute();
  const postings = await kysely.selectFrom('posting').selectAll().where('operation_id', '=', last.operation_id).execute();
  for (const posting of postings) await kysely.insertInto('posting').values({ ...posting, operation_id: again }).onConflict((conflict) => conflict.doNothing()).execute();
  return answer;
}
