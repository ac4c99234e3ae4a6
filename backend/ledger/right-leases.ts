/**
 * Rights to buy, made for the present phase of sale and leased to one device. A right is over when its device has given it back; the next
 * one counts what was bought meanwhile. While one is out, nobody of the same people is in another (`right_holder`). Those who have no
 * right are told why, once (`standing`).
 */
import type { ExpressionBuilder, Kysely } from 'kysely';
import { AccountId, DeviceId, EntitlementId } from '../../contract/ids.ts';
import type { Standing } from '../../contract/refusal.ts';
import type { SalePhase, SaleTerms } from '../../contract/scheme-rules.ts';
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
import { allowedTo, phaseOn } from './purchase-rights.ts';
import { schemeOfRow } from './stored-value.ts';

/** A scheme of which sets are sold now. */
export interface OnSale {
  readonly scheme: Scheme;
  readonly sale: SaleTerms;
  readonly phase: SalePhase;
}

export async function onSale(database: Kysely<Tables>, { municipalityId }: Pick<LeasingDevice, 'municipalityId'>, nowMs: number): Promise<OnSale[]> {
  const rows = await database.selectFrom('scheme').selectAll().where('municipality_id', '=', municipalityId).where('rules', 'is not', null).orderBy('scheme_id').execute();
  return rows.map(schemeOfRow).flatMap((scheme) => {
    const phase = phaseOn(scheme, todayAt(nowMs));
    return phase && scheme.rules?.sale ? [{ scheme, sale: scheme.rules.sale, phase }] : [];
  });
}

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
  let rights = 0;
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
    const rightId = await makeRight(work, device, { ...allowed.terms, id: newRightId(randomness) }, everybody, nowMs);
    for (const member of everybody) holders.set(member, rightId);
    for (const [member, reason] of allowed.standings) standings.say(member, reason);
    rights += 1;
  }
  return rights + (await standings.write());
}

const newRightId = (randomness: BackendRandomness) => EntitlementId.parse(`right-${Buffer.from(randomness.bytes(10)).toString('hex')}`);

async function makeRight(work: MunicipalityWork, { deviceId }: LeasingDevice, right: PurchaseRight, everybody: readonly AccountId[], nowMs: number): Promise<string> {
  const untilMs = nowMs + LEASE_MS;
  const { municipalityId: municipality_id } = work;
  await insertAll(work, 'purchase_right', [
    {
      municipality_id, right_id: right.id, scheme_id: right.schemeId, device_id: deviceId, until_ms: untilMs, state: 'held', how_ended: null, recalled: 0,
      last_day: right.lastDay, body: JSON.stringify(PurchaseRight.parse(right)),
    },
  ]);
  await insertAll(work, 'right_holder', everybody.map((account_id) => ({ municipality_id, scheme_id: right.schemeId, account_id, right_id: right.id })));
  await announce(work, [announcementOf(right, deviceId, untilMs)]);
  return right.id;
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

type Told = ReadonlyMap<string, { readonly why: Standing; readonly fresh: boolean }>;

/** What a device was told of why people have no right, and what it must be told now. */
class StandingsTold {
  readonly #work: MunicipalityWork;
  readonly #device: LeasingDevice;
  readonly #sold: OnSale;
  readonly #told: Told;
  readonly #now = new Map<AccountId, Standing | null>();

  private constructor(work: MunicipalityWork, device: LeasingDevice, sold: OnSale, told: Told) {
    this.#work = work;
    this.#device = device;
    this.#sold = sold;
    this.#told = told;
  }

  static async read(work: MunicipalityWork, device: LeasingDevice, sold: OnSale, accounts: readonly AccountId[]): Promise<StandingsTold> {
    const rows = await work.transaction
      .selectFrom('standing')
      .select(['account_id', 'why', 'stale', 'phase_first_day'])
      .where('municipality_id', '=', work.municipalityId)
      .where('device_id', '=', device.deviceId)
      .where('scheme_id', '=', sold.scheme.id)
      .where('account_id', 'in', accounts)
      .execute();
    return new StandingsTold(work, device, sold, new Map(rows.map((row) => [row.account_id, { why: row.why, fresh: row.stale === 0 && row.phase_first_day === sold.phase.firstDay }])));
  }

  say(account: AccountId, why: Standing | null): void {
    const told = this.#told.get(account);
    if (told?.fresh !== true ? told !== undefined || why !== null : told.why !== why) this.#now.set(account, why);
  }

  /** @returns how many were written */
  async write(): Promise<number> {
    if (this.#now.size === 0) return 0;
    const { transaction, municipalityId: municipality_id } = this.#work;
    const { deviceId } = this.#device;
    const { scheme, phase } = this.#sold;
    await transaction
      .deleteFrom('standing')
      .where('municipality_id', '=', municipality_id)
      .where('device_id', '=', deviceId)
      .where('scheme_id', '=', scheme.id)
      .where('account_id', 'in', [...this.#now.keys()])
      .execute();
    const standing = [...this.#now].flatMap(([account_id, why]) =>
      why === null ? [] : [{ municipality_id, device_id: deviceId, scheme_id: scheme.id, account_id, phase_first_day: phase.firstDay, why, stale: 0 as const }],
    );
    await insertAll(this.#work, 'standing', standing);
    const changed = [...this.#now].filter(([account, why]) => (this.#told.get(account)?.why ?? null) !== why);
    await announce(
      this.#work,
      changed.map(([accountId, why]) => ({ change: { type: 'standing' as const, accountId, schemeId: scheme.id, why }, deviceId, subject: `standing/${scheme.id}/${accountId}` })),
    );
    return this.#now.size;
  }
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

/** What the devices were told of these accounts must be looked at again. */
export async function doubtStandings({ transaction, municipalityId }: MunicipalityWork, scheme: string, accounts: readonly string[]): Promise<void> {
  if (accounts.length === 0) return;
  await transaction
    .updateTable('standing')
    .set({ stale: 1 })
    .where('municipality_id', '=', municipalityId)
    .where('scheme_id', '=', scheme)
    .where('account_id', 'in', accounts)
    .execute();
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
