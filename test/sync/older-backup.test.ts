/** A backend that is put back from an older backup while kiosks are ahead of it: real ledgers, real backend, and nothing lost or doubled. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enrol } from '../../agent/identity.ts';
import type { Ledger } from '../../agent/ledger/ledger.ts';
import { openLedger } from '../../agent/ledger/sqlite-ledger.ts';
import { newEntryId, newOperationId } from '../../agent/new-id.ts';
import { createHttpBackend } from '../../agent/sync/http-backend.ts';
import { createSynchroniser, type Synchroniser } from '../../agent/sync/synchroniser.ts';
import { createManualClock, type ManualClock } from '../../agent/test-support/manual-clock.ts';
import { createRecordedLog, type RecordedLog } from '../../agent/test-support/recorded-log.ts';
import { makeBackup } from '../../backend/backup/make-backup.ts';
import { restoreBackup } from '../../backend/backup/restore-backup.ts';
import { createBackend, type Backend } from '../../backend/create-backend.ts';
import { revokeDevice } from '../../backend/devices/known-devices.ts';
import { readBooks } from '../../backend/ledger/books.ts';
import { announce, asOnlyWriter } from '../../backend/ledger/change-feed.ts';
import { awaitedLabels } from '../../backend/ledger/generations.ts';
import { insertMovements, lotsHeld } from '../../backend/ledger/stored-value.ts';
import { silentLog } from '../../backend/log.ts';
import { systemRandomness } from '../../backend/ports.ts';
import { TOMAMAE } from '../../backend/seed/demo-town.ts';
import { ENGINES, type TestPlace } from '../../backend/test-support/engines.ts';
import { START_MS, testTown, type TestTown } from '../../backend/test-support/test-town.ts';
import { AccountId, CardRef, type DeviceId, type EntitlementId } from '../../contract/ids.ts';
import { journalSealer } from '../../contract/journal-seal.ts';
import type { LotsHeld } from '../../contract/movements.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { loadOfEntitlement, type Movement } from '../../contract/value.ts';
import { fetchFrom } from '../simulation/in-process-request.ts';

const municipalityId = TOMAMAE.id;

interface Kiosk {
  readonly ledger: Ledger;
  readonly sync: Synchroniser;
  readonly log: RecordedLog;
  readonly deviceId: DeviceId;
  readonly loaded: EntitlementId[];
}

/** Lot → what it holds; empty ones left out. */
function byLot(held: LotsHeld): Record<string, number> {
  return Object.fromEntries(held.filter(({ amount }) => amount !== 0).map(({ lot, amount }): [string, number] => [lot.id, amount]).sort());
}

