/** The town refuses what a kiosk has done with value that is kept in the ledger: real ledgers, real backend, and both ends show the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enrol } from '../../agent/identity.ts';
import { auditLedger } from '../../agent/ledger/ledger-audit.ts';
import type { Ledger } from '../../agent/ledger/ledger.ts';
import { openLedger } from '../../agent/ledger/sqlite-ledger.ts';
import { newEntryId, newOperationId } from '../../agent/new-id.ts';
import { createHttpBackend } from '../../agent/sync/http-backend.ts';
import { createSynchroniser, type Synchroniser } from '../../agent/sync/synchroniser.ts';
import { createManualClock, type ManualClock } from '../../agent/test-support/manual-clock.ts';
import { createRecordedLog } from '../../agent/test-support/recorded-log.ts';
import { makeBackup } from '../../backend/backup/make-backup.ts';
import { restoreBackup } from '../../backend/backup/restore-backup.ts';
import { createBackend, type Backend } from '../../backend/create-backend.ts';
import type { BackendDatabase } from '../../backend/database/backend-database.ts';
import { asOnlyWriter } from '../../backend/ledger/change-feed.ts';
import { endHolds, holdAccount } from '../../backend/ledger/holds.ts';
import { checkIntegrity } from '../../backend/ledger/integrity.ts';
import { listAnomalies } from '../../backend/ledger/list-anomalies.ts';
import { resolveAnomaly } from '../../backend/ledger/resolve-anomaly.ts';
import { lotsHeld } from '../../backend/ledger/stored-value.ts';
import { silentLog } from '../../backend/log.ts';
import { systemRandomness } from '../../backend/ports.ts';
import { TOMAMAE } from '../../backend/seed/demo-town.ts';
import { ENGINES, type TestPlace } from '../../backend/test-support/engines.ts';
import { START_MS, testTown, type TestTown } from '../../backend/test-support/test-town.ts';
import { AcceptorId, AccountId, CardRef, SiteId, StaffId, type DeviceId } from '../../contract/ids.ts';
import { journalSealer } from '../../contract/journal-seal.ts';
import { spendValue, type LotsHeld } from '../../contract/movements.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { Movement, Scheme } from '../../contract/value.ts';
import { fetchFrom } from '../simulation/in-process-request.ts';

const municipalityId = TOMAMAE.id;
const STAFF = StaffId.parse('s-7');
const ACCEPTOR = AcceptorId.parse('morning-market');

interface Kiosk {
  readonly file: string;
  readonly ledger: Ledger;
  readonly sync: Synchroniser;
  readonly deviceId: DeviceId;
}

/** Lot → what it holds; empty ones left out. */
const byLot = (held: LotsHeld): Record<string, number> =>
  Object.fromEntries(held.filter(({ amount }) => amount !== 0).map(({ lot, amount }): [string, number] => [lot.id, amount]).sort());

