/**
 * Takes a device's journal entries over, each exactly once: the entry into the journal, its movement into the ledger, its change into
 * the feed, all in one transaction with the acknowledgement. Known entries are answered again; a second history of the same device
 * is refused and kept as evidence.
 */
import { checkChain } from '../../contract/journal-hash.ts';
import { sealHolds } from '../../contract/journal-seal.ts';
import type { JournalBody, JournalEntry } from '../../contract/journal.ts';
import type { DeviceId, MunicipalityId } from '../../contract/ids.ts';
import type { PushRequest } from '../../contract/sync.ts';
import { keepAnomaly, type Anomaly, type AnomalyKind } from './anomalies.ts';
import type { CardMasterKeys } from '../cards/master-keys.ts';
import { insertAll } from '../database/insert-all.ts';
import { applyFacts } from './apply-facts.ts';
import type { MunicipalityWork } from './change-feed.ts';
import { journalHeadOf } from './journal-head.ts';
import { keepSeal } from './journal-seals.ts';

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

/**
 * @param push as the device sent it: at least one entry, and its seal of the last of them
 * @param options `cardKeys`: the town's master keys, with which proofs of cards are checked
 * @returns what to answer; anomalies are written, so the transaction must be committed whatever the outcome is
 */
export async function postEntries(
  work: MunicipalityWork,
  device: JournalDevice,
  { entries, seal }: PushRequest,
  { nowMs, cardKeys }: { readonly nowMs: number; readonly cardKeys?: CardMasterKeys | undefined },
): Promise<PostOutcome> {
  const last = entries.at(-1);
  if (!last) throw new Error('A push has at least one entry');
  const refuse = async <Kind extends 'bad-seal' | 'chain-broken' | 'conflict'>(kind: Kind, entry: JournalEntry, what: AnomalyKind, detail: string) => {
    const anomaly: Anomaly = { entry, what, detail, refused: entry };
    await keepAnomaly(work, device, anomaly, nowMs);
    return { kind, anomaly };
  };
  if (!sealHolds(device.publicKey, device.deviceId, last, seal)) return refuse('bad-seal', last, 'seal-wrong', "The seal over the entry was not made with the device's key.");

  const head = await journalHeadOf(work.transaction, work.municipalityId, device.deviceId);
  const firstSeq = entries[0]?.seq ?? 0;
  const contiguous = entries.every((entry, index) => entry.seq === firstSeq + index);
  if (firstSeq > head.seq + 1 || !contiguous) return { kind: 'gap', expectedSeq: head.seq + 1 };

  const forked = await firstFork(work, device.deviceId, entries.filter((entry) => entry.seq <= head.seq));
  if (forked) return refuse('conflict', forked, 'fork', 'The device offers another entry under a sequence number that is already in the journal.');

  const fresh = entries.filter((entry) => entry.seq > head.seq);
  const chain = checkChain(device.deviceId, fresh, head.seq, head.hash);
  if (!chain.ok) {
    const entry = fresh.find(({ seq }) => seq === chain.fault.seq);
    if (!entry) throw new Error('The fault of a chain names an entry that was not offered');
    return refuse('chain-broken', entry, 'chain-broken', `The entry does not continue the device's journal: ${chain.fault.why}.`);
  }
  const repeated = await firstRepeatedId(work, chain.bodies);
  if (repeated !== undefined) {
    const entry = fresh[repeated];
    if (!entry) throw new Error('A chain has as many bodies as entries');
    return refuse('conflict', entry, 'entry-id-repeated', 'The id of the entry is already in the journal.');
  }

  await insertAll(
    work,
    'journal_entry',
    fresh.map((entry, index) => ({
      municipality_id: device.municipalityId,
      device_id: device.deviceId,
      seq: entry.seq,
      entry_id: chain.bodies[index]?.id ?? '',
      prev_hash: entry.prevHash,
      hash: entry.hash,
      body: entry.body,
      received_ms: nowMs,
    })),
  );
  if (last.seq === chain.seq) await keepSeal(work, device.deviceId, last, seal, nowMs);
  const taken = fresh.map((entry, index) => {
    const body = chain.bodies[index];
    if (!body) throw new Error('A chain has as many bodies as entries');
    return { entry, body };
  });
  const anomalies = await applyFacts({ work, deviceId: device.deviceId, cardKeys, nowMs }, taken);
  for (const anomaly of anomalies) await keepAnomaly(work, device, anomaly, nowMs);
  return { kind: 'acknowledged', seq: chain.seq, hash: chain.hash, posted: fresh.length, anomalies };
}

async function firstFork({ transaction, municipalityId }: MunicipalityWork, deviceId: DeviceId, known: readonly JournalEntry[]): Promise<JournalEntry | undefined> {
  if (known.length === 0) return undefined;
  const rows = await transaction
    .selectFrom('journal_entry')
    .select(['seq', 'hash'])
    .where('municipality_id', '=', municipalityId)
    .where('device_id', '=', deviceId)
    .where('seq', 'in', known.map((entry) => entry.seq))
    .execute();
  const hashes = new Map(rows.map((row) => [row.seq, row.hash]));
  return known.find((entry) => hashes.get(entry.seq) !== entry.hash);
}

/** Index of the first body whose id is in the journal already, or twice among `bodies`. */
async function firstRepeatedId({ transaction, municipalityId }: MunicipalityWork, bodies: readonly JournalBody[]): Promise<number | undefined> {
  if (bodies.length === 0) return undefined;
  const rows = await transaction
    .selectFrom('journal_entry')
    .select('entry_id')
    .where('municipality_id', '=', municipalityId)
    .where('entry_id', 'in', bodies.map((body) => body.id))
    .execute();
  const seen = new Set<string>(rows.map((row) => row.entry_id));
  const index = bodies.findIndex(({ id }) => {
    if (seen.has(id)) return true;
    seen.add(id);
    return false;
  });
  return index === -1 ? undefined : index;
}
