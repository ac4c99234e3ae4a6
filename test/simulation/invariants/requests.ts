/** What residents asked for: at the office once, as far as the kiosk says, readable there and nowhere else. */
import { openRequest } from '../../../contract/procedure/request.ts';
import { OFFICE_KEY } from '../small-town.ts';
import type { KioskEvidence } from './evidence.ts';
import type { Invariant } from './invariant.ts';

export const REQUESTS: Invariant = {
  name: 'every request is at the office once',
  async look({ world, kiosks, lost, rows }, find) {
    const made = kiosks.flatMap(({ bodies }) => bodies.flatMap(({ fact }) => (fact.type === 'request-made' ? [fact.requestId] : [])));
    for (const requestId of world.asked.keys()) if (lost.length === 0 && !made.includes(requestId)) find(`${requestId} was asked for, and no journal says so`);
    for (const { name, waitingRequests } of kiosks) if (waitingRequests > 0) find(`kiosk ${name} still has ${waitingRequests} of them when all is well`);
    for (const requestId of made) {
      const [row] = rows<{ state: string; sealed: string | null }>('select state, sealed from request where request_id = ?', requestId);
      if (!row) {
        find(`the office knows nothing of ${requestId}`);
        continue;
      }
      const expected = stateOf(kiosks, requestId);
      if (row.state !== expected) find(`${requestId} is ${row.state} at the office, and ${expected} at the kiosk`);
      const steps = rows<{ state: string }>('select state from request_step where request_id = ?', requestId).map(({ state }) => state);
      if (new Set(steps).size !== steps.length) find(`${requestId} came into one state twice: ${steps.join(', ')}`);
      if (row.sealed === null) {
        // Nobody needs to know what was taken back. And a kiosk erases what the office has: a backup from before has it no more.
        if (expected !== 'withdrawn' && world.backend.restorations === 0) find(`what ${requestId} says has not come to the office`);
        continue;
      }
      const { name } = (await openRequest(OFFICE_KEY, requestId, row.sealed)).known;
      if (name !== (world.asked.get(requestId) ?? name)) find(`the office reads ${JSON.stringify(name)} in ${requestId}`);
    }
  },
};

/** As far as the journals say. */
function stateOf(kiosks: readonly KioskEvidence[], requestId: string): string {
  const facts = kiosks.flatMap(({ bodies }) => bodies.map(({ fact }) => fact));
  if (facts.some((fact) => fact.type === 'request-withdrawn' && fact.requestId === requestId)) return 'withdrawn';
  return facts.some((fact) => fact.type === 'slip-settled' && fact.requestId === requestId && fact.outcome === 'printed') ? 'printed' : 'made';
}
