/** A kiosk whose ledger is an older copy: it must not write under its name again, and what only the copy has must still reach the town. */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BACKUP, serveBackup } from '../../agent/backup-errand.ts';
import { enrol, type DeviceIdentity } from '../../agent/identity.ts';
import { backUpLedger } from '../../agent/ledger/backup.ts';
import { handIn } from '../../agent/ledger/hand-in.ts';
import { auditLedger, readJournal } from '../../agent/ledger/ledger-audit.ts';
import type { LedgerUnavailable } from '../../agent/ledger/ledger-unavailable.ts';
import type { Ledger } from '../../agent/ledger/ledger.ts';
import { openLedger } from '../../agent/ledger/sqlite-ledger.ts';
import { newEntryId } from '../../agent/new-id.ts';
import { askKiosk, serveErrand } from '../../agent/staff-errands.ts';
import { createHttpBackend } from '../../agent/sync/http-backend.ts';
import { createSynchroniser } from '../../agent/sync/synchroniser.ts';
import { createManualClock, type ManualClock } from '../../agent/test-support/manual-clock.ts';
import { createRecordedLog } from '../../agent/test-support/recorded-log.ts';
import { systemRandomness } from '../../backend/ports.ts';
import { ENGINES } from '../../backend/test-support/engines.ts';
import { START_MS, testTown, type TestTown } from '../../backend/test-support/test-town.ts';
import { journalSealer } from '../../contract/journal-seal.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import { fetchFrom } from '../simulation/in-process-request.ts';

const [SQLITE] = ENGINES;
if (!SQLITE) throw new Error('There is no engine');

