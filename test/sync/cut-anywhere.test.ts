import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrol, type DeviceIdentity } from '../../agent/identity.ts';
import { openLedger } from '../../agent/ledger/sqlite-ledger.ts';
import type { Ledger } from '../../agent/ledger/ledger.ts';
import { newEntryId } from '../../agent/new-id.ts';
import type { Clock } from '../../agent/ports.ts';
import { createHttpBackend } from '../../agent/sync/http-backend.ts';
import { createSynchroniser, type Synchroniser } from '../../agent/sync/synchroniser.ts';
import { systemClock, systemRandomness } from '../../agent/system-ports.ts';
import { announce, asOnlyWriter } from '../../backend/ledger/change-feed.ts';
import { lotsHeld } from '../../backend/ledger/stored-value.ts';
import { TOMAMAE } from '../../backend/seed/demo-town.ts';
import { ENGINES } from '../../backend/test-support/engines.ts';
import { valueOf, type TestDevice } from '../../backend/test-support/test-device.ts';
import { testTown, type TestTown } from '../../backend/test-support/test-town.ts';
import { journalSealer } from '../../contract/journal-seal.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { cuttingProxy, type CuttingProxy, type Direction } from './cutting-proxy.ts';

const [SQLITE] = ENGINES;
if (!SQLITE) throw new Error('There is no engine');
/** Cuts of one exchange in one direction; where they fall is different in every direction and kind of exchange, and the ends are among them. */
const CUTS = 60;

describe('a line that is cut', () => {
  let town: TestTown;
  let proxy: CuttingProxy;
  let identity: DeviceIdentity;
  let ledger: Ledger;
  let sync: Synchroniser;
  let other: TestDevice;
  let notices = 0;
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-cut-'));
  const log = { event: () => undefined };

  beforeAll(async () => {
    town = await testTown(SQLITE, 300);
    town.clock.nowMs = systemClock.now();
    await town.backend.app.listen({ port: 0, host: '127.0.0.1' });
    proxy = await cuttingProxy((town.backend.app.server.address() as AddressInfo).port);
    other = await town.device('rikibiru');
    await other.pullAll();
    const ports = { clock: systemClock, randomness: systemRandomness, log, url: proxy.url };
    const enrolled = await enrol({ dataDir: directory, code: await town.invite('yakuba', '役場9'), backend: createHttpBackend(ports), randomness: systemRandomness });
    if (!enrolled.ok) throw new Error(enrolled.message);
    identity = enrolled.identity;
    const opened = openLedger({ path: path.join(directory, 'ledger.db'), device: identity.deviceId });
    if (!opened.ok) throw new Error(opened.detail);
    ledger = opened.ledger;
    // The test says when to go on.
    const never: Clock = { ...systemClock, after: (ms, task) => (ms < 9_000 ? () => undefined : systemClock.after(ms, task)) };
    sync = createSynchroniser({ clock: never, randomness: systemRandomness, log, ledger, sealJournal: journalSealer(identity), backend: createHttpBackend({ ...ports, identity }) });
    expect(await sync.syncOnce()).toBe('done');
  }, 60_000);
  afterAll(async () => {
    await sync.stop();
    ledger.close();
    await proxy.close();
    await town.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const write = (count: number) => {
    for (let number = 1; number <= count; number += 1) {
      ledger.append({ id: newEntryId(systemClock, systemRandomness), at: momentFromEpoch(systemClock.now()), fact: { type: 'staff-called', callNumber: number, screen: 'start' } });
    }
  };
  const tellAll = async () => {
    notices += 1;
    const id = `n-${notices}`;
    const change = { type: 'notice', id, title: 'お知らせ', text: id, firstDay: '2020-01-01' as never, lastDay: '2090-12-31' as never } as const;
    await asOnlyWriter(town.database, TOMAMAE.id, (work) => announce(work, [{ change }]));
    const offer = other.offers()[notices];
    if (!offer) return;
    other.appendMoved(other.load(offer));
    valueOf(await other.push());
  };

  async function expectInStep(): Promise<void> {
    const { lastSeq, acknowledgedSeq } = ledger.syncState();
    expect(acknowledgedSeq).toBe(lastSeq);
    const rows = await town.database.kysely.selectFrom('journal_entry').select(['seq', 'prev_hash as prevHash', 'hash', 'body']).where('device_id', '=', identity.deviceId).orderBy('seq').execute();
    expect(rows).toEqual(ledger.entriesAfter(0, lastSeq + 1));
    expect(ledger.notices(dateInTokyo(momentFromEpoch(systemClock.now())), momentFromEpoch(systemClock.now())).filter(({ text }) => text.startsWith('n-'))).toHaveLength(notices);
    const accounts = [...new Set(other.offers().map(({ accountId }) => accountId))];
    const held = await town.database.kysely.transaction().execute((transaction) => lotsHeld({ transaction }, TOMAMAE.id, accounts));
    const sorted = (lots: ReadonlyArray<{ lot: { id: string }; amount: number }>) => lots.map(({ lot, amount }) => `${lot.id} ${amount}`).sort();
    expect(sorted(accounts.flatMap((account) => ledger.lotsOf(account)))).toEqual(sorted(held));
    expect(held.length).toBeGreaterThan(0);
  }

  it.each<[Direction, number]>([['request', 1], ['answer', 1], ['request', 40], ['answer', 40]])(
    'at any byte of the %s loses nothing and doubles nothing (%i entries at once)',
    async (direction, entries) => {
      write(entries);
      await tellAll();
      proxy.cut(direction, Number.MAX_SAFE_INTEGER);
      expect(await sync.syncOnce()).toBe('done');
      // How much is said when nothing is cut: the push, and the pull behind it.
      const whole = proxy.passed(direction);
      expect(whole).toBeGreaterThan(300);
      let broken = 0;
      for (let cut = 0; cut < CUTS; cut += 1) {
        write(entries);
        await tellAll();
        const before = proxy.cuts();
        proxy.cut(direction, 1 + Math.floor(((whole - 1) * cut) / (CUTS - 1)));
        if ((await sync.syncOnce()) !== 'done') broken += 1;
        if (proxy.cuts() === before) proxy.cut(direction, Number.MAX_SAFE_INTEGER);
        if (cut % 3 !== 0) continue;
        expect(await sync.syncOnce()).toBe('done');
      }
      proxy.cut(direction, Number.MAX_SAFE_INTEGER);
      expect(await sync.syncOnce()).toBe('done');
      expect(broken).toBeGreaterThan(CUTS / 2);
      await expectInStep();
    },
    120_000,
  );
});
