/**
 * What a revoked device still pushes is no longer believed and not lost either: it is checked like any journal and kept, in nobody's books,
 * until staff have looked at it.
 */
import type { DeviceId} from '../../contract/ids.ts';
import { MunicipalityId } from '../../contract/ids.ts';
import { checkChain } from '../../contract/journal-hash.ts';
import { sealHolds } from '../../contract/journal-seal.ts';
import { GENESIS_HASH, JournalBody, type JournalEntry } from '../../contract/journal.ts';
import type { PushRequest } from '../../contract/sync.ts';
import type { Moment } from '../../contract/time.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { insertAll } from '../database/insert-all.ts';
import { keepAnomaly, type Anomaly, type AnomalyKind } from '../ledger/anomalies.ts';
import { asOnlyWriter, type MunicipalityWork } from '../ledger/change-feed.ts';
import type { StaffDecision } from '../ledger/staff-decision.ts';
import { postEntries, type JournalDevice } from '../ledger/post-entries.ts';
import { listLeases, type LeaseName } from './device-leases.ts';
import { findDevice } from './known-devices.ts';
import { reinstate } from './reinstate.ts';
import { endAll } from './write-off.ts';

/** Whoever has stolen a device can sign as much as he likes: beyond this nothing more is kept. Months of a busy kiosk fit. */
const ENTRIES_MAX = 200_000;
/** Likewise of what does not even continue the journal. */
const FAULTS_MAX = 100;

export interface Quarantined {
  /** From where the device would go on. */
  readonly expectedSeq: number;
  readonly kept: number;
  readonly anomaly?: Anomaly;
}

/** Keeps what a revoked device pushed, each entry once. Nothing is posted. */
export async function keepInQuarantine(work: MunicipalityWork, device: JournalDevice, { entries, seal }: PushRequest, nowMs: number): Promise<Quarantined> {
  const { transaction, municipalityId } = work;
  await transaction.updateTable('device').set({ last_seen_ms: nowMs }).where('municipality_id', '=', municipalityId).where('device_id', '=', device.deviceId).execute();
  const head = await lastKnown(work, device.deviceId);
  const expectedSeq = head.seq + 1;
  const first = entries[0];
  const last = entries.at(-1);
  if (!first || !last || first.seq > expectedSeq || !entries.every((entry, index) => entry.seq === first.seq + index)) return { expectedSeq, kept: 0 };
  const fault = async (entry: JournalEntry, what: AnomalyKind, detail: string): Promise<Quarantined> => {
    const anomaly: Anomaly = { entry, what, detail: `Of a revoked device: ${detail}`, refused: entry };
    if ((await faultsOf(work, device.deviceId)) < FAULTS_MAX) await keepAnomaly(work, device, anomaly, nowMs);
    return { expectedSeq, kept: 0, anomaly };
  };
  if (!sealHolds(device.publicKey, device.deviceId, last, seal)) return fault(last, 'seal-wrong', "The seal over the entry was not made with the device's key.");
  const forked = await firstFork(work, device.deviceId, entries.filter(({ seq }) => seq < expectedSeq));
  if (forked) return fault(forked, 'fork', 'It offers another entry under a sequence number that is known already.');
  const fresh = entries.filter(({ seq }) => seq >= expectedSeq);
  const chain = checkChain(device.deviceId, fresh, head.seq, head.hash);
  if (!chain.ok) return fault(fresh.find(({ seq }) => seq === chain.fault.seq) ?? last, 'chain-broken', `The entry does not continue the device's journal: ${chain.fault.why}.`);
  if (fresh.length === 0 || (await entriesOf(work, device.deviceId)) + fresh.length > ENTRIES_MAX) return { expectedSeq, kept: 0 };
  await insertAll(
    work,
    'quarantine_entry',
    fresh.map(({ seq, prevHash, hash, body }) => ({
      municipality_id: municipalityId, device_id: device.deviceId, seq, prev_hash: prevHash, hash, body, seal: seq === last.seq ? seal : null, received_ms: nowMs, accepted_ms: null, staff_id: null, reason: null,
    })),
  );
  return { expectedSeq: chain.seq + 1, kept: fresh.length };
}

const KNOWN_IN = ['quarantine_entry', 'journal_entry'] as const;

