/**
 * Rights to buy, made for the present phase of sale and leased to one device. A right is over when its device has given it back; the next
 * one counts what was bought meanwhile. While one is out, nobody of the same people is in another (`right_holder`). Those who have no
 * right are told why, once (`standing`).
 */
import type { ExpressionBuilder, Kysely } from 'kysely';
import { AccountId, DeviceId, EntitlementId } from '../../contract/ids.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import { PurchaseRight, type Scheme } from '../../contract/value.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { asActiveDevice } from '../devices/as-active-device.ts';
import { insertAll } from '../database/insert-all.ts';
import type { HowLeaseEnded, Tables } from '../database/tables.ts';
import type { BackendRandomness } from '../ports.ts';
import { buyersAround } from './buyers.ts';
import { announce, type Announcement, type MunicipalityWork } from './change-feed.ts';
import { goesTo, recallOf } from './grant-leases.ts';
import { ended, LEASE_MS, leaseSubject, LEASES_PER_PULL_MAX, recallSubject, RENEW_WITHIN_MS, takeOutOfFeed, todayAt, type LeasingDevice } from './leasing.ts';
import { onSale, type OnSale } from './on-sale.ts';
import { allowedTo } from './purchase-rights.ts';
import { doubtStandings, StandingsTold } from './standings.ts';

/**
 * Makes the rights that are not out yet and go to this device, renews those it holds, asks those of an earlier phase back, and says who has
 * none and why.
 * @returns how much was written; with `LEASES_PER_PULL_MAX` or more there may be more to do
 */
export async function refreshRights(database: BackendDatabase, device: LeasingDevice, randomness: BackendRandomness, nowMs: number): Promise<number> {
  // Looked at first without the lock: nearly always there is nothing to do.
  if (!(await isWaiting(database.kysely, device, nowMs))) return 0;
  const all = await asActiveDevice(database, device, async (work) => {
    let written = await renewRights(work, device, nowMs);
    written += await recallOldRights(work, device, nowMs);
    for (const sold of await onSale(work.transaction, device, nowMs)) {
      const accounts = await undecided(work.transaction, device, sold, nowMs).orderBy('account.account_id').limit(LEASES_PER_PULL_MAX).execute();
      written += await leaseRights(work, device, sold, accounts.map((row) => AccountId.parse(row.account_id)), randomness, nowMs);
    }
    return written;
  });
  return all ?? 0;
}

async function isWaiting(kysely: Kysely<Tables>, device: LeasingDevice, nowMs: number): Promise<boolean> {
  const queries = [dueForRenewal(kysely, device, nowMs), ofEarlierPhases(kysely, device, nowMs)];
  for (const query of queries) if ((await query.limit(1).execute()).length > 0) return true;
  for (const sold of await onSale(kysely, device, nowMs)) {
    if ((await undecided(kysely, device, sold, nowMs).limit(1).execute()).length > 0) return true;
  }
  return false;
}

/** Accounts for which there is no right and that go to this device, and those of which it was told something that may be true no longer. */
function undecided(kysely: Kysely<Tables>, device: LeasingDevice, { scheme, phase }: OnSale, nowMs: number) {
  return kysely
    .selectFrom('account')
    .leftJoin('standing', (join) =>
      join
        .onRef('standing.municipality_id', '=', 'account.municipality_id')
        .onRef('standing.account_id', '=', 'account.account_id')
        .on('standing.device_id', '=', device.deviceId)
        .on('standing.scheme_id', '=', scheme.id),
    )
    .select('account.account_id')
    .where('account.municipality_id', '=', device.municipalityId)
    .where('account.state', '=', 'open')
    .where('account.successor_id', 'is', null)
    .where((eb) =>
      eb.or([
        eb('standing.stale', '=', 1),
        eb('standing.phase_first_day', '<>', phase.firstDay),
        eb.and([
          eb('standing.why', 'is', null),
          goesTo(eb as ExpressionBuilder<Tables, 'account'>, device, nowMs),
          eb.not(
            eb.exists(
              eb
                .selectFrom('right_holder')
                .select('right_holder.right_id')
                .whereRef('right_holder.municipality_id', '=', 'account.municipality_id')
                .whereRef('right_holder.account_id', '=', 'account.account_id')
                .where('right_holder.scheme_id', '=', scheme.id),
            ),
          ),
        ]),
      ]),
    );
}

/**
 * Gives the accounts what the phase allows them, where nobody has it yet.
 * @param accounts those that were asked for; their households come with them
 * @returns how many rights and standings were written
 */
