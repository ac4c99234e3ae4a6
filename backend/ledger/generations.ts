/**
 * Generations of the feed. A backend that was put back from a backup does not know what it told the kiosks since, nor what it leased to them.
 * It begins another generation: kiosks take its feed from the start, and nothing is leased to anybody until every kiosk has said in its journal
 * that it follows the new generation, for whatever it did under leases of the lost days stands before that entry.
 */
import type { Kysely } from 'kysely';
import { MunicipalityId, type DeviceId } from '../../contract/ids.ts';
import type { Generation } from '../../contract/sync.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import type { Tables } from '../database/tables.ts';
import type { BackendRandomness } from '../ports.ts';
import { asOnlyWriter, type MunicipalityWork } from './change-feed.ts';

const GENERATION_BYTES = 8;

/** @returns how many kiosks must be heard before anything is leased again */
export async function beginGeneration(database: BackendDatabase, nowMs: number, randomness: BackendRandomness): Promise<number> {
  const towns = await database.kysely.selectFrom('change_counter').select('municipality_id').execute();
  let awaited = 0;
  for (const { municipality_id } of towns) {
    awaited += await asOnlyWriter(database, MunicipalityId.parse(municipality_id), async ({ transaction, municipalityId }) => {
      const generation = Buffer.from(randomness.bytes(GENERATION_BYTES)).toString('hex');
      await transaction.updateTable('change_counter').set({ generation }).where('municipality_id', '=', municipalityId).execute();
      await transaction.updateTable('device').set({ heard_cursor: 0 }).where('municipality_id', '=', municipalityId).execute();
      // What kiosks held on that day may have passed on since: nobody is told of it again.
      await transaction
        .deleteFrom('change')
        .where('municipality_id', '=', municipalityId)
        .where('device_id', 'is not', null)
        .where((eb) => eb.or(['lease', 'right', 'stock', 'hold'].map((word) => eb('body', 'like', `{"type":"${word}%`))))
        .execute();
      await transaction.deleteFrom('awaited_device').where('municipality_id', '=', municipalityId).execute();
      const devices = await transaction.selectFrom('device').select('device_id').where('municipality_id', '=', municipalityId).where('state', '=', 'active').execute();
      for (const { device_id } of devices) await transaction.insertInto('awaited_device').values({ municipality_id: municipalityId, device_id, since_ms: nowMs }).execute();
      return devices.length;
    });
  }
  return awaited;
}

export async function generationOf({ kysely }: { readonly kysely: Kysely<Tables> }, municipalityId: MunicipalityId): Promise<Generation> {
  const { generation } = await kysely.selectFrom('change_counter').select('generation').where('municipality_id', '=', municipalityId).executeTakeFirstOrThrow();
  return generation;
}

const awaitedDevices = (database: Kysely<Tables>, municipalityId: MunicipalityId) =>
  database
    .selectFrom('awaited_device as awaited')
    .innerJoin('device', (join) => join.onRef('device.municipality_id', '=', 'awaited.municipality_id').onRef('device.device_id', '=', 'awaited.device_id'))
    .where('awaited.municipality_id', '=', municipalityId)
    // A kiosk that staff have revoked is not waited for any more.
    .where('device.state', '=', 'active');

/** Kiosks that have not been heard since the backend was put back from a backup: until then nothing is leased. */
export async function awaitedLabels({ kysely }: Pick<BackendDatabase, 'kysely'>, municipalityId: MunicipalityId): Promise<string[]> {
  return (await awaitedDevices(kysely, municipalityId).select('device.label').orderBy('device.label').execute()).map(({ label }) => label);
}

/** Whether nothing may be leased to anybody now. */
export async function leasingRests(kysely: Kysely<Tables>, municipalityId: MunicipalityId): Promise<boolean> {
  return (await awaitedDevices(kysely, municipalityId).select('device.device_id').limit(1).execute()).length > 0;
}

/** Those of the devices that may report what they did under leases that were lost: then their word for having held them is enough. */
export async function awaitedAmong({ transaction, dialect, municipalityId }: MunicipalityWork, devices: readonly DeviceId[]): Promise<Set<string>> {
  const rows = await awaitedDevices(transaction, municipalityId).select('device.device_id').where(dialect.oneOf('device.device_id', devices)).execute();
  return new Set(rows.map((row) => row.device_id));
}

/**
 * The device says that it follows a generation: it holds nothing any more of what was leased to it before.
 * @returns false when it was not waited for, or speaks of another generation
 */
export async function generationSeen(work: MunicipalityWork, deviceId: DeviceId, generation: Generation): Promise<boolean> {
  const { transaction, municipalityId } = work;
  if ((await generationOf({ kysely: transaction }, municipalityId)) !== generation) return false;
  const heard = await transaction.deleteFrom('awaited_device').where('municipality_id', '=', municipalityId).where('device_id', '=', deviceId).returning('device_id').execute();
  return heard.length > 0;
}
