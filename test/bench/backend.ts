/** How many journal entries a second the backend takes over, each in a request of its own, and what one load costs on the wire. */
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { enrol } from '../../agent/identity.ts';
import { openLedger } from '../../agent/ledger/sqlite-ledger.ts';
import type { Ledger } from '../../agent/ledger/ledger.ts';
import { newEntryId, newOperationId } from '../../agent/new-id.ts';
import type { Backend } from '../../agent/ports.ts';
import { createHttpBackend } from '../../agent/sync/http-backend.ts';
import { systemClock, systemRandomness } from '../../agent/system-ports.ts';
import type { AccountId, CardRef } from '../../contract/ids.ts';
import { journalSealer, type SealJournal } from '../../contract/journal-seal.ts';
import type { JournalEntry } from '../../contract/journal.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { loadOfEntitlement, type Entitlement } from '../../contract/value.ts';
import { freePort } from '../support/free-port.ts';
import { ProductProcess, runProduct } from '../support/process.ts';
import { bareDatabase, inserter } from './bare-sqlite.ts';
import { median, type Row } from './rows.ts';

const ENTRIES_MAX = 600;

export async function backendRows(seconds: number): Promise<Row[]> {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-bench-backend-'));
  const data = path.join(directory, 'backend');
  const port = await freePort();
  await runProduct(['backend/main.ts', 'seed', 'demo', '--data', data]);
  const server = new ProductProcess(['backend/main.ts', 'serve', '--port', String(port), '--data', data]);
  const counter = await countingProxy(port);
  try {
    await server.line('listening', (line) => line['type'] === 'listening');
    const { ledger, backend, seal } = await enrolledDevice(directory, data, counter.port);
    const entries = await loadEverything(ledger, backend);
    if (entries.length < 50) throw new Error(`Only ${entries.length} loads could be made`);
    const bytes: number[] = [];
    const begun = performance.now();
    let done = 0;
    for (const entry of entries) {
      if (performance.now() - begun > seconds * 1_000) break;
      const before = counter.bytes();
      const answer = await backend.push({ entries: [entry], seal: seal(entry).signature });
      if (answer.kind !== 'answered') throw new Error(`The backend did not take an entry: ${JSON.stringify(answer)}`);
      bytes.push(counter.bytes() - before);
      done += 1;
    }
    const perSecond = (done * 1_000) / (performance.now() - begun);
    ledger.close();
    const sample = entries[0];
    if (!sample) throw new Error('There is no entry');
    const floor = bareLoop(path.join(directory, 'bare.db'), seconds, sample);
    return [
      {
        name: 'backend_post_per_s',
        value: perSecond,
        unit: '1/s',
        floor,
        note: `${done} loads, each pushed alone: signed request over loopback HTTP, checked, posted, durable, answered, one after another, on SQLite; floor: bare better-sqlite3, same rows in one transaction each, synchronous=FULL, same disk, no HTTP, no signature`,
      },
      {
        name: 'sync_bytes_per_intent',
        value: median(bytes),
        unit: 'bytes',
        floor: Buffer.byteLength(sample.body),
        note: 'both directions with HTTP headers and signature, one load pushed alone; floor: the journal entry’s own text',
      },
    ];
  } finally {
    await server.stop();
    await counter.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function enrolledDevice(directory: string, data: string, port: number): Promise<{ readonly ledger: Ledger; readonly backend: Backend; readonly seal: SealJournal }> {
  const code = (await runProduct(['backend/main.ts', 'invite', '--site', 'yakuba', '--label', '計測', '--data', data])).trim().split('\n').at(-1) ?? '';
  const ports = { url: `http://127.0.0.1:${port}`, clock: systemClock, randomness: systemRandomness, log: { event: () => undefined } };
  const enrolled = await enrol({ dataDir: directory, code, backend: createHttpBackend(ports), randomness: systemRandomness });
  if (!enrolled.ok) throw new Error(enrolled.message);
  const opened = openLedger({ path: path.join(directory, 'ledger.db'), device: enrolled.identity.deviceId });
  if (!opened.ok) throw new Error(opened.detail);
  return { ledger: opened.ledger, backend: createHttpBackend({ ...ports, identity: enrolled.identity }), seal: journalSealer(enrolled.identity) };
}

/** Pulls what the town grants here and takes all of it. @returns the journal entries */
async function loadEverything(ledger: Ledger, backend: Backend): Promise<JournalEntry[]> {
  const granted: Entitlement[] = [];
  const cards = new Map<AccountId, CardRef>();
  for (let more = true; more; ) {
    const page = await backend.pull(ledger.syncState().cursor);
    if (page.kind !== 'answered') throw new Error(`The backend gave nothing: ${JSON.stringify(page)}`);
    ledger.applyChanges(page.value.changes, page.value.cursor, momentFromEpoch(systemClock.now()));
    for (const change of page.value.changes) {
      if (change.type === 'lease') granted.push(change.entitlement);
      // Loads with cards that hold value would need the card.
      if (change.type === 'card' && change.profile === undefined && change.state === 'active') cards.set(change.accountId, change.cardRef);
    }
    more = page.value.more;
  }
  const now = momentFromEpoch(systemClock.now());
  for (const entitlement of granted.filter(({ accountId }) => cards.has(accountId)).slice(0, ENTRIES_MAX)) {
    const cardRef = cards.get(entitlement.accountId)!;
    const scheme = ledger.schemes().get(entitlement.schemeId);
    if (!scheme) throw new Error('A grant has no scheme');
    const operationId = newOperationId(systemClock, systemRandomness);
    const built = loadOfEntitlement({ entitlement, scheme, operationId, occurredAt: now, today: dateInTokyo(now), balance: 0 });
    if (!built.ok) continue;
    ledger.prepare({ operationId, cardRef, cardProfile: 'plain-identifier', counterBefore: null, movement: built.movement, preparedAt: now });
    ledger.commit(operationId, { id: newEntryId(systemClock, systemRandomness), at: now }, { kind: 'none' });
  }
  return ledger.entriesAfter(0, ENTRIES_MAX);
}

function bareLoop(file: string, seconds: number, entry: JournalEntry): number {
  const database = bareDatabase(file, { nonce: 4, journal: 8, movement: 10, lot: 8, posting: 6, change: 5, entitlement: 4 });
  const nonce = inserter(database, 'nonce', 4);
  const journal = inserter(database, 'journal', 8);
  const movement = inserter(database, 'movement', 10);
  const lot = inserter(database, 'lot', 8);
  const posting = inserter(database, 'posting', 6);
  const change = inserter(database, 'change', 5);
  const taken = inserter(database, 'entitlement', 4);
  const post = database.transaction((number: number) => {
    const operation = `operation-${number}`;
    nonce('tomamae', 'device', `jti-${number}`, number);
    journal('tomamae', 'device', number, operation, entry.prevHash, entry.hash, entry.body, number);
    movement('tomamae', operation, 'load', 'account', 'scheme', `e-${number}`, '2026-11-21T01:05:00.000Z', 'device', number, number);
    lot('tomamae', `lot-${number}`, operation, 'account', 'scheme', 'free', '2026-11-21', '2027-02-28');
    posting('tomamae', operation, 0, 'issued/scheme', `pocket/account/lot-${number}`, 5_000);
    taken('tomamae', `e-${number}`, 'taken', operation);
    change('tomamae', number, null, null, entry.body);
    change('tomamae', number, 'device', `lease/e-${number}`, `{"type":"lease-ended","entitlementId":"e-${number}"}`);
  });
  const begun = performance.now();
  let done = 0;
  for (; performance.now() - begun < seconds * 1_000; done += 1) post.immediate(done);
  const perSecond = (done * 1_000) / (performance.now() - begun);
  database.close();
  return perSecond;
}

/** Passes everything on to `target` and counts it. */
async function countingProxy(target: number): Promise<{ readonly port: number; bytes(): number; close(): Promise<void> }> {
  let bytes = 0;
  const server: Server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
    for (const [from, to] of [[near, far], [far, near]] as const) {
      from.on('data', (data: Buffer) => {
        bytes += data.length;
        to.write(data);
      });
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    bytes: () => bytes,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
