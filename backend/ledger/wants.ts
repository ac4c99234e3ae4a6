/** An account's holder stands at a device: what is theirs comes to this device, and is asked back from where it is. */
import { EntitlementId, type AccountId, type SchemeId } from '../../contract/ids.ts';
import type { WantResponse } from '../../contract/sync.ts';
import type { BackendRandomness } from '../ports.ts';
import { buyersAround } from './buyers.ts';
import type { MunicipalityWork } from './change-feed.ts';
import { leasingRests } from './generations.ts';
import { leaseGrants, recallGrantLeases } from './grant-leases.ts';
import { todayAt, type LeasingDevice } from './leasing.ts';
import { onSale } from './on-sale.ts';
import { leaseRights, recallRights, rightsOut } from './right-leases.ts';
import { rightsHeld } from './sales.ts';
import { leaseStock } from './stock-leases.ts';

export interface WantOptions {
  readonly nowMs: number;
  readonly randomness: BackendRandomness;
  readonly stockPerDeviceMax: number;
}

/** @returns undefined when the town has no such account, or it is closed */
export async function wantAccount(work: MunicipalityWork, device: LeasingDevice, account: AccountId, options: WantOptions): Promise<WantResponse | undefined> {
  const { nowMs, randomness, stockPerDeviceMax } = options;
  const { transaction, municipalityId } = work;
  const known = await transaction.selectFrom('account').select('state').where('municipality_id', '=', municipalityId).where('account_id', '=', account).executeTakeFirst();
  if (known?.state !== 'open') return undefined;
  await noteWanted(work, device, account, nowMs);
  if (await leasingRests(transaction, municipalityId)) return { cursor: await lastCursor(work), recalled: 0 };
  const open = await transaction
    .selectFrom('entitlement')
    .select('entitlement_id')
    .where('municipality_id', '=', municipalityId)
    .where('account_id', '=', account)
    .where('state', '=', 'open')
    .where('last_day', '>=', todayAt(nowMs))
    .execute();
  let recalled = await recallGrantLeases(work, open.map((row) => EntitlementId.parse(row.entitlement_id)), device.deviceId);
  await leaseGrants(work, device, nowMs, [account]);
  const wanted = new Map<SchemeId, number>();
  for (const sold of await onSale(transaction, device, nowMs)) {
    const people = await buyersAround(work, sold.scheme.id, [account]);
    const out = await rightsOut(work, sold.scheme, people.filter((person) => sold.phase.perHousehold !== undefined || person.accounts.includes(account)).flatMap((person) => person.accounts));
    const here = (await rightsHeld(work, [device.deviceId], out.map(({ rightId }) => rightId))).get(device.deviceId);
    // A right that does not name this account is no use to its holder, even here.
    const others = out.filter(({ rightId }) => here?.get(rightId)?.accountIds.includes(account) !== true);
    await recallRights(work, others.map(({ rightId }) => rightId));
    recalled += others.length;
    await leaseRights(work, device, sold, [account], randomness, nowMs);
    const own = (await rightsHeld(work, [device.deviceId], (await rightsOut(work, sold.scheme, [account])).map(({ rightId }) => rightId))).get(device.deviceId);
    wanted.set(sold.scheme.id, Math.max(0, ...[...(own?.values() ?? [])].map((right) => right.sets)));
  }
  await leaseStock(work, device, { perDeviceMax: stockPerDeviceMax, nowMs, randomness, wanted });
  return { cursor: await lastCursor(work), recalled };
}

async function lastCursor({ transaction, municipalityId }: MunicipalityWork): Promise<number> {
  return (await transaction.selectFrom('change_counter').select('last_cursor').where('municipality_id', '=', municipalityId).executeTakeFirstOrThrow()).last_cursor;
}

async function noteWanted({ transaction, municipalityId }: MunicipalityWork, { deviceId }: LeasingDevice, account: AccountId, nowMs: number): Promise<void> {
  await transaction
    .insertInto('account_wanted')
    .values({ municipality_id: municipalityId, account_id: account, device_id: deviceId, wanted_ms: nowMs })
    .onConflict((conflict) => conflict.columns(['municipality_id', 'account_id']).doUpdateSet({ device_id: deviceId, wanted_ms: nowMs }))
    .execute();
}