describe.each(ENGINES)('a backend put back from an older backup, on $name', (engine) => {
  let town: TestTown;
  let directory: string;
  let clock: ManualClock;
  let serving: Backend;
  let kiosks: Kiosk[];
  let restored: TestPlace;

  const kiosk = async (site: string, label: string, heard = true): Promise<Kiosk> => {
    const dataDir = path.join(directory, label);
    const log = createRecordedLog();
    const ports = { url: 'http://127.0.0.1', clock, randomness: systemRandomness, log, fetch: fetchFrom(() => serving.app) };
    const enrolled = await enrol({ dataDir, code: await town.invite(site, label), backend: createHttpBackend(ports), randomness: systemRandomness });
    if (!enrolled.ok) throw new Error(enrolled.message);
    const { identity } = enrolled;
    const opened = openLedger({ path: path.join(dataDir, 'ledger.db'), device: identity.deviceId });
    if (!opened.ok) throw new Error(opened.detail);
    const { ledger } = opened;
    const sync = createSynchroniser({ clock, randomness: systemRandomness, log, ledger, sealJournal: journalSealer(identity), backend: createHttpBackend({ ...ports, identity }) });
    if (heard) expect(await sync.syncOnce()).toBe('done');
    return { ledger, sync, log, deviceId: identity.deviceId, loaded: [] };
  };

  beforeEach(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'kazasu-older-'));
    town = await testTown(engine, 160);
    serving = town.backend;
    clock = createManualClock(START_MS);
    kiosks = [await kiosk('yakuba', '役場1'), await kiosk('kotanbetsu', '古丹別1')];
    restored = await engine.place(true);
  });
  afterEach(async () => {
    for (const { sync, ledger } of kiosks) {
      await sync.stop();
      ledger.close();
    }
    if (serving !== town.backend) await serving.close();
    await town.close();
    await restored.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  const accounts = async () => (await town.database.kysely.selectFrom('account').select('account_id').orderBy('account_id').execute()).map((row) => AccountId.parse(row.account_id));
  const now = () => momentFromEpoch(clock.now());
  const offers = async ({ ledger }: Kiosk) => (await accounts()).flatMap((account) => ledger.offersOf(account, dateInTokyo(now()), now()));

  /** Loads what the kiosk holds, with the plain card of its holder. */
  const load = async (at: Kiosk): Promise<Movement> => {
    const { ledger } = at;
    const cards = new Map((await town.database.kysely.selectFrom('card').selectAll().where('profile', '=', 'plain-identifier').where('state', '=', 'active').execute()).map((row) => [row.account_id, CardRef.parse(row.card_ref)]));
    const entitlement = (await offers(at)).find(({ accountId }) => cards.has(accountId) && !ledger.holdsValueOnCard(accountId));
    const scheme = entitlement && ledger.schemes().get(entitlement.schemeId);
    const cardRef = entitlement && cards.get(entitlement.accountId);
    if (!entitlement || !scheme || !cardRef) throw new Error('Nobody may receive anything here');
    const operationId = newOperationId(clock, systemRandomness);
    const built = loadOfEntitlement({ entitlement, scheme, operationId, occurredAt: now(), today: dateInTokyo(now()), balance: 0 });
    if (!built.ok) throw new Error(built.why);
    expect(ledger.prepare({ operationId, cardRef, cardProfile: 'plain-identifier', counterBefore: null, movement: built.movement, preparedAt: now() })).toBe('prepared');
    ledger.commit(operationId, { id: newEntryId(clock, systemRandomness), at: now() }, { kind: 'none' });
    at.loaded.push(entitlement.id);
    return built.movement;
  };
  const first = (index: number): Kiosk => {
    const found = kiosks[index];
    if (!found) throw new Error('There is no such kiosk');
    return found;
  };
  /** What each account holds, lot by lot, as the backend has it now. */
  const inBooks = async (): Promise<Record<string, number>> => {
    const database = await restored.open();
    try {
      const held = await lotsHeld({ transaction: database.kysely as never }, municipalityId, await accounts());
      return byLot(held);
    } finally {
      await database.close();
    }
  };
  const inLedger = async ({ ledger }: Kiosk) => byLot((await accounts()).flatMap((account) => ledger.lotsOf(account)));

  const restore = async (file: string) => {
    await restoreBackup(file, restored, { clock, randomness: systemRandomness });
    serving = await createBackend({ database: await restored.open(), clock, randomness: systemRandomness, log: silentLog });
  };

  it('hears again what it has lost, leases nothing until all kiosks were heard, and in the end all have the same books', async () => {
    const [a, b] = [first(0), first(1)];
    await load(a);
    await load(b);
    for (const { sync } of kiosks) expect(await sync.syncOnce()).toBe('done');
    // Enrolled before the backup, but given everything that it holds after it.
    const c = await kiosk('rikibiru', '力昼1', false);
    kiosks.push(c);
    const { file } = await makeBackup(town.place, path.join(directory, 'backup'), clock);
    expect(await c.sync.syncOnce()).toBe('done');

    // The days that will be lost: both go on, the town says something of its own, and one kiosk does not get through any more.
    await load(a);
    await load(a);
    await load(b);
    await load(c);
    const [account] = await accounts();
    const lostOwn: Movement = {
      operationId: newOperationId(clock, systemRandomness), kind: 'correct', accountId: account as AccountId, schemeId: 'kurashi-2026' as never, entitlementId: null, occurredAt: now(),
      lots: [{ id: 'lot-of-lost-days' as never, accountId: account as AccountId, schemeId: 'kurashi-2026' as never, kind: 'free', issuedOn: dateInTokyo(now()), lastDay: '2027-02-28' as never }],
      postings: [{ debit: 'issued/kurashi-2026', credit: `pocket/${account ?? ''}/lot-of-lost-days`, amount: 777 }],
    };
    await asOnlyWriter(town.database, municipalityId, async (work) => {
      await insertMovements(work, municipalityId, [{ movement: lostOwn, source: null }], START_MS);
      await announce(work, [{ change: { type: 'movement', movement: lostOwn } }]);
    });
    for (const { sync } of kiosks) expect(await sync.syncOnce()).toBe('done');
    for (const { ledger } of kiosks) expect(ledger.knowsOperation(lostOwn.operationId)).toBe(true);
    await load(b);
    await load(c);

    await restore(file);
    const heldBefore = (await offers(a)).length;
    expect(heldBefore).toBeGreaterThan(0);
    for (const { sync } of [a, c, a, c]) expect(await sync.syncOnce()).toBe('done');
    expect(a.log.names()).toContain('generation-began');
    // Nobody knows yet what the other kiosk did under its leases.
    expect([await offers(a), await offers(c)]).toEqual([[], []]);
    expect(await awaitedLabels({ kysely: (await restoredKysely()) }, municipalityId)).toEqual(['古丹別1']);

    expect(await b.sync.syncOnce()).toBe('done');
    for (const { sync } of [a, b, c, a, b, c]) expect(await sync.syncOnce()).toBe('done');

    const database = await restored.open();
    const books = await readBooks(database);
    const loads = await database.kysely.selectFrom('movement').select('entitlement_id').where('device_id', 'is not', null).orderBy('entitlement_id').execute();
    const anomalies = await database.kysely.selectFrom('anomaly').selectAll().execute();
    await database.close();
    expect([books.faults, anomalies]).toEqual([[], []]);
    expect(loads.map(({ entitlement_id }) => entitlement_id)).toEqual([...a.loaded, ...b.loaded, ...c.loaded].sort());
    expect(new Set(loads.map(({ entitlement_id }) => entitlement_id)).size).toBe(8);
    const held = await inBooks();
    expect(held).not.toHaveProperty('lot-of-lost-days');
    for (const at of kiosks) {
      expect(await inLedger(at)).toEqual(held);
      expect(at.ledger.knowsOperation(lostOwn.operationId)).toBe(false);
    }
    expect((await offers(a)).length).toBeGreaterThan(0);
    expect((await offers(b)).length).toBeGreaterThan(0);
    await load(a);
    expect(await a.sync.syncOnce()).toBe('done');
    expect(await awaitedLabels({ kysely: (await restoredKysely()) }, municipalityId)).toEqual([]);
  });

  it('does not wait for a kiosk that staff revoke', async () => {
    const [a, b] = [first(0), first(1)];
    const { file } = await makeBackup(town.place, path.join(directory, 'backup'), clock);
    await restore(file);
    for (let time = 0; time < 2; time += 1) expect(await a.sync.syncOnce()).toBe('done');
    expect(await offers(a)).toEqual([]);
    const database = await restored.open();
    await revokeDevice(database, b.deviceId);
    await database.close();
    expect(await a.sync.syncOnce()).toBe('done');
    expect((await offers(a)).length).toBeGreaterThan(0);
    expect(await b.sync.syncOnce()).toBe('refused');
    expect(await offers(b)).toEqual([]);
  });

  it('is not followed while a movement is under way, whose end belongs to the days before', async () => {
    const a = first(0);
    const { file } = await makeBackup(town.place, path.join(directory, 'backup'), clock);
    const [entitlement] = await offers(a);
    const scheme = entitlement && a.ledger.schemes().get(entitlement.schemeId);
    if (!entitlement || !scheme) throw new Error('Nobody may receive anything here');
    const operationId = newOperationId(clock, systemRandomness);
    const built = loadOfEntitlement({ entitlement, scheme, operationId, occurredAt: now(), today: dateInTokyo(now()), balance: 0 });
    if (!built.ok) throw new Error(built.why);
    const cardRef = CardRef.parse('0'.repeat(32));
    expect(a.ledger.prepare({ operationId, cardRef, cardProfile: 'plain-identifier', counterBefore: null, movement: built.movement, preparedAt: now() })).toBe('prepared');
    await restore(file);
    const { generation } = a.ledger.syncState();
    expect(await a.sync.syncOnce()).toBe('done');
    expect(a.ledger.syncState().generation).toBe(generation);
    a.ledger.abort(operationId);
    expect(await a.sync.syncOnce()).toBe('done');
    expect(a.ledger.syncState().generation).not.toBe(generation);
  });

  const restoredKysely = async () => {
    const database = await restored.open();
    opened.push(database);
    return database.kysely;
  };
  const opened: Array<{ close(): Promise<void> }> = [];
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.close();
  });
});
