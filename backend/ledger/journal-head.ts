/** The last entry of a device that is in the journal. */
import type { ExpressionBuilder, Kysely } from 'kysely';
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
  const ofLast = (column: 'seq' | 'hash') => (eb: ExpressionBuilder<Tables, 'device'>) =>
    eb
      .selectFrom('journal_entry as entry')
      .select(`entry.${column}`)
      .whereRef('entry.municipality_id', '=', 'device.municipality_id')
      .whereRef('entry.device_id', '=', 'device.device_id')
      .orderBy('entry.seq', 'desc')
      .limit(1)
      .as(column);
  const rows = await transaction
    .selectFrom('device')
    .select(['device_id', ofLast('seq'), ofLast('hash')])
    .where('municipality_id', '=', municipalityId)
    .where(dialect.oneOf('device_id', devices))
    .execute();
  return new Map(rows.flatMap(({ device_id, seq, hash }) => (seq === null || hash === null ? [] : [[device_id, { seq: Number(seq), hash: String(hash) }] as const])));
}
