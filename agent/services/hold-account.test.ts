/** Asking for the hold of an account, with the production synchroniser and a real ledger file. */
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { journalSealer } from '../../contract/journal-seal.ts';
import { JournalBody } from '../../contract/journal.ts';
import { LocalDate, Moment } from '../../contract/time.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createSynchroniser, type Synchroniser } from '../sync/synchroniser.ts';
import { accountOf, idsOf, LEASE_END, NOW, openOrThrow, prepareLoad, temporaryLedger, TOWN_DEVICE, townChanges } from '../test-support/ledger-town.ts';
import { createManualClock, settle, type ManualClock } from '../test-support/manual-clock.ts';
import { createRecordedLog } from '../test-support/recorded-log.ts';
import { ScriptedBackend } from '../test-support/scripted-backend.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { ensureHold } from './hold-account.ts';
import { returnLeases } from './return-leases.ts';
import { wantLeases } from './want-leases.ts';

const HOLDER = accountOf(0);
const SEALER = journalSealer({ deviceId: TOWN_DEVICE, privateKey: generateKeyPairSync('ed25519').privateKey });

describe('the hold of an account', () => {
  const place = temporaryLedger();
  let ledger: Ledger;
  let backend: ScriptedBackend;
  let clock: ManualClock;
  let sync: Synchroniser;
  let busy: typeof HOLDER | null;
  let log: ReturnType<typeof createRecordedLog>;
  const ports = () => ({ ledger, backend, clock, sync, log, randomness: createSeededRandomness(3) });
  const give = () => {
    backend.changes.push({ type: 'hold', accountId: HOLDER, until: LEASE_END });
    return { kind: 'held', cursor: backend.changes.length } as const;
  };
  const returned = () => backend.journal.map(({ body }) => JournalBody.parse(JSON.parse(body)).fact).filter(({ type }) => type === 'leases-returned');

  beforeEach(async () => {
    ledger = openOrThrow(place.file);
    backend = new ScriptedBackend(TOWN_DEVICE);
    backend.changes.push(...townChanges(1));
    clock = createManualClock();
    log = createRecordedLog();
    busy = HOLDER;
    const randomness = createSeededRandomness(2);
    sync = createSynchroniser(
      { ledger, sealJournal: SEALER, backend, clock, randomness, log },
      { giveBack: (townTime) => returnLeases({ townTime, busyAccount: busy }, { ledger, clock, randomness, log }) },
    );
    await clock.advance(0);
    backend.requests.length = 0;
  });
  afterEach(async () => {
    await sync.stop();
    ledger.close();
    place.remove();
  });

  it('is there when everything up to it has been pulled, and is not asked for again', async () => {
    backend.holdAnswer = () => {
      for (let other = 1; other < 6; other += 1) backend.changes.push({ type: 'account', accountId: accountOf(other), open: true });
      return give();
    };
    expect(await ensureHold(HOLDER, ports())).toBe('held');
    expect(ledger.syncState().cursor).toBe(backend.changes.length);
    expect(backend.requests.filter((request) => request.startsWith('hold'))).toHaveLength(1);
    backend.constantFault = 'unreachable';
    expect(await ensureHold(HOLDER, ports())).toBe('held');
  });

  it('is given back when its session is over, in the same exchange that hears nothing new', async () => {
    backend.holdAnswer = give;
    await ensureHold(HOLDER, ports());
    expect(returned()).toEqual([]);
    busy = null;
    await sync.syncOnce();
    expect(returned()).toEqual([{ type: 'leases-returned', leases: [{ kind: 'hold', id: HOLDER }] }]);
    expect(ledger.holdsAccount(HOLDER, NOW)).toBe(false);
    expect(log.events.filter(({ name }) => name === 'leases-returned').map(({ fields }) => fields)).toEqual([{ leases: 1 }]);
  });

  it('is asked for once more when the town did not know yet that it was given back', async () => {
    backend.holdAnswer = give;
    await ensureHold(HOLDER, ports());
    const old = backend.changes.length;
    // The session ended, the journal says so, and the town could not be told.
    ledger.returnLeases(ledger.leasesToReturn(NOW, null), idsOf(9).entry());
    backend.holdAnswer = () => (returned().length === 0 ? { kind: 'held', cursor: old } : give());
    expect(await ensureHold(HOLDER, ports())).toBe('held');
    expect(ledger.syncState().cursor).toBeGreaterThan(old);
  });

  it.each([
    ['elsewhere', { kind: 'elsewhere' }],
    ['elsewhere', { kind: 'unknown-account' }],
  ] as const)('is %s when the town says %o', async (outcome, answer) => {
    backend.holdAnswer = () => answer;
    expect(await ensureHold(HOLDER, ports())).toBe(outcome);
  });

  it('is out of reach when the town does not answer, refuses, or its word cannot be pulled', async () => {
    backend.constantFault = 'unreachable';
    expect(await ensureHold(HOLDER, ports())).toBe('unreachable');
    backend.constantFault = 'unavailable';
    expect(await ensureHold(HOLDER, ports())).toBe('unreachable');
    backend.constantFault = undefined;
    backend.holdAnswer = () => {
      backend.constantFault = 'unreachable';
      return give();
    };
    expect(await ensureHold(HOLDER, ports())).toBe('unreachable');
  });

  it('that takes too long is given up, and given back when it comes after all', async () => {
    backend.holdAnswer = give;
    backend.holdAnswers();
    const asked = ensureHold(HOLDER, ports());
    await clock.advance(4_000);
    expect(await asked).toBe('unreachable');
    expect(clock.waiting()).toBe(1);
    busy = null;
    backend.release();
    await settle();
    await sync.syncOnce();
    expect(ledger.holdsAccount(HOLDER, NOW)).toBe(false);
    expect(returned()).toHaveLength(1);
  });

  it('is kept by an open intent over any number of exchanges', async () => {
    backend.holdAnswer = give;
    await ensureHold(HOLDER, ports());
    const operation = idsOf(5).operation();
    prepareLoad(ledger, 0, operation);
    busy = null;
    await sync.syncOnce();
    expect(returned()).toEqual([]);
    ledger.abort(operation);
    await sync.syncOnce();
    expect(returned()).toHaveLength(1);
  });

  describe('and everything else that is set aside', () => {
    it('stays when this clock jumps ten years ahead: the town’s own time decides', async () => {
      clock.setNow(Date.parse('2036-11-21T01:05:00.000Z'));
      await sync.syncOnce();
      expect(returned()).toEqual([]);
      expect(ledger.offersOf(HOLDER, LocalDate.parse('2036-11-21'), Moment.parse('2036-11-21T01:05:00.000Z'))).toEqual([]);
      clock.setNow(Date.parse(NOW));
      expect(prepareLoad(ledger, 0, idsOf(6).operation())).toBe('prepared');
    });

    it('is forgotten when the town says that the device was revoked', async () => {
      backend.constantFault = 'revoked';
      await sync.syncOnce();
      expect(prepareLoad(ledger, 0, idsOf(6).operation())).toBe('not-held-here');
      expect(returned()).toEqual([]);
    });

    it('is wanted without a wait, and pulled when the town has set something aside', async () => {
      await wantLeases(HOLDER, ports());
      expect(backend.requests).toEqual([`want ${HOLDER}`]);
      backend.changes.push({ type: 'account', accountId: accountOf(1), open: true });
      await wantLeases(HOLDER, ports());
      expect(ledger.syncState().cursor).toBe(backend.changes.length);
      backend.constantFault = 'unreachable';
      await expect(wantLeases(HOLDER, ports())).resolves.toBeUndefined();
    });
  });
});
