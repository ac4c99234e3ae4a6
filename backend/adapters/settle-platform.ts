/**
 * Tells a platform what waits in the outbox, and compares its balances with ours. Transfers of one account go in the order in which they were
 * posted: the platform must never see a debit before the load that it came from.
 */
import type { Selectable } from 'kysely';
import { AccountId, MunicipalityId, SchemeId } from '../../contract/ids.ts';
import { inTransaction, type BackendDatabase } from '../database/backend-database.ts';
import type { PlatformTransferTable } from '../database/tables.ts';
import { keepAnomaly, type AnomalyKind } from '../ledger/anomalies.ts';
import { lotsHeld } from '../ledger/stored-value.ts';
import type { BackendLog } from '../log.ts';
import type { BackendClock } from '../ports.ts';
import { keyOf } from './outbox.ts';
import type { PlatformAnswer, ValuePlatform } from './platform.ts';

export interface PlatformPorts {
  readonly database: BackendDatabase;
  readonly platform: ValuePlatform;
  readonly clock: BackendClock;
  readonly log: BackendLog;
}

const AT_ONCE = 100;
const RETRY_MIN_MS = 1_000;
const RETRY_MAX_MS = 600_000;

type TransferRow = Selectable<PlatformTransferTable>;

export interface Settlement {
  readonly settled: number;
  readonly refused: number;
  readonly waiting: number;
}

/** Sends what is due once. @returns what became of it, and how much still waits */
export async function settlePlatform(ports: PlatformPorts): Promise<Settlement> {
  const { database, clock, log } = ports;
  const nowMs = clock.now();
  const due = await dueTransfers(database, nowMs);
  const behind = new Set<string>();
  let [settled, refused] = [0, 0];
  let silence = '';
  for (const row of due) {
    const account = `${row.municipality_id} ${row.account_id} ${row.scheme_id}`;
    if (behind.has(account)) continue;
    const answer = await carryOut(ports, row);
    if (answer.kind === 'done') settled += 1;
    else if (answer.kind === 'refused') refused += 1;
    else {
      behind.add(account);
      silence = answer.detail;
      await tryLater(database, row, nowMs);
    }
  }
  const waiting = await waitingCount(database);
  if (silence !== '') log.event('platform-unreachable', { waiting, detail: silence.slice(0, 400) });
  if (settled > 0) log.event('platform-settled', { settled, waiting });
  return { settled, refused, waiting };
}

/** What may be tried now, in its order; what stands behind something of the same account that rests, rests as well. */
function dueTransfers({ kysely }: BackendDatabase, nowMs: number): Promise<TransferRow[]> {
  return kysely
    .selectFrom('platform_transfer as transfer')
    .selectAll('transfer')
    .where('transfer.state', 'in', ['waiting', 'reserved'])
    .where('transfer.next_try_ms', '<=', nowMs)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('platform_transfer as before')
            .select('before.number')
            .whereRef('before.municipality_id', '=', 'transfer.municipality_id')
            .whereRef('before.account_id', '=', 'transfer.account_id')
            .whereRef('before.scheme_id', '=', 'transfer.scheme_id')
            .where('before.state', 'in', ['waiting', 'reserved'])
            .where('before.next_try_ms', '>', nowMs)
            .whereRef('before.position', '<', 'transfer.position'),
        ),
      ),
    )
    .orderBy('transfer.municipality_id')
    .orderBy('transfer.position')
    .limit(AT_ONCE)
    .execute();
}

async function carryOut(ports: PlatformPorts, row: TransferRow): Promise<PlatformAnswer<undefined>> {
  const { platform, database, clock } = ports;
  const key = keyOf(row);
  if (row.state === 'waiting') {
    const reserved = await platform.reserve({ key, accountId: AccountId.parse(row.account_id), schemeId: SchemeId.parse(row.scheme_id), direction: row.direction, amount: row.amount });
    if (reserved.kind === 'unknown') return reserved;
    if (reserved.kind === 'refused') return refusedForEver(ports, row, reserved.why);
    await setState(database, row, ['waiting'], { state: 'reserved' });
  }
  const confirmed = await platform.confirm(key);
  if (confirmed.kind === 'unknown') return confirmed;
  if (confirmed.kind === 'refused') return refusedForEver(ports, row, confirmed.why);
  if (confirmed.value.state !== 'confirmed') return { kind: 'unknown', detail: `the platform says ${confirmed.value.state} after a confirmation` };
  await setState(database, row, ['waiting', 'reserved'], { state: 'settled', settled_ms: clock.now() });
  return { kind: 'done', value: undefined };
}

/** The movement stays in our books: it happened. People must bring both ledgers together. */
async function refusedForEver(ports: PlatformPorts, row: TransferRow, why: string): Promise<PlatformAnswer<undefined>> {
  await setState(ports.database, row, ['waiting', 'reserved'], { state: 'refused' });
  await keep(ports, row.municipality_id, keyOf(row), 'platform-refused', `The platform refuses the ${row.direction} ${keyOf(row)} of ${row.amount}: ${why}.`);
  return { kind: 'refused', why: 'bad-request' };
}

