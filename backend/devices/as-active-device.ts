/** What a device is given is given in one transaction with the look at whether it may still have it: a revocation is before it or after it. */
import type { BackendDatabase } from '../database/backend-database.ts';
import { asOnlyWriter, type MunicipalityWork } from '../ledger/change-feed.ts';
import type { LeasingDevice } from '../ledger/leasing.ts';

async function isActive({ transaction, municipalityId }: MunicipalityWork, { deviceId }: Pick<LeasingDevice, 'deviceId'>): Promise<boolean> {
  const row = await transaction.selectFrom('device').select('state').where('municipality_id', '=', municipalityId).where('device_id', '=', deviceId).executeTakeFirst();
  return row?.state === 'active';
}

/** Runs `work` as the only writer, unless the device has been revoked. @returns undefined when it has */
export function asActiveDevice<Result>(database: BackendDatabase, device: LeasingDevice, work: (work: MunicipalityWork) => Promise<Result>): Promise<Result | undefined> {
  return asOnlyWriter(database, device.municipalityId, async (writer) => ((await isActive(writer, device)) ? work(writer) : undefined));
}