export async function leaseRights(
  work: MunicipalityWork,
  device: LeasingDevice,
  sold: OnSale,
  accounts: readonly AccountId[],
  randomness: BackendRandomness,
  nowMs: number,
): Promise<number> {
  if (accounts.length === 0) return 0;
  const { scheme, sale, phase } = sold;
  const buyers = await buyersAround(work, scheme.id, accounts);
  const byAccount = new Map(buyers.flatMap((buyer) => buyer.accounts.map((account) => [account, buyer] as const)));
  const holders = new Map((await holdersOf(work, scheme, [...byAccount.keys()])).map((row) => [AccountId.parse(row.account_id), row.right_id]));
  const own = await goingTo(work, device, [...byAccount.keys()], nowMs);
  const standings = await StandingsTold.read(work, device, sold, [...byAccount.keys()]);
  const made: NewRight[] = [];
  for (const account of accounts) {
    const buyer = byAccount.get(account);
    if (!buyer) continue;
    const together = phase.perHousehold === undefined ? [buyer] : buyers.filter(({ household }) => household === buyer.household);
    const allowed = allowedTo(together, scheme, sale, phase, account);
    const everybody = together.flatMap((person) => person.accounts);
    const why = allowed.standings.get(account) ?? null;
    standings.say(account, why);
    const isOut = everybody.some((member) => holders.has(member));
    if (why !== null || isOut || !own.has(account) || !allowed.terms) continue;
    const right = { ...allowed.terms, id: newRightId(randomness) };
    made.push({ right, everybody });
    for (const member of everybody) holders.set(member, right.id);
    for (const [member, reason] of allowed.standings) standings.say(member, reason);
  }
  await writeRights(work, device, made, nowMs);
  return made.length + (await standings.write());
}

const newRightId = (randomness: BackendRandomness) => EntitlementId.parse(`right-${Buffer.from(randomness.bytes(10)).toString('hex')}`);

interface NewRight {
  readonly right: PurchaseRight;
  /** All accounts of the people for whom no other right may be out. */
  readonly everybody: readonly AccountId[];
}

async function writeRights(work: MunicipalityWork, { deviceId }: LeasingDevice, made: readonly NewRight[], nowMs: number): Promise<void> {
  const untilMs = nowMs + LEASE_MS;
  const { municipalityId: municipality_id } = work;
  await insertAll(
    work,
    'purchase_right',
    made.map(({ right }) => ({
      municipality_id, right_id: right.id, scheme_id: right.schemeId, device_id: deviceId, until_ms: untilMs, state: 'held' as const, how_ended: null, recalled: 0 as const,
      last_day: right.lastDay, body: JSON.stringify(PurchaseRight.parse(right)),
    })),
  );
  await insertAll(work, 'right_holder', made.flatMap(({ right, everybody }) => everybody.map((account_id) => ({ municipality_id, scheme_id: right.schemeId, account_id, right_id: right.id }))));
  await announce(work, made.map(({ right }) => announcementOf(right, deviceId, untilMs)));
}

const announcementOf = (right: PurchaseRight, deviceId: DeviceId, untilMs: number): Announcement => ({
  change: { type: 'right', right, until: momentFromEpoch(untilMs) },
  deviceId,
  subject: leaseSubject(right.id),
});

function holdersOf({ transaction, municipalityId }: MunicipalityWork, scheme: Scheme, accounts: readonly AccountId[]) {
  return transaction.selectFrom('right_holder').select(['account_id', 'right_id']).where('municipality_id', '=', municipalityId).where('scheme_id', '=', scheme.id).where('account_id', 'in', accounts).execute();
}

async function goingTo({ transaction, municipalityId }: MunicipalityWork, device: LeasingDevice, accounts: readonly AccountId[], nowMs: number): Promise<Set<string>> {
  const rows = await transaction
    .selectFrom('account')
    .select('account.account_id')
    .where('account.municipality_id', '=', municipalityId)
    .where('account.account_id', 'in', accounts)
    .where((eb) => goesTo(eb, device, nowMs))
    .execute();
  return new Set(rows.map((row) => row.account_id));
}

function dueForRenewal(kysely: Kysely<Tables>, { municipalityId, deviceId }: LeasingDevice, nowMs: number) {
  return kysely
    .selectFrom('purchase_right')
    .select(['right_id', 'body'])
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('state', '=', 'held')
    .where('recalled', '=', 0)
    .where('last_day', '>=', todayAt(nowMs))
    .where('until_ms', '<', nowMs + RENEW_WITHIN_MS)
    .orderBy('right_id');
}

