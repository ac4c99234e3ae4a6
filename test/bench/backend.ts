/** How many journal entries a second the backend takes over on SQLite, each in a request of its own, and what one load costs on the wire. */
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
import { countingProxy } from './counting-proxy.ts';
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
    const floor = bareLoop(path.join(directory, 'bare.db'), path.join(data, 'backend.sqlite'), seconds, sample);
    return [
      {
        name: 'backend_post_sqlite_per_s',
        value: perSecond,
        unit: '1/s',
        floor,
        note: `${done} loads, each pushed alone: signed request over loopback HTTP, checked, posted, durable, answered, one after another, on SQLite; floor: bare better-sqlite3, the same rows into the same tables with their keys and indices, one transaction each, synchronous=FULL, same disk, no rule, no HTTP, no signature`,
      },
      {
        name: 'sync_bytes_per_intent',
        value: median(bytes),
        unit: 'bytes',
        floor: Buffer.byteLength(sample.body),
        note: 'both directions with HTTP headers, signature and seal, one load pushed alone; floor: the journal entry’s own text',
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

/** What one push of one load writes, as rows alone. @param like the backend's own file */
function bareLoop(file: string, like: string, seconds: number, entry: JournalEntry): number {
  const database = bareDatabase(file, like, ['request_nonce', 'journal_entry', 'journal_seal', 'movement', 'lot', 'posting', 'entitlement', 'lease', 'change']);
  const nonce = inserter(database, 'request_nonce', ['municipality_id', 'device_id', 'jti', 'keep_until_ms']);
  const journal = inserter(database, 'journal_entry', ['municipality_id', 'device_id', 'seq', 'entry_id', 'prev_hash', 'hash', 'body', 'received_ms']);
  const seal = inserter(database, 'journal_seal', ['municipality_id', 'device_id', 'seq', 'hash', 'signature', 'received_ms']);
  const movement = inserter(database, 'movement', ['municipality_id', 'operation_id', 'kind', 'account_id', 'scheme_id', 'entitlement_id', 'occurred_at', 'device_id', 'seq', 'posted_ms']);
  const lot = inserter(database, 'lot', ['municipality_id', 'lot_id', 'operation_id', 'account_id', 'scheme_id', 'kind', 'issued_on', 'last_day']);
  const posting = inserter(database, 'posting', ['municipality_id', 'operation_id', 'number', 'debit', 'credit', 'amount']);
  const entitlement = inserter(database, 'entitlement', ['municipality_id', 'entitlement_id', 'account_id', 'scheme_id', 'amount', 'lot_kind', 'first_day', 'last_day', 'state', 'operation_id']);
  const lease = inserter(database, 'lease', ['municipality_id', 'entitlement_id', 'device_id', 'until_ms', 'state', 'how_ended']);
  const change = inserter(database, 'change', ['municipality_id', 'cursor', 'device_id', 'subject', 'body']);
  const town = 'tomamae';
  const post = database.transaction((number: number) => {
    const operation = `operation-${number}`;
    nonce(town, 'device', `jti-${number}`, number);
    journal(town, 'device', number, operation, entry.prevHash, entry.hash, entry.body, number);
    seal(town, 'device', number, entry.hash, 'A'.repeat(86), number);
    movement(town, operation, 'load', 'account', 'scheme', `e-${number}`, '2026-11-21T01:05:00.000Z', 'device', number, number);
    lot(town, `lot-${number}`, operation, `account-${number}`, 'scheme', 'free', '2026-11-21', '2027-02-28');
    posting(town, operation, 0, 'issued/scheme', `pocket/account-${number}/lot-${number}`, 5_000);
    entitlement(town, `e-${number}`, `account-${number}`, 'scheme', 5_000, 'free', '2026-11-01', '2027-01-31', 'taken', operation);
    lease(town, `e-${number}`, 'device', number, 'ended', 'taken');
    change(town, 2 * number + 1, null, null, entry.body);
    change(town, 2 * number + 2, 'device', `lease/e-${number}`, `{"type":"lease-ended","entitlementId":"e-${number}"}`);
  });
  const begun = performance.now();
  let done = 0;
  for (; performance.now() - begun < seconds * 1_000; done += 1) post.immediate(done);
  const perSecond = (done * 1_000) / (performance.now() - begun);
  database.close();
  return perSecond;
}