/** The last entry of the device that is in the journal or in quarantine. */
async function lastKnown({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId): Promise<{ readonly seq: number; readonly hash: string }> {
  let head = { seq: 0, hash: GENESIS_HASH };
  for (const table of KNOWN_IN) {
    const row = await transaction.selectFrom(table).select(['seq', 'hash']).where('municipality_id', '=', municipalityId).where('device_id', '=', deviceId).orderBy('seq', 'desc').limit(1).executeTakeFirst();
    if (row && row.seq > head.seq) head = row;
  }
  return head;
}

async function firstFork({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId, entries: readonly JournalEntry[]): Promise<JournalEntry | undefined> {
  if (entries.length === 0) return undefined;
  const hashes = new Map<number, string>();
  for (const table of KNOWN_IN) {
    const rows = await transaction.selectFrom(table).select(['seq', 'hash']).where('municipality_id', '=', municipalityId).where('device_id', '=', deviceId).where('seq', 'in', entries.map(({ seq }) => seq)).execute();
    for (const { seq, hash } of rows) hashes.set(seq, hash);
  }
  return entries.find(({ seq, hash }) => hashes.get(seq) !== hash);
}

async function faultsOf({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId): Promise<number> {
  const row = await transaction
    .selectFrom('anomaly')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('what', 'in', ['seal-wrong', 'fork', 'chain-broken'])
    .executeTakeFirstOrThrow();
  return row.count;
}

async function entriesOf({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId): Promise<number> {
  const row = await transaction.selectFrom('quarantine_entry').select((eb) => eb.fn.countAll<number>().as('count')).where('municipality_id', '=', municipalityId).where('device_id', '=', deviceId).executeTakeFirstOrThrow();
  return row.count;
}

/** What an entry in quarantine claims; nothing about a person but the account's number. */
export interface QuarantineLine {
  readonly deviceId: string;
  readonly seq: number;
  /** By the device's clock. */
  readonly at: Moment;
  readonly fact: JournalBody['fact'];
  /** By whom and why it was accepted; null while it waits. */
  readonly accepted: { readonly staff: string | null; readonly reason: string } | null;
}

/** @param deviceId of this device only */
export async function listQuarantine({ kysely }: BackendDatabase, deviceId?: DeviceId): Promise<QuarantineLine[]> {
  const rows = await kysely
    .selectFrom('quarantine_entry')
    .selectAll()
    .$if(deviceId !== undefined, (query) => query.where('device_id', '=', deviceId ?? ''))
    .orderBy('device_id')
    .orderBy('seq')
    .execute();
  return rows.map((row) => {
    const { at, fact } = JournalBody.parse(JSON.parse(row.body));
    return { deviceId: row.device_id, seq: row.seq, at, fact, accepted: row.reason === null ? null : { staff: row.staff_id, reason: row.reason } };
  });
}

export type Acceptance =
  | { readonly kind: 'accepted'; readonly entries: number; readonly anomalies: readonly Anomaly[] }
  | { readonly kind: 'nothing-there' }
  /** The journal and the quarantine do not fit together any more; nothing was changed. */
  | { readonly kind: 'refused'; readonly detail: string };

const nameOf = ({ kind, id }: LeaseName): string => `${kind} ${id}`;

/** Told to end the transaction and undo everything. */
class Undone extends Error {}

/**
 * Posts what waits in quarantine as if the device had never been revoked. What was written off and given to others meanwhile becomes an
 * anomaly. All of it or nothing.
 */
export async function acceptQuarantine(
  database: BackendDatabase,
  { deviceId, decision, nowMs, cardKeys }: { readonly deviceId: DeviceId; readonly decision: StaffDecision; readonly nowMs: number; readonly cardKeys?: CardMasterKeys | undefined },
): Promise<Acceptance> {
  const device = await findDevice(database, deviceId);
  if (!device) return { kind: 'nothing-there' };
  try {
    return await asOnlyWriter(database, MunicipalityId.parse(device.municipalityId), async (work): Promise<Acceptance> => {
      const pushes = await waitingPushes(work, deviceId);
      if (pushes.length === 0) return { kind: 'nothing-there' };
      const before = new Set((await listLeases(work.transaction, deviceId)).map(nameOf));
      await reinstate(work, deviceId);
      const anomalies: Anomaly[] = [];
      let entries = 0;
      for (const push of pushes) {
        const outcome = await postEntries(work, device, push, { nowMs, cardKeys });
        if (outcome.kind !== 'acknowledged') throw new Undone(outcome.kind === 'gap' ? `entry ${outcome.expectedSeq} is missing` : outcome.anomaly.detail);
        anomalies.push(...outcome.anomalies);
        entries += push.entries.length;
      }
      await endAll(work, deviceId, (await listLeases(work.transaction, deviceId)).filter((lease) => !before.has(nameOf(lease))), 'written-off');
      await work.transaction
        .updateTable('quarantine_entry')
        .set({ accepted_ms: nowMs, staff_id: decision.staff, reason: decision.reason })
        .where('municipality_id', '=', work.municipalityId)
        .where('device_id', '=', deviceId)
        .where('accepted_ms', 'is', null)
        .execute();
      return { kind: 'accepted', entries, anomalies };
    });
  } catch (error) {
    if (error instanceof Undone) return { kind: 'refused', detail: error.message };
    throw error;
  }
}

/** What waits, as it was pushed: entries up to one that the device has sealed. */
async function waitingPushes({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId): Promise<PushRequest[]> {
  const rows = await transaction.selectFrom('quarantine_entry').selectAll().where('municipality_id', '=', municipalityId).where('device_id', '=', deviceId).where('accepted_ms', 'is', null).orderBy('seq').execute();
  const pushes: PushRequest[] = [];
  let entries: JournalEntry[] = [];
  for (const { seq, prev_hash: prevHash, hash, body, seal } of rows) {
    entries.push({ seq, prevHash, hash, body });
    if (seal === null) continue;
    pushes.push({ entries, seal });
    entries = [];
  }
  return pushes;
}
