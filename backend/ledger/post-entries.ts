/**
 * Takes devices' journal entries over, each exactly once: the entry into the journal, its movement into the ledger, its change into
 * the feed, all in one transaction with the acknowledgement. Known entries are answered again; a second history of the same device
 * is refused and kept as evidence. Several devices are served with the same few statements.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { checkEntry, type CheckedEntry } from '../../contract/journal-hash.ts';
import { sealHoldsElsewhere } from '../../contract/journal-seal.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import type { DeviceId, MunicipalityId } from '../../contract/ids.ts';
import type { PushRequest } from '../../contract/sync.ts';
import { keepAnomaly, type Anomaly, type AnomalyKind } from './anomalies.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import { insertAll } from '../database/insert-all.ts';
import { applyFacts, type TakenEntry } from './apply-facts.ts';
import type { MunicipalityWork } from './change-feed.ts';
import { journalHeadsOf, NO_ENTRY, type JournalHead } from './journal-head.ts';
import { keepSeals } from './journal-seals.ts';

export interface JournalDevice {
  readonly municipalityId: MunicipalityId;
  readonly deviceId: DeviceId;
  /** Ed25519, 32 bytes in base64url: its seals are checked with it. */
  readonly publicKey: string;
}

export type PostOutcome =
  | { readonly kind: 'acknowledged'; readonly seq: number; readonly hash: string; readonly posted: number; readonly anomalies: readonly Anomaly[] }
  | { readonly kind: 'gap'; readonly expectedSeq: number }
  | { readonly kind: 'bad-seal'; readonly anomaly: Anomaly }
  | { readonly kind: 'chain-broken'; readonly anomaly: Anomaly }
  | { readonly kind: 'conflict'; readonly anomaly: Anomaly };

/** A push of which everything is known that can be known without the database. */
export interface CheckedPush {
  readonly device: JournalDevice;
  readonly entries: ReadonlyArray<{ readonly entry: JournalEntry; readonly checked: CheckedEntry }>;
  readonly last: JournalEntry;
  readonly seal: string;
  readonly sealed: boolean;
}

/** Entries that are checked before others are served: a kiosk that was away for weeks comes with many. */
const ENTRIES_AT_ONCE = 64;
/** Those who come with many are checked one after the other, so that the first can be posted while the second is checked. */
let manyBefore: Promise<unknown> = Promise.resolve();

async function checkEntries(deviceId: DeviceId, entries: readonly JournalEntry[]): Promise<CheckedPush['entries']> {
  const check = (some: readonly JournalEntry[]) => some.map((entry) => ({ entry, checked: checkEntry(deviceId, entry) }));
  if (entries.length <= ENTRIES_AT_ONCE) return check(entries);
  const inTurn = async () => {
    const checked: Array<CheckedPush['entries'][number]> = [];
    for (let start = 0; start < entries.length; start += ENTRIES_AT_ONCE) {
      await turn();
      checked.push(...check(entries.slice(start, start + ENTRIES_AT_ONCE)));
    }
    return checked;
  };
  const own = manyBefore.then(inTurn);
  manyBefore = own.catch(() => undefined);
  return own;
}

/** @param push as the device sent it: at least one entry, and its seal of the last of them */
export async function checkPush(device: JournalDevice, { entries, seal }: PushRequest): Promise<CheckedPush> {
  const last = entries.at(-1);
  if (!last) throw new Error('A push has at least one entry');
  const sealed = await sealHoldsElsewhere(device.publicKey, device.deviceId, last, seal);
  return { device, entries: sealed ? await checkEntries(device.deviceId, entries) : [], last, seal, sealed };
}

export interface PostOptions {
  readonly nowMs: number;
  /** The town's master keys, with which proofs of cards are checked. */
  readonly cardKeys?: CardMasterKeys | undefined;
}

/**
 * @param pushes each of another device
 * @returns what to answer to each; anomalies are written, so the transaction must be committed whatever the outcome is
 */
export async function postPushes(work: MunicipalityWork, pushes: readonly CheckedPush[], options: PostOptions): Promise<PostOutcome[]> {
  const { nowMs, cardKeys } = options;
  if (pushes.length === 0) return [];
  const devices = pushes.map(({ device }) => device.deviceId);
  if (new Set(devices).size !== devices.length) throw new Error('Two pushes of one device are posted one after the other');
  const [heads, known] = await Promise.all([journalHeadsOf(work, devices), idsInJournal(work, pushes)]);
  const judged: Judged[] = [];
  for (const push of pushes) judged.push(await judge(work, push, heads.get(push.device.deviceId) ?? NO_ENTRY, known));

  const taken = judged.flatMap((one) => (one.kind === 'taken' ? one.taken : []));
  let recorded: Promise<void> | undefined;
  const record = () => (recorded ??= keepEntries(work, judged, taken, nowMs));
  const anomalies = await applyFacts({ work, cardKeys, nowMs, record }, taken);
  const outcomes: PostOutcome[] = [];
  for (const one of judged) {
    if (one.kind === 'gap') outcomes.push(one);
    else if (one.kind !== 'taken') outcomes.push(await refused(work, one, nowMs));
    else {
      const own = anomalies.filter(({ deviceId }) => deviceId === one.push.device.deviceId);
      for (const anomaly of own) await keepAnomaly(work, one.push.device, anomaly, nowMs);
      outcomes.push({ kind: 'acknowledged', ...one.head, posted: one.taken.length, anomalies: own });
    }
  }
  return outcomes;
}

