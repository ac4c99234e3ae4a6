/** Holds: which device alone may take value out of an account that is kept in the ledger. */
import { AccountId, type DeviceId } from '../../contract/ids.ts';
import type { MunicipalityWork } from './change-feed.ts';

/** Those of the accounts that the device holds. */
export async function holdsOf({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId, accounts: readonly AccountId[]): Promise<Set<AccountId>> {
  if (accounts.length === 0) return new Set();
  const rows = await transaction
    .selectFrom('account_hold')
    .select('account_id')
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('account_id', 'in', accounts)
    .where('state', '=', 'held')
    .execute();
  return new Set(rows.map((row) => AccountId.parse(row.account_id)));
}
