/** Cash and sets: what staff counted in is there as claims and sales, and nobody bought more than the rules allow. */
import { personOf, residentOf } from '../residents.ts';
import { SALE_TERMS } from '../schemes.ts';
import type { Evidence } from './evidence.ts';
import type { Invariant } from './invariant.ts';

function net({ rows }: Evidence, beginning: string): number {
  const [row] = rows<{ net: number | null }>(
    `select sum(case when credit like ? then amount else 0 end) - sum(case when debit like ? then amount else 0 end) as net from posting`,
    `${beginning}/%`,
    `${beginning}/%`,
  );
  return row?.net ?? 0;
}

export const CASH_COUNTED: Invariant = {
  name: 'cash counted is claims and sales',
  look(evidence, find) {
    const { kiosks, lost, posted, anomalies, world } = evidence;
    if (lost.length > 0) return;
    const [cash, claims, sold] = [-net(evidence, 'cash'), net(evidence, 'claim'), net(evidence, 'sold')];
    if (cash !== claims + sold) find(`${cash} yen were counted, ${claims} are claims and ${sold} were sold`);
    // What lies in the drawers, as the kiosks wrote it down.
    const drawers = kiosks.flatMap(({ moved }) => moved).reduce((sum, { movement: { operationId, kind, postings } }) => {
      const yen = posted.has(operationId) ? postings.reduce((total, { amount }) => total + amount, 0) : 0;
      return kind === 'sale' ? sum + yen : kind === 'refund' ? sum - yen : sum;
    }, 0);
    if (drawers !== cash) find(`the kiosks wrote down ${drawers} yen, the books say ${cash}`);
    const doubtful = anomalies.length > 0 || world.strikes.has('backend-restored');
    if (!doubtful && world.drawers !== undefined && world.drawers !== cash) find(`the drawers hold ${world.drawers} yen, the books say ${cash}`);
  },
};

/** Sales whose cash was not given back. */
function standing({ kiosks, posted, anomalies }: Evidence) {
  const refused = new Set(anomalies.map(({ operation }) => operation));
  const all = kiosks.flatMap(({ moved }) => moved.map(({ movement }) => movement)).filter(({ operationId }) => posted.has(operationId) && !refused.has(operationId));
  const back = new Set(all.filter(({ kind }) => kind === 'refund').map(({ ofOperation }) => ofOperation));
  return all.filter(({ kind, operationId }) => kind === 'sale' && !back.has(operationId));
}

export const LIMITS_KEPT: Invariant = {
  name: 'no limit is exceeded',
  look(evidence, find) {
    const bought = new Map<string, number>();
    for (const { accountId, sets = 0 } of standing(evidence)) {
      const resident = residentOf(accountId);
      const person = resident ? personOf(resident) : accountId;
      bought.set(person, (bought.get(person) ?? 0) + sets);
    }
    for (const [person, sets] of bought) if (sets > SALE_TERMS.perPerson) find(`${person} bought ${sets} sets, and ${SALE_TERMS.perPerson} are allowed`);
    const all = [...bought.values()].reduce((sum, sets) => sum + sets, 0);
    if (all > SALE_TERMS.stock) find(`${all} sets were sold of ${SALE_TERMS.stock}`);
  },
};
