/**
 * One kiosk of the reconnection bench, a process of its own: enrols, learns the town, works without a network, and comes back. Told what
 * to do over the channel to the bench; ledger, signatures and synchroniser are those of production.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import path from 'node:path';
import { enrol } from '../../agent/identity.ts';
import { openLedger } from '../../agent/ledger/sqlite-ledger.ts';
import { newEntryId, newOperationId } from '../../agent/new-id.ts';
import type { Backend, Clock } from '../../agent/ports.ts';
import { createHttpBackend } from '../../agent/sync/http-backend.ts';
import { createSynchroniser } from '../../agent/sync/synchroniser.ts';
import { systemClock, systemRandomness } from '../../agent/system-ports.ts';
import { TestCard } from '../../backend/test-support/test-card.ts';
import { journalSealer } from '../../contract/journal-seal.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { loadOfEntitlement } from '../../contract/value.ts';
import type { LargeTownResident } from './large-town.ts';

/** What the bench says to a kiosk. */
export type ToKiosk =
  | { readonly say: 'learn' }
  | { readonly say: 'work'; readonly file: string; readonly intents: number; readonly fromMs: number; readonly toMs: number }
  | { readonly say: 'reconnect' }
  | { readonly say: 'all-is-posted'; readonly cursor: number }
  | { readonly say: 'compare' | 'end' };

/** What a kiosk says to the bench. */
export type FromKiosk =
  | { readonly said: 'enrolled'; readonly deviceId: string }
  | { readonly said: 'learnt' | 'worked' | 'pushed' | 'converged' }
  | { readonly said: 'compared'; readonly digest: string };

/** Written by the bench for each kiosk: whose cards come to it. */
export interface KioskWork {
  readonly master: string;
  readonly residents: readonly LargeTownResident[];
  /** Of whom the kiosk says at the end what they have. */
  readonly accounts: ReadonlyArray<LargeTownResident['accountId']>;
}

// Kiosks have machines of their own: here, ten of them together must not take the backend’s turn away.
setPriority(10);

const [dataDir = '', code = '', pushUrl = '', pullUrl = ''] = process.argv.slice(2);
const log = { event: () => undefined };
const ports = { clock: systemClock, randomness: systemRandomness, log };
const tell = (message: FromKiosk) => void process.send?.(message);

const enrolled = await enrol({ dataDir, code, backend: createHttpBackend({ ...ports, url: pullUrl }), randomness: systemRandomness });
if (!enrolled.ok) throw new Error(enrolled.message);
const { identity } = enrolled;
const opened = openLedger({ path: path.join(dataDir, 'ledger.db'), device: identity.deviceId });
if (!opened.ok) throw new Error(opened.detail);
const { ledger } = opened;
// Two ways to one backend, so that what is pushed and what is pulled is counted apart.
const pulling = createHttpBackend({ ...ports, url: pullUrl, identity });
const pushing = createHttpBackend({ ...ports, url: pushUrl, identity });
const backend: Backend = { ...pulling, push: (request) => pushing.push(request) };
const sealJournal = journalSealer(identity);
let work: KioskWork | undefined;

async function learn(): Promise<void> {
  for (let more = true; more; ) {
    const { cursor, generation } = ledger.syncState();
    const page = await pulling.pull(cursor, undefined, generation);
    if (page.kind !== 'answered') throw new Error(JSON.stringify(page));
    const { generation: begun, journalHead } = page.value;
    if (begun !== undefined && begun !== generation) ledger.followGeneration(begun, journalHead, { id: newEntryId(systemClock, systemRandomness), at: momentFromEpoch(systemClock.now()) });
    ledger.applyChanges(page.value.changes, page.value.cursor, momentFromEpoch(systemClock.now()));
    more = page.value.more;
  }
}

/** So many loads, evenly over the time, each by somebody else than the one before. */
function workOffline({ file, intents, fromMs, toMs }: Extract<ToKiosk, { say: 'work' }>): void {
  work = JSON.parse(readFileSync(file, 'utf8')) as KioskWork;
  const { residents, master } = work;
  const scheme = [...ledger.schemes().values()].find(({ id }) => id === residents[0]?.entitlements[0]?.schemeId);
  if (!scheme) throw new Error('The scheme is not known');
  const cards = residents.map(({ identifier, cardRef }) => TestCard.ofTown(Buffer.from(identifier, 'hex'), cardRef, Buffer.from(master, 'hex')));
  let now = fromMs;
  const clock: Clock = { ...systemClock, now: () => now };
  for (let done = 0; done < intents; done += 1) {
    now = fromMs + Math.floor(((toMs - fromMs) * done) / intents);
    const person = done % residents.length;
    const entitlement = residents[person]?.entitlements[Math.floor(done / residents.length)];
    const card = cards[person];
    if (!entitlement || !card) throw new Error('There are too few grants');
    const occurredAt = momentFromEpoch(now);
    const operationId = newOperationId(clock, systemRandomness);
    const built = loadOfEntitlement({ entitlement, scheme, operationId, occurredAt, today: dateInTokyo(occurredAt), balance: 0 });
    if (!built.ok) throw new Error(built.why);
    const prepared = ledger.prepare({ operationId, cardRef: card.cardRef, cardProfile: 'desfire', counterBefore: card.counter, movement: built.movement, preparedAt: occurredAt });
    if (prepared !== 'prepared') throw new Error(prepared);
    ledger.commit(operationId, { id: newEntryId(clock, systemRandomness), at: occurredAt }, card.commit(built.movement));
  }
}

/** What every account has, lot by lot, as one hash. */
function digest(): string {
  const hash = createHash('sha256');
  for (const account of work?.accounts ?? []) {
    for (const { lot, amount } of [...ledger.lotsOf(account)].sort((a, b) => (a.lot.id < b.lot.id ? -1 : 1))) hash.update(`${account} ${lot.id} ${lot.lastDay} ${amount}\n`);
  }
  return hash.digest('hex');
}

function reconnect(): void {
  const synchroniser = createSynchroniser({ ...ports, ledger, backend, sealJournal });
  let pushed = false;
  const look = setInterval(() => {
    const { lastSeq, acknowledgedSeq, cursor } = ledger.syncState();
    if (!pushed && acknowledgedSeq === lastSeq) {
      pushed = true;
      tell({ said: 'pushed' });
    }
    if (pushed && cursor >= untilCursor) {
      clearInterval(look);
      void synchroniser.stop().then(() => tell({ said: 'converged' }));
    }
  }, 100);
}
let untilCursor = Number.MAX_SAFE_INTEGER;

process.on('message', (message: ToKiosk) => {
  switch (message.say) {
    case 'learn':
      void learn().then(() => tell({ said: 'learnt' }));
      return;
    case 'work':
      workOffline(message);
      return tell({ said: 'worked' });
    case 'reconnect':
      return reconnect();
    case 'all-is-posted':
      untilCursor = message.cursor;
      return;
    case 'compare':
      return tell({ said: 'compared', digest: digest() });
    case 'end':
      ledger.close();
      process.exit(0);
  }
});
tell({ said: 'enrolled', deviceId: identity.deviceId });