async function renewRights(work: MunicipalityWork, device: LeasingDevice, nowMs: number): Promise<number> {
  const rows = await dueForRenewal(work.transaction, device, nowMs).limit(LEASES_PER_PULL_MAX).execute();
  if (rows.length === 0) return 0;
  const untilMs = nowMs + LEASE_MS;
  await work.transaction
    .updateTable('purchase_right')
    .set({ until_ms: untilMs })
    .where('municipality_id', '=', work.municipalityId)
    .where('right_id', 'in', rows.map((row) => row.right_id))
    .execute();
  await announce(work, rows.map((row) => announcementOf(PurchaseRight.parse(JSON.parse(row.body)), device.deviceId, untilMs)));
  return rows.length;
}

function ofEarlierPhases(kysely: Kysely<Tables>, { municipalityId, deviceId }: LeasingDevice, nowMs: number) {
  return kysely
    .selectFrom('purchase_right')
    .select('right_id')
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('state', '=', 'held')
    .where('recalled', '=', 0)
    .where('last_day', '<', todayAt(nowMs))
    .orderBy('right_id');
}

async function recallOldRights(work: MunicipalityWork, device: LeasingDevice, nowMs: number): Promise<number> {
  const rows = await ofEarlierPhases(work.transaction, device, nowMs).limit(LEASES_PER_PULL_MAX).execute();
  await recallRights(work, rows.map((row) => row.right_id));
  return rows.length;
}

/** Asks the devices that hold these rights to give them back. What was recalled already is not announced again. */
export async function recallRights(work: MunicipalityWork, rights: readonly string[]): Promise<void> {
  if (rights.length === 0) return;
  const recalled = await work.transaction
    .updateTable('purchase_right')
    .set({ recalled: 1 })
    .where('municipality_id', '=', work.municipalityId)
    .where('right_id', 'in', rights)
    .where('state', '=', 'held')
    .where('recalled', '=', 0)
    .returning(['right_id', 'device_id'])
    .execute();
  await announce(work, recalled.map((row) => recallOf(row.right_id, row.device_id)));
}

/** Ends rights that this device holds, and tells it; what they leave may be given out anew. */
export async function endRights(work: MunicipalityWork, deviceId: DeviceId, rights: readonly EntitlementId[], how: HowLeaseEnded): Promise<void> {
  if (rights.length === 0) return;
  const { transaction, municipalityId } = work;
  const over = await transaction
    .updateTable('purchase_right')
    .set(ended(how))
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('state', '=', 'held')
    .where('right_id', 'in', rights)
    .returning(['right_id', 'scheme_id'])
    .execute();
  if (over.length === 0) return;
  const ids = over.map((row) => row.right_id);
  const freed = await transaction.deleteFrom('right_holder').where('municipality_id', '=', municipalityId).where('right_id', 'in', ids).returning(['scheme_id', 'account_id']).execute();
  // What was bought under it changes what others of the household may still buy.
  for (const { scheme_id, account_id } of freed) await doubtStandings(work, scheme_id, [account_id]);
  await takeOutOfFeed(work, ids.map((id) => ({ deviceId, subject: recallSubject(id) })));
  await announce(
    work,
    ids.map((id) => ({ change: { type: 'lease-ended' as const, entitlementId: EntitlementId.parse(id) }, deviceId, subject: leaseSubject(id) })),
  );
}

/** The device that holds each of these accounts' right in the sale, if one is out. */
export async function rightsOut({ transaction, municipalityId }: MunicipalityWork, scheme: Scheme, accounts: readonly AccountId[]): Promise<Array<{ readonly rightId: EntitlementId; readonly deviceId: DeviceId }>> {
  const rows = await transaction
    .selectFrom('right_holder')
    .innerJoin('purchase_right', (join) => join.onRef('purchase_right.municipality_id', '=', 'right_holder.municipality_id').onRef('purchase_right.right_id', '=', 'right_holder.right_id'))
    .select(['purchase_right.right_id as rightId', 'purchase_right.device_id as deviceId'])
    .distinct()
    .where('right_holder.municipality_id', '=', municipalityId)
    .where('right_holder.scheme_id', '=', scheme.id)
    .where('right_holder.account_id', 'in', accounts)
    .execute();
  return rows.map((row) => ({ rightId: EntitlementId.parse(row.rightId), deviceId: DeviceId.parse(row.deviceId) }));
}
