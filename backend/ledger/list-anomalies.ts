/** What waits for staff, and what they have decided. Looks and changes nothing. */
import type { MunicipalityId } from '../../contract/ids.ts';
import { momentFromEpoch, type Moment } from '../../contract/time.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { adviceOn } from './anomaly-advice.ts';

export interface AnomalyLine {
  readonly number: number;
  readonly what: string;
  /** The kiosk's short name; empty when it is about none. */
  readonly device: string;
  /** 0 when it is not about a journal entry. */
  readonly seq: number;
  readonly detail: string;
  readonly noticedAt: Moment;
  readonly advice: string;
  readonly resolution: { readonly decision: string; readonly staff: string; readonly reason: string; readonly at: Moment } | undefined;
}

/** By their numbers. @param all false: only those that are open */
export async function listAnomalies({ kysely }: BackendDatabase, municipalityId: MunicipalityId, all: boolean): Promise<AnomalyLine[]> {
  const rows = await kysely
    .selectFrom('anomaly')
    .leftJoin('device', (join) => join.onRef('device.municipality_id', '=', 'anomaly.municipality_id').onRef('device.device_id', '=', 'anomaly.device_id'))
    .leftJoin('anomaly_resolution as resolution', (join) =>
      join.onRef('resolution.municipality_id', '=', 'anomaly.municipality_id').onRef('resolution.number', '=', 'anomaly.number'),
    )
    .select(['anomaly.number', 'what', 'label', 'seq', 'detail', 'noticed_ms', 'decision', 'staff_id', 'reason', 'decided_ms'])
    .where('anomaly.municipality_id', '=', municipalityId)
    .$if(!all, (query) => query.where('anomaly.state', '=', 'open'))
    .orderBy('anomaly.number')
    .execute();
  return rows.map(({ number, what, label, seq, detail, noticed_ms, decision, staff_id, reason, decided_ms }) => ({
    number,
    what,
    device: label ?? '',
    seq,
    detail,
    noticedAt: momentFromEpoch(noticed_ms),
    advice: adviceOn(what),
    resolution: decision === null ? undefined : { decision, staff: staff_id ?? '', reason: reason ?? '', at: momentFromEpoch(decided_ms ?? 0) },
  }));
}
