/** The last entry of a device that is in the journal. */
import { sql, type ExpressionBuilder, type Kysely } from 'kysely';
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
  // Both in one text: the entry is looked for once.
  const last = (eb: ExpressionBuilder<Tables, 'device'>) =>
    eb
      .selectFrom('journal_entry as entry')
      .select(sql<string>`cast(entry.seq as text) || ' ' || entry.hash`.as('head'))
      .whereRef('entry.municipality_id', '=', 'device.municipality_id')
      .whereRef('entry.device_id', '=', 'device.device_id')
      .orderBy('entry.seq', 'desc')
      .limit(1)
      .as('head');
  const rows = await transaction
    .selectFrom('device')
    .select(['device_id', last])
    .where('municipality_id', '=', municipalityId)
    .where(dialect.oneOf('device_id', devices))
    .execute();
  return new Map(
    rows.flatMap(({ device_id, head }) => {
      if (head === null) return [];
      const [seq = '', hash = ''] = head.split(' ');
      return [[device_id, { seq: Number(seq), hash }] as const];
    }),
  );
}