describe('a kiosk whose ledger is an older copy', () => {
  let town: TestTown;
  let directory: string;
  let clock: ManualClock;
  let identity: DeviceIdentity;
  let ledger: Ledger;
  let file: string;
  const log = createRecordedLog();
  const ports = () => ({ url: 'http://127.0.0.1', clock, randomness: systemRandomness, log, fetch: fetchFrom(() => town.backend.app) });
  const backend = () => createHttpBackend({ ...ports(), identity });
  const open = (): Ledger => {
    const opened = openLedger({ path: file, device: identity.deviceId });
    if (!opened.ok) throw new Error(opened.trouble);
    return opened.ledger;
  };
  const call = (callNumber: number) => ledger.append({ id: newEntryId(clock, systemRandomness), at: momentFromEpoch(clock.now()), fact: { type: 'staff-called', callNumber, screen: 'welcome' } });
  /** @returns what stopped the kiosk, if anything did */
  const sync = async (): Promise<LedgerUnavailable | undefined> => {
    let stopped: LedgerUnavailable | undefined;
    const synchroniser = createSynchroniser({ clock, randomness: systemRandomness, log, ledger, sealJournal: journalSealer(identity), backend: backend() }, { onLedgerUnavailable: (error) => (stopped = error) });
    await synchroniser.syncOnce();
    await synchroniser.stop();
    return stopped;
  };
  const inTown = async () => (await town.database.kysely.selectFrom('journal_entry').select('seq').where('device_id', '=', identity.deviceId).orderBy('seq').execute()).map(({ seq }) => seq);

  beforeEach(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'kazasu-set-back-'));
    town = await testTown(SQLITE, 20);
    clock = createManualClock(START_MS);
    const enrolled = await enrol({ dataDir: directory, code: await town.invite(), backend: createHttpBackend(ports()), randomness: systemRandomness });
    if (!enrolled.ok) throw new Error(enrolled.message);
    identity = enrolled.identity;
    file = path.join(directory, 'ledger.db');
    ledger = open();
  });
  afterEach(async () => {
    ledger.close();
    await town.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is copied while it is in use: whole, checked, and marked', () => {
    call(1);
    const made = backUpLedger(ledger, path.join(directory, 'copies'), momentFromEpoch(clock.now()));
    if (!made.ok) throw new Error(made.detail);
    call(2);
    expect(made.backup).toMatchObject({ device: identity.deviceId, entries: 1, acknowledgedSeq: 0 });
    expect(auditLedger(made.backup.file)).toMatchObject({ entries: 1, headHash: made.backup.headHash, faults: [] });
    expect(readdirSync(path.join(directory, 'copies')).sort()).toEqual([path.basename(made.backup.file), `${path.basename(made.backup.file)}.json`]);
    expect(backUpLedger(ledger, path.join(directory, 'copies'), momentFromEpoch(clock.now()))).toMatchObject({ ok: false });
  });

  it('does not open a backup that somebody put in the ledger’s place', () => {
    call(1);
    const made = backUpLedger(ledger, path.join(directory, 'copies'), momentFromEpoch(clock.now()));
    if (!made.ok) throw new Error(made.detail);
    ledger.close();
    copyFileSync(made.backup.file, file);
    expect(openLedger({ path: file, device: identity.deviceId })).toMatchObject({ ok: false, trouble: 'ledger-set-back' });
    expect(auditLedger(file)).toMatchObject({ entries: 1, headHash: made.backup.headHash, faults: [] });
    for (const part of [file, `${file}-wal`, `${file}-shm`]) rmSync(part, { force: true });
    ledger = open();
  });

  it('stops when it hears that the town has more of its journal, and never opens again', async () => {
    call(1);
    await sync();
    ledger.close();
    const older = path.join(directory, 'image.db');
    copyFileSync(file, older);
    ledger = open();
    call(2);
    expect(await sync()).toBeUndefined();
    ledger.close();
    copyFileSync(older, file);
    ledger = open();
    expect((await sync())?.trouble).toBe('ledger-set-back');
    expect(() => call(2)).toThrow('older copy');
    ledger.close();
    expect(openLedger({ path: file, device: identity.deviceId })).toMatchObject({ ok: false, trouble: 'ledger-set-back' });
    expect(await inTown()).toEqual([1, 2]);
    copyFileSync(older, file);
    ledger = open();
  });

  it('stops when its journal has become another than the one that the town has', async () => {
    ledger.close();
    const older = path.join(directory, 'image.db');
    copyFileSync(file, older);
    ledger = open();
    call(1);
    await sync();
    ledger.close();
    copyFileSync(older, file);
    ledger = open();
    call(7);
    expect((await sync())?.trouble).toBe('ledger-set-back');
  });

  it('hands in what only its copy has, and writes nothing while doing so', async () => {
    call(1);
    await sync();
    for (let number = 2; number <= 230; number += 1) call(number);
    const made = backUpLedger(ledger, path.join(directory, 'copies'), momentFromEpoch(clock.now()));
    if (!made.ok) throw new Error(made.detail);
    const before = readFileSync(made.backup.file);
    const entries = readJournal(made.backup.file);
    expect(await handIn(entries, { backend: backend(), sealJournal: journalSealer(identity) })).toEqual({ kind: 'handed-in', seq: 230 });
    expect(await inTown()).toHaveLength(230);
    // Once more: nothing is new.
    expect(await handIn(entries, { backend: backend(), sealJournal: journalSealer(identity) })).toEqual({ kind: 'handed-in', seq: 230 });
    expect(await inTown()).toHaveLength(230);
    expect(readFileSync(made.backup.file).equals(before)).toBe(true);
  });

  it('cannot hand in another history: the town keeps it for staff', async () => {
    ledger.close();
    const older = path.join(directory, 'image.db');
    copyFileSync(file, older);
    ledger = open();
    call(1);
    await sync();
    ledger.close();
    copyFileSync(older, file);
    ledger = open();
    call(7);
    ledger.close();
    expect(await handIn(readJournal(file), { backend: backend(), sealJournal: journalSealer(identity) })).toMatchObject({ kind: 'refused', what: 'conflict' });
    expect(await town.database.kysely.selectFrom('anomaly').select('what').execute()).toEqual([{ what: 'fork' }]);
    ledger = open();
  });

  it('makes a copy for a command that asks from outside, and says what came of it', async () => {
    call(1);
    const stop = serveErrand({ dataDir: directory, clock, log }, BACKUP, ({ to }) => serveBackup(to, { ledger, clock, log }));
    const ask = async (to: string, ms: number) => {
      const asked = askKiosk(directory, BACKUP, { to }, clock);
      for (let waited = 0; waited < ms; waited += 200) await clock.advance(200);
      return asked;
    };
    expect(await ask(path.join(directory, 'asked'), 3_000)).toMatchObject({ ok: true, entries: 1 });
    expect(await ask(path.join(file, 'below-a-file'), 3_000)).toMatchObject({ ok: false });
    stop();
    expect(await ask(path.join(directory, 'too-late'), 61_000)).toBeUndefined();
    expect(readdirSync(directory).filter((name) => name.startsWith('backup-request'))).toEqual([]);
  });
});
