/** Bugs in what is set aside for kiosks: held twice, kept after it was given back, dropped without a word. */
import type { Ledger } from '../../../agent/ledger/ledger.ts';
import { API, PullResponse, type Change } from '../../../contract/sync.ts';
import type { BackendDatabase } from '../../../backend/database/backend-database.ts';
import type { PlainAnswer, PlainRequest } from '../in-process-request.ts';
import { leaseSubject } from '../../../backend/ledger/leasing.ts';
import type { Plant } from '../plant.ts';
import { bug, type PlantedBug } from './planted-bug.ts';

/** What one kiosk is told of these is told to every other as well. */
function toBoth(types: ReadonlyArray<Change['type']>): () => Plant {
  return () => {
    const told = new Map<string, Change>();
    return {
      async answer(_device, request, answer) {
        const page = pageIn(request, answer);
        if (!page) return answer;
        for (const change of page.changes) if (types.includes(change.type)) told.set(JSON.stringify(change), change);
        return { ...answer, body: JSON.stringify({ ...page, changes: [...page.changes, ...told.values()] }) };
      },
    };
  };
}

/** A page of the feed that has changes. */
export function pageIn(request: PlainRequest, answer: PlainAnswer): PullResponse | undefined {
  if (!request.url.startsWith(API.pull) || answer.status !== 200) return undefined;
  const page = PullResponse.parse(JSON.parse(answer.body));
  return page.changes.length > 0 ? page : undefined;
}

/** After every few requests. */
const afterRequests = (every: number, does: (database: BackendDatabase) => Promise<unknown>) => (): Plant => {
  let requests = 0;
  return {
    async answer(_device, _request, answer, database) {
      requests += 1;
      if (requests % every === 0) await does(database);
      return answer;
    },
  };
};

export const LEASE_BUGS: readonly PlantedBug[] = [
  bug('lease-to-both', 'a grant is set aside for two kiosks', toBoth(['lease'])),
  bug('right-to-both', 'a right to buy is given to two kiosks', toBoth(['right'])),
  bug('stock-to-both', 'the same sets are set aside for two kiosks', toBoth(['stock'])),
  bug('hold-to-both', 'an account is held by two kiosks', toBoth(['hold'])),
  bug(
    'leases-pass-by-the-clock',
    'the backend gives what a kiosk holds to another without the kiosk’s word',
    afterRequests(15, ({ kysely }) => kysely.updateTable('lease').set({ state: 'ended', how_ended: 'returned' }).where('state', '=', 'held').execute()),
  ),
  bug(
    'holds-pass-by-the-clock',
    'the backend lets go of a hold without the kiosk’s word',
    afterRequests(5, ({ kysely }) => kysely.updateTable('account_hold').set({ state: 'ended', how_ended: 'returned' }).where('state', '=', 'held').execute()),
  ),
  bug('returned-and-kept', 'the kiosk says that it gave something back, and goes on using it', () => ({
    ledger: (ledger: Ledger): Ledger => ({
      ...ledger,
      returnLeases(leases, entry) {
        if (leases.length > 0) ledger.append({ ...entry, fact: { type: 'leases-returned', leases: [...leases] } });
        return leases.length;
      },
    }),
  })),
  bug('given-up-without-a-word', 'the kiosk forgets what was set aside for it, and nobody hears of it', () => ({
    ledger: (ledger: Ledger): Ledger => ({
      ...ledger,
      returnLeases(leases) {
        ledger.giveUpLeases();
        return leases.length;
      },
    }),
  })),
  bug(
    'grant-opened-again',
    'the backend forgets that a grant was taken',
    afterRequests(10, ({ kysely }) => kysely.updateTable('entitlement').set({ state: 'open', operation_id: null }).where('state', '=', 'taken').execute()),
  ),
  bug('opened-for-nobody', 'the backend takes a grant whose load was taken back for one that nobody holds', () => ({
    async answer(_device, request, answer, { kysely }) {
      if (!request.url.startsWith(API.push)) return answer;
      const opened = await kysely.selectFrom('movement').select('entitlement_id').where('kind', '=', 'void').where('entitlement_id', 'is not', null).execute();
      const grants = opened.flatMap(({ entitlement_id }) => entitlement_id ?? []);
      if (grants.length === 0) return answer;
      await kysely.updateTable('lease').set({ state: 'ended', how_ended: 'taken' }).where('state', '=', 'held').where('entitlement_id', 'in', grants).execute();
      await kysely.deleteFrom('change').where('subject', 'in', grants.map(leaseSubject)).execute();
      return answer;
    },
  })),
];
