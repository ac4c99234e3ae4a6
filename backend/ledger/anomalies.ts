/** What must not happen, kept for staff: never thrown away, never allowed to block a device for ever. */
import type { JournalEntry } from '../../contract/journal.ts';
import type { DeviceId, MunicipalityId } from '../../contract/ids.ts';
import type { Work } from '../database/backend-database.ts';
import type { MovementFault } from './check-movement.ts';

export type AnomalyKind = MovementFault | 'fork' | 'chain-broken' | 'entry-id-repeated';

export interface Anomaly {
  readonly entry: JournalEntry;
  readonly what: AnomalyKind;
  /** One sentence; nothing about a person. */
  readonly detail: string;
  /** True when the entry is not in the journal: then it is kept with the anomaly. */
  readonly keepEntry: boolean;
}

/** Keeps an anomaly once, however often the device sends the same thing. */
export async function keepAnomaly(
  { transaction }: Work,
  device: { readonly municipalityId: MunicipalityId; readonly deviceId: DeviceId },
  { entry, what, detail, keepEntry }: Anomaly,
  nowMs: number,
): Promise<void> {
  await transaction
    .insertInto('anomaly')
    .values({
      municipality_id: device.municipalityId,
      device_id: device.deviceId,
      seq: entry.seq,
      what,
      entry_hash: entry.hash,
      detail,
      evidence: keepEntry ? JSON.stringify(entry) : null,
      noticed_ms: nowMs,
      state: 'open',
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