/** @param from another process may have come further meanwhile; nothing goes back */
async function setState({ kysely }: BackendDatabase, { operation_id, number }: TransferRow, from: ReadonlyArray<TransferRow['state']>, change: Partial<Pick<TransferRow, 'state' | 'settled_ms'>>): Promise<void> {
  await kysely.updateTable('platform_transfer').set(change).where('operation_id', '=', operation_id).where('number', '=', number).where('state', 'in', from).execute();
}

async function tryLater({ kysely }: BackendDatabase, { operation_id, number, attempts }: TransferRow, nowMs: number): Promise<void> {
  const wait = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** Math.min(attempts, 20));
  await kysely
    .updateTable('platform_transfer')
    .set({ attempts: attempts + 1, next_try_ms: nowMs + wait })
    .where('operation_id', '=', operation_id)
    .where('number', '=', number)
    .execute();
}

async function waitingCount({ kysely }: BackendDatabase): Promise<number> {
  const row = await kysely.selectFrom('platform_transfer').select((eb) => eb.fn.countAll<number>().as('count')).where('state', 'in', ['waiting', 'reserved']).executeTakeFirstOrThrow();
  return row.count;
}

function keep({ database, log, clock }: PlatformPorts, municipality: string, subject: string, what: AnomalyKind, detail: string): Promise<void> {
  log.event('backend-anomaly', { device: 'platform', what, detail });
  return inTransaction(database, (work) => keepAnomaly(work, { municipalityId: MunicipalityId.parse(municipality) }, { entry: { seq: 0, hash: subject }, what, detail }, clock.now()));
}

export interface Comparison {
  readonly compared: number;
  readonly differing: number;
  /** Accounts of which something still waits, or whose balance the platform did not say: they are compared another time. */
  readonly left: number;
}

/** Compares the balance of every account that was ever told to the platform. A difference is kept for staff once a day. @param day the day, `2026-11-21` */
export async function comparePlatform(ports: PlatformPorts, day: string): Promise<Comparison> {
  const { database, platform } = ports;
  let [compared, differing, left] = [0, 0, 0];
  for (let after = { town: '', account: '', scheme: '' }; ; ) {
    const rows = await accountsAfter(database, after);
    for (const row of rows) {
      if (row.open > 0) {
        left += 1;
        continue;
      }
      const said = await platform.balance(AccountId.parse(row.account_id), SchemeId.parse(row.scheme_id));
      // Posted meanwhile: what the platform said may be from before.
      const ours = await ownBalance(database, row);
      if (said.kind !== 'done' || ours === undefined) {
        left += 1;
        continue;
      }
      compared += 1;
      if (said.value.amount === ours) continue;
      differing += 1;
      await keep(ports, row.municipality_id, `${day} ${row.account_id} ${row.scheme_id}`.slice(0, 120), 'platform-differs', `The platform has ${said.value.amount} on an account of ${row.scheme_id}, our books have ${ours}.`);
    }
    const last = rows.at(-1);
    if (!last) return { compared, differing, left };
    after = { town: last.municipality_id, account: last.account_id, scheme: last.scheme_id };
  }
}

interface ToldAccount {
  readonly municipality_id: string;
  readonly account_id: string;
  readonly scheme_id: string;
  /** Transfers that are neither settled nor refused. */
  readonly open: number;
}

async function accountsAfter({ kysely }: BackendDatabase, after: { readonly town: string; readonly account: string; readonly scheme: string }): Promise<ToldAccount[]> {
  const rows = await kysely
    .selectFrom('platform_transfer')
    .select((eb) => ['municipality_id', 'account_id', 'scheme_id', eb.fn.count<number>('number').filterWhere('state', 'in', ['waiting', 'reserved']).as('open')])
    .where((eb) =>
      eb.or([
        eb('municipality_id', '>', after.town),
        eb.and([eb('municipality_id', '=', after.town), eb('account_id', '>', after.account)]),
        eb.and([eb('municipality_id', '=', after.town), eb('account_id', '=', after.account), eb('scheme_id', '>', after.scheme)]),
      ]),
    )
    .groupBy(['municipality_id', 'account_id', 'scheme_id'])
    .orderBy('municipality_id')
    .orderBy('account_id')
    .orderBy('scheme_id')
    .limit(AT_ONCE)
    .execute();
  return rows.map((row) => ({ ...row, open: Number(row.open) }));
}

/** @returns undefined when something waits to be told */
function ownBalance(database: BackendDatabase, { municipality_id, account_id, scheme_id }: ToldAccount): Promise<number | undefined> {
  return inTransaction(database, async (work) => {
    const open = await work.transaction
      .selectFrom('platform_transfer')
      .select('number')
      .where('municipality_id', '=', municipality_id)
      .where('account_id', '=', account_id)
      .where('scheme_id', '=', scheme_id)
      .where('state', 'in', ['waiting', 'reserved'])
      .limit(1)
      .execute();
    if (open.length > 0) return undefined;
    const lots = await lotsHeld(work, MunicipalityId.parse(municipality_id), [AccountId.parse(account_id)]);
    return lots.reduce((sum, { lot, amount }) => sum + (lot.schemeId === scheme_id ? amount : 0), 0);
  });
}