describe.each(ENGINES)('a debit that the town refuses, on $name', (engine) => {
  let town: TestTown;
  let directory: string;
  let clock: ManualClock;
  let database: BackendDatabase;
  let serving: Backend;
  let restored: TestPlace;
  let a: Kiosk;
  let b: Kiosk;
  /** Somebody with a card that only points to what the town keeps. */
  let account: AccountId;
  let cardRef: CardRef;
  let scheme: Scheme;

  const kiosk = async (site: string, label: string): Promise<Kiosk> => {
    const dataDir = path.join(directory, label);
    const ports = { url: 'http://127.0.0.1', clock, randomness: systemRandomness, log: createRecordedLog(), fetch: fetchFrom(() => serving.app) };
    const enrolled = await enrol({ dataDir, code: await town.invite(site, label), backend: createHttpBackend(ports), randomness: systemRandomness });
    if (!enrolled.ok) throw new Error(enrolled.message);
    const { identity } = enrolled;
    const file = path.join(dataDir, 'ledger.db');
    const opened = openLedger({ path: file, device: identity.deviceId });
    if (!opened.ok) throw new Error(opened.detail);
    const { ledger } = opened;
    const sync = createSynchroniser({ ...ports, ledger, sealJournal: journalSealer(identity), backend: createHttpBackend({ ...ports, identity }) });
    expect(await sync.syncOnce()).toBe('done');
    return { file, ledger, sync, deviceId: identity.deviceId };
  };

  beforeEach(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'kazasu-refused-'));
    town = await testTown(engine, 160);
    ({ database, backend: serving } = town);
    restored = await engine.place(true);
    clock = createManualClock(START_MS);
    [a, b] = [await kiosk('yakuba', '役場1'), await kiosk('kotanbetsu', '古丹別1')];
    const cards = await database.kysely.selectFrom('card').selectAll().where('profile', '=', 'plain-identifier').where('state', '=', 'active').orderBy('card_ref').execute();
    const spendable = [...a.ledger.schemes().values()].filter(({ rules }) => rules?.spend?.acceptors.some(({ id }) => id === ACCEPTOR) === true);
    const holders = cards.flatMap((card) => spendable.map((one) => ({ card, account: AccountId.parse(card.account_id), scheme: one })));
    const holder = holders.find((one) => !a.ledger.holdsValueOnCard(one.account) && held(a, one.account, one.scheme) >= 400 + 300);
    if (!holder) throw new Error('Nobody has so much');
    ({ account, scheme } = holder);
    cardRef = CardRef.parse(holder.card.card_ref);
  });
  afterEach(async () => {
    for (const { sync, ledger, file } of [a, b]) {
      await sync.stop();
      ledger.close();
      expect(auditLedger(file).faults).toEqual([]);
    }
    if (serving !== town.backend) await serving.close();
    if (database !== town.database) await database.close();
    await town.close();
    await restored.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  const now = () => momentFromEpoch(clock.now());
  const held = ({ ledger }: Kiosk, of = account, what = scheme) => ledger.lotsOf(of).reduce((sum, { lot, amount }) => sum + (lot.schemeId === what.id ? amount : 0), 0);
  const syncAll = async () => {
    for (const { sync } of [a, b, a, b]) expect(await sync.syncOnce()).toBe('done');
  };
  /** The hold, and the kiosk has heard of it. */
  const hold = async (at: Kiosk) => {
    expect(await asOnlyWriter(database, municipalityId, (work) => holdAccount(work, { municipalityId, deviceId: at.deviceId, siteId: SiteId.parse('yakuba') }, account, clock.now()))).toMatchObject({ kind: 'held' });
    expect(await at.sync.syncOnce()).toBe('done');
  };
  const spend = ({ ledger }: Kiosk, amount: number): Movement => {
    const operationId = newOperationId(clock, systemRandomness);
    const built = spendValue({ operationId, occurredAt: now(), accountId: account, scheme, amount, lots: ledger.freeLotsOf(account), onCard: null, acceptor: ACCEPTOR, staff: [STAFF] });
    if (!built.ok) throw new Error(built.rule);
    expect(ledger.prepare({ operationId, cardRef, cardProfile: 'plain-identifier', counterBefore: null, movement: built.movement, preparedAt: now() })).toBe('prepared');
    ledger.commit(operationId, { id: newEntryId(clock, systemRandomness), at: now() }, { kind: 'none' });
    return built.movement;
  };
  /** A kiosk that was away for long: the town has taken its hold for lost, and another kiosk has it. */
  const refusedDebit = async () => {
    await hold(a);
    const debit = spend(a, 400);
    await asOnlyWriter(database, municipalityId, (work) => endHolds(work, a.deviceId, [account], 'written-off'));
    await hold(b);
    spend(b, 300);
    expect(await b.sync.syncOnce()).toBe('done');
    return debit;
  };
  const inTown = async () => byLot(await database.kysely.transaction().execute((transaction) => lotsHeld({ transaction }, municipalityId, [account])));
  const sameEverywhere = async () => {
    const there = await inTown();
    expect([byLot(a.ledger.lotsOf(account)), byLot(b.ledger.lotsOf(account))]).toEqual([there, there]);
    expect(byLot(a.ledger.freeLotsOf(account))).toEqual(there);
    expect((await checkIntegrity(database)).faults).toEqual([]);
  };
  const waiting = async () => (await listAnomalies(database, municipalityId, false)).map(({ what }) => what);

  it('counts for nothing at the kiosk that made it, and counts everywhere when staff accept it', async () => {
    const before = held(a);
    const debit = await refusedDebit();
    expect(held(a)).toBe(before - 400);
    await syncAll();
    expect([held(a), held(b), await waiting()]).toEqual([before - 300, before - 300, ['not-held']]);
    await sameEverywhere();
    expect(a.ledger.movementOf(debit.operationId)).toEqual(debit);
    const refused = byLot(a.ledger.lotsOf(account));
    const [anomaly] = await listAnomalies(database, municipalityId, false);
    const resolved = await resolveAnomaly(database, municipalityId, { number: anomaly?.number ?? 0, decision: 'accepted', staff: STAFF, reason: '本人に確かめた' }, { nowMs: clock.now() });
    await syncAll();
    // What the other kiosk had taken from the same lot, the issuer adds.
    expect(held(a)).toBe(before - 300 - 400 + (resolved.accepted?.shortfall ?? 0));
    expect(byLot(a.ledger.lotsOf(account))).not.toEqual(refused);
    await sameEverywhere();
  });

  it.each(['before', 'after'] as const)('has one fate also when the backend is put back from a backup made %s it was refused', async (when) => {
    const before = held(a);
    await refusedDebit();
    if (when === 'after') await syncAll();
    const { file } = await makeBackup(town.place, path.join(directory, 'backup'), clock);
    if (when === 'before') await syncAll();
    expect(held(a)).toBe(before - 300);
    await restoreBackup(file, restored, { clock, randomness: systemRandomness });
    database = await restored.open();
    serving = await createBackend({ database, clock, randomness: systemRandomness, log: silentLog });
    await syncAll();
    // A town that knows no more what it had leased believes its kiosks.
    const posted = when === 'before';
    expect([held(a), await waiting()]).toEqual([before - 300 - (posted ? 400 : 0), posted ? [] : ['not-held']]);
    await sameEverywhere();
  });
});
