/**
 * Holds: where the value is in the ledger, only the device that has the account's hold may take some out. One device at a time has it (a
 * unique index sees to it), until it says that it has given it back.
 */
import { AccountId, DeviceId } from '../../contract/ids.ts';
import type { HoldResponse } from '../../contract/sync.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import { insertAll } from '../database/insert-all.ts';
import type { HowLeaseEnded } from '../database/tables.ts';
import { announce, type MunicipalityWork } from './change-feed.ts';
import { ended, holdRecallSubject, holdSubject, takeOutOfFeed, type LeasingDevice } from './leasing.ts';

/** A hold is for somebody who stands at the device: it is not renewed by pulling, only by asking again. */
export const HOLD_MS = 86_400_000;

/** Gives the device the account's hold if nobody else has it; otherwise asks the other device to give it back. */
export async function holdAccount(work: MunicipalityWork, { municipalityId, deviceId }: LeasingDevice, account: AccountId, nowMs: number): Promise<HoldResponse> {
  const { transaction } = work;
  const known = await transaction.selectFrom('account').select('state').where('municipality_id', '=', municipalityId).where('account_id', '=', account).executeTakeFirst();
  if (known?.state !== 'open') return { kind: 'unknown-account' };
  const holder = await transaction.selectFrom('account_hold').selectAll().where('municipality_id', '=', municipalityId).where('account_id', '=', account).where('state', '=', 'held').executeTakeFirst();
  if (holder && holder.device_id !== deviceId) {
    await recallHold(work, account, holder);
    return { kind: 'elsewhere' };
  }
  const lasts = holder !== undefined && holder.recalled === 0 && holder.until_ms > nowMs + HOLD_MS / 2;
  if (!lasts) await writeHold(work, deviceId, account, nowMs + HOLD_MS);
  const row = await transaction
    .selectFrom('change')
    .select('cursor')
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('subject', '=', holdSubject(account))
    .executeTakeFirstOrThrow();
  return { kind: 'held', cursor: row.cursor };
}

async function writeHold(work: MunicipalityWork, deviceId: DeviceId, account: AccountId, untilMs: number): Promise<void> {
  const { transaction, municipalityId } = work;
  await transaction.deleteFrom('account_hold').where('municipality_id', '=', municipalityId).where('account_id', '=', account).where('device_id', '=', deviceId).execute();
  await insertAll(work, 'account_hold', [{ municipality_id: municipalityId, account_id: account, device_id: deviceId, until_ms: untilMs, state: 'held', how_ended: null, recalled: 0 }]);
  await takeOutOfFeed(work, [{ deviceId, subject: holdRecallSubject(account) }]);
  await announce(work, [{ change: { type: 'hold', accountId: account, until: momentFromEpoch(untilMs) }, deviceId, subject: holdSubject(account) }]);
}

async function recallHold(work: MunicipalityWork, account: AccountId, holder: { readonly device_id: string; readonly recalled: 0 | 1 }): Promise<void> {
  if (holder.recalled === 1) return;
  await work.transaction
    .updateTable('account_hold')
    .set({ recalled: 1 })
    .where('municipality_id', '=', work.municipalityId)
    .where('account_id', '=', account)
    .where('device_id', '=', holder.device_id)
    .execute();
  await announce(work, [{ change: { type: 'hold-recalled', accountId: account }, deviceId: DeviceId.parse(holder.device_id), subject: holdRecallSubject(account) }]);
}

/** Ends holds that this device has. What was said of them is taken out of the feed: the device knows that it gave them back. */
export async function endHolds(work: MunicipalityWork, deviceId: DeviceId, accounts: readonly AccountId[], how: HowLeaseEnded): Promise<void> {
  if (accounts.length === 0) return;
  const over = await work.transaction
    .updateTable('account_hold')
    .set(ended(how))
    .where('municipality_id', '=', work.municipalityId)
    .where('device_id', '=', deviceId)
    .where('state', '=', 'held')
    .where('account_id', 'in', accounts)
    .returning('account_id')
    .execute();
  await takeOutOfFeed(work, over.flatMap(({ account_id }) => [holdSubject(account_id), holdRecallSubject(account_id)].map((subject) => ({ deviceId, subject }))));
}

/**
 * By device, the accounts among these whose hold it has. Entries of a journal are applied in their order, so this is also what it had when
 * it wrote the entry that is being applied.
 */
export async function holdsOf({ transaction, dialect, municipalityId }: MunicipalityWork, devices: readonly DeviceId[], accounts: readonly AccountId[]): Promise<Map<DeviceId, Set<AccountId>>> {
  if (accounts.length === 0) return new Map();
  const rows = await transaction
    .selectFrom('account_hold')
    .select(['device_id', 'account_id'])
    .where('municipality_id', '=', municipalityId)
    .where(dialect.oneOf('device_id', devices))
    .where('state', '=', 'held')
    .where(dialect.oneOf('account_id', accounts))
    .execute();
  const held = Map.groupBy(rows, ({ device_id }) => DeviceId.parse(device_id));
  return new Map([...held].map(([deviceId, own]) => [deviceId, new Set(own.map(({ account_id }) => AccountId.parse(account_id)))]));
}
