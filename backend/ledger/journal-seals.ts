/** Keeps the seals of devices' journals, and checks again that all of them hold. */
import { DeviceId } from '../../contract/ids.ts';
import { sealHolds, type SealedHead } from '../../contract/journal-seal.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { insertAll } from '../database/insert-all.ts';
import type { MunicipalityWork } from './change-feed.ts';

const SEALS_AT_ONCE = 1_000;

/** Keeps seals of acknowledged heads; one that is kept already stays as it is. */
export async function keepSeals(
  work: MunicipalityWork,
  seals: ReadonlyArray<{ readonly deviceId: DeviceId; readonly head: SealedHead; readonly signature: string }>,
  nowMs: number,
): Promise<void> {
  const rows = seals.map(({ deviceId, head: { seq, hash }, signature }) => ({ municipality_id: work.municipalityId, device_id: deviceId, seq, hash, signature, received_ms: nowMs }));
  await insertAll(work, 'journal_seal', rows, { repeated: 'skip' });
}

/**
 * Checks every seal of a device against its key and against the journal.
 * @param device as its row says
 * @returns what does not hold, one sentence each
 */
export async function sealFaults(
  { kysely }: BackendDatabase,
  device: { readonly municipality_id: string; readonly device_id: string; readonly label: string; readonly public_key: string },
): Promise<string[]> {
  const faults: string[] = [];
  const deviceId = DeviceId.parse(device.device_id);
  for (let after = 0; ; ) {
    const rows = await kysely
      .selectFrom('journal_seal as seal')
      .innerJoin('journal_entry as entry', (join) =>
        join.onRef('entry.municipality_id', '=', 'seal.municipality_id').onRef('entry.device_id', '=', 'seal.device_id').onRef('entry.seq', '=', 'seal.seq'),
      )
      .select(['seal.seq', 'seal.hash', 'seal.signature', 'entry.hash as entryHash'])
      .where('seal.municipality_id', '=', device.municipality_id)
      .where('seal.device_id', '=', device.device_id)
      .where('seal.seq', '>', after)
      .orderBy('seal.seq')
      .limit(SEALS_AT_ONCE)
      .execute();
    const last = rows.at(-1);
    if (!last) return faults;
    after = last.seq;
    for (const { seq, hash, signature, entryHash } of rows) {
      if (hash !== entryHash) faults.push(`The journal of ${device.label} was sealed at entry ${seq} with another hash.`);
      else if (!sealHolds(device.public_key, deviceId, { seq, hash }, signature)) faults.push(`The seal of ${device.label} on entry ${seq} was not made with its key.`);
    }
  }
}
