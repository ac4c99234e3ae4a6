/** The last entry of a device that is in the journal. */
import type { Kysely } from 'kysely';
import type { DeviceId, MunicipalityId } from '../../contract/ids.ts';
import { GENESIS_HASH } from '../../contract/journal.ts';
import type { Tables } from '../database/tables.ts';
import type { MunicipalityWork } from './change-feed.ts';

export interface JournalHead {
  readonly seq: number;
  readonly hash: string;
}

export const NO_ENTRY: JournalHead = { seq: 0, hash: GENESIS_HASH };

export async function journalHeadOf(database: Kysely<Tables>, municipalityId: MunicipalityId, deviceId: DeviceId): Promise<JournalHead> {
  const row = await database
    .selectFrom('journal_entry')
    .select(['seq', 'hash'])
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? NO_ENTRY;
}

/** Those of the devices that have an entry. */
export async function journalHeadsOf({ transaction, dialect, municipalityId }: MunicipalityWork, devices: readonly DeviceId[]): Promise<Map<string, JournalHead>> {
  const rows = await transaction
    .selectFrom('device')
    .innerJoin('journal_entry as head', (join) => join.onRef('head.municipality_id', '=', 'device.municipality_id').onRef('head.device_id', '=', 'device.device_id'))
    .select(['head.device_id', 'head.seq', 'head.hash'])
    .where('device.municipality_id', '=', municipalityId)
    .where(dialect.oneOf('device.device_id', devices))
    .where('head.seq', '=', (eb) =>
      eb
        .selectFrom('journal_entry as entry')
        .select('entry.seq')
        .whereRef('entry.municipality_id', '=', 'device.municipality_id')
        .whereRef('entry.device_id', '=', 'device.device_id')
        .orderBy('entry.seq', 'desc')
        .limit(1),
    )
    .execute();
  return new Map(rows.map(({ device_id, seq, hash }) => [device_id, { seq, hash }]));
}