/** One push by itself; as `postPushes`. */
export async function postEntries(work: MunicipalityWork, device: JournalDevice, push: PushRequest, options: PostOptions): Promise<PostOutcome> {
  const [outcome] = await postPushes(work, [await checkPush(device, push)], options);
  if (!outcome) throw new Error('Every push has an outcome');
  return outcome;
}

interface Taken {
  readonly kind: 'taken';
  readonly push: CheckedPush;
  readonly taken: readonly TakenEntry[];
  /** Of the device's journal, with what is taken. */
  readonly head: JournalHead;
}
interface Refused {
  readonly kind: 'bad-seal' | 'chain-broken' | 'conflict';
  readonly push: CheckedPush;
  readonly entry: JournalEntry;
  readonly what: AnomalyKind;
  readonly detail: string;
}
type Judged = Taken | Refused | Extract<PostOutcome, { kind: 'gap' }>;

/** Writes what was taken into the journal, with the seals of its heads. */
async function keepEntries(work: MunicipalityWork, judged: readonly Judged[], taken: readonly TakenEntry[], nowMs: number): Promise<void> {
  await insertAll(
    work,
    'journal_entry',
    taken.map(({ deviceId, entry, body }) => ({
      device_id: deviceId,
      seq: entry.seq,
      entry_id: body.id,
      prev_hash: entry.prevHash,
      hash: entry.hash,
      body: entry.body,
    })),
    { same: { municipality_id: work.municipalityId, received_ms: nowMs } },
  );
  await keepSeals(work, judged.flatMap((one) => (one.kind === 'taken' && one.push.last.seq === one.head.seq ? [{ deviceId: one.push.device.deviceId, head: one.head, signature: one.push.seal }] : [])), nowMs);
}

async function refused(work: MunicipalityWork, { kind, push, entry, what, detail }: Refused, nowMs: number): Promise<PostOutcome> {
  const anomaly: Anomaly = { entry, what, detail, refused: entry };
  await keepAnomaly(work, push.device, anomaly, nowMs);
  return { kind, anomaly };
}

/** @param seen ids of entries that are in the journal; those that are taken are added */
async function judge(work: MunicipalityWork, push: CheckedPush, before: JournalHead, seen: Set<string>): Promise<Judged> {
  const { deviceId } = push.device;
  const refuse = (kind: Refused['kind'], entry: JournalEntry, what: AnomalyKind, detail: string): Refused => ({ kind, push, entry, what, detail });
  if (!push.sealed) return refuse('bad-seal', push.last, 'seal-wrong', "The seal over the entry was not made with the device's key.");
  const firstSeq = push.entries[0]?.entry.seq ?? 0;
  const contiguous = push.entries.every(({ entry }, index) => entry.seq === firstSeq + index);
  if (firstSeq > before.seq + 1 || !contiguous) return { kind: 'gap', expectedSeq: before.seq + 1 };

  const forked = await firstFork(work, deviceId, push.entries.flatMap(({ entry }) => (entry.seq <= before.seq ? entry : [])));
  if (forked) return refuse('conflict', forked, 'fork', 'The device offers another entry under a sequence number that is already in the journal.');

  const taken: TakenEntry[] = [];
  let head = before;
  for (const { entry, checked } of push.entries) {
    if (entry.seq <= before.seq) continue;
    const why = entry.prevHash !== head.hash ? 'prev-hash' : checked.ok ? undefined : checked.why;
    if (why !== undefined || !checked.ok) return refuse('chain-broken', entry, 'chain-broken', `The entry does not continue the device's journal: ${why}.`);
    taken.push({ deviceId, entry, body: checked.body });
    head = { seq: entry.seq, hash: entry.hash };
  }
  const ids = new Set<string>();
  for (const { entry, body } of taken) {
    if (seen.has(body.id) || ids.has(body.id)) return refuse('conflict', entry, 'entry-id-repeated', 'The id of the entry is already in the journal.');
    ids.add(body.id);
  }
  for (const id of ids) seen.add(id);
  return { kind: 'taken', push, taken, head };
}

async function firstFork({ transaction, dialect, municipalityId }: MunicipalityWork, deviceId: DeviceId, known: readonly JournalEntry[]): Promise<JournalEntry | undefined> {
  if (known.length === 0) return undefined;
  const rows = await transaction
    .selectFrom('journal_entry')
    .select(['seq', 'hash'])
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where(dialect.oneOf('seq', known.map((entry) => entry.seq)))
    .execute();
  const hashes = new Map(rows.map((row) => [row.seq, row.hash]));
  return known.find((entry) => hashes.get(entry.seq) !== entry.hash);
}

/** Ids of entries of the pushes that are in the journal. */
async function idsInJournal({ transaction, dialect, municipalityId }: MunicipalityWork, pushes: readonly CheckedPush[]): Promise<Set<string>> {
  const ids = pushes.flatMap(({ entries }) => entries.flatMap(({ checked }) => (checked.ok ? checked.body.id : [])));
  if (ids.length === 0) return new Set();
  // Not limited to the town by the database: before it knows how large the journal is, it would rather read all of the town's.
  const rows = await transaction.selectFrom('journal_entry').select(['municipality_id', 'entry_id']).where(dialect.oneOf('entry_id', ids)).execute();
  return new Set(rows.filter((row) => row.municipality_id === municipalityId).map((row) => row.entry_id));
}
