/** Staff decide about an anomaly, once: the decision is kept for ever, and what they accept is posted in the same transaction. */
import type { MunicipalityId } from '../../contract/ids.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import type { AnomalyResolutionTable } from '../database/tables.ts';
import { BackendUnusable } from '../unusable.ts';
import { acceptMovement, type Accepted } from './accept-movement.ts';
import { adviceOn } from './anomaly-advice.ts';
import { asOnlyWriter, type MunicipalityWork } from './change-feed.ts';
import type { StaffDecision } from './staff-decision.ts';

export interface Resolution extends StaffDecision {
  readonly number: number;
  /** `accepted`: what was refused is posted. `rejected`: it is not, ever. `noted`: there is nothing to post. */
  readonly decision: AnomalyResolutionTable['decision'];
}

export interface Resolved {
  readonly what: string;
  /** What was posted; undefined when nothing was. */
  readonly accepted: Accepted | undefined;
  /** What is left for people to do. */
  readonly advice: string;
}

/** @throws BackendUnusable when there is no such anomaly, it was decided before, or what is to be accepted cannot be posted; nothing has changed then */
export function resolveAnomaly(
  database: BackendDatabase,
  municipalityId: MunicipalityId,
  resolution: Resolution,
  { nowMs, cardKeys }: { readonly nowMs: number; readonly cardKeys?: CardMasterKeys | undefined },
): Promise<Resolved> {
  const { number, decision, staff, reason } = resolution;
  return asOnlyWriter(database, municipalityId, async (work) => {
    const anomaly = await openAnomaly(work, number);
    const accepted = decision === 'accepted' ? await acceptMovement(work, anomaly, { cardKeys, nowMs }) : undefined;
    await work.transaction
      .insertInto('anomaly_resolution')
      .values({ municipality_id: municipalityId, number, decision, staff_id: staff, reason, decided_ms: nowMs })
      .execute();
    await work.transaction.updateTable('anomaly').set({ state: 'resolved' }).where('municipality_id', '=', municipalityId).where('number', '=', number).execute();
    return { what: anomaly.what, accepted, advice: adviceOn(anomaly.what) };
  });
}

async function openAnomaly({ transaction, municipalityId }: MunicipalityWork, number: number) {
  const anomaly = await transaction.selectFrom('anomaly').selectAll().where('municipality_id', '=', municipalityId).where('number', '=', number).executeTakeFirst();
  if (!anomaly) throw new BackendUnusable('configuration', `There is no anomaly ${number}. List them with: npm run backend -- anomalies`);
  if (anomaly.state === 'open') return anomaly;
  const before = await transaction.selectFrom('anomaly_resolution').selectAll().where('municipality_id', '=', municipalityId).where('number', '=', number).executeTakeFirst();
  throw new BackendUnusable('configuration', `Anomaly ${number} was ${before?.decision ?? 'decided'} by ${before?.staff_id ?? 'somebody'} before. A decision is not changed; nothing was done.`);
}
