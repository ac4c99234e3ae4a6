/** The last entry of a device that is in the journal. */
import type { Kysely } from 'kysely';
import type { DeviceId, MunicipalityId } from '../../contract/ids.ts';
import { GENESIS_HASH } from '../../contract/journal.ts';
import type { Tables } from '../database/tables.ts';

export async function journalHeadOf(database: Kysely<Tables>, municipalityId: MunicipalityId, deviceId: DeviceId): Promise<{ readonly seq: number; readonly hash: string }> {
  const row = await database
    .selectFrom('journal_entry')
    .select(['seq', 'hash'])
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? { seq: 0, hash: GENESIS_HASH };
}
