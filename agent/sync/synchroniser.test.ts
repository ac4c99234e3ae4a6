import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { journalSealer, sealHolds } from '../../contract/journal-seal.ts';
import { PUSH_CHARACTERS_MAX } from '../../contract/sync.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { LedgerUnavailable } from '../ledger/ledger-unavailable.ts';
import { accountOf, entitlementOf, leaseOf, NO_EVIDENCE, NOW, TODAY, idsOf, openOrThrow, prepareLoad, temporaryLedger, TOWN_DEVICE, townChanges } from '../test-support/ledger-town.ts';
import { createManualClock, settle, type ManualClock } from '../test-support/manual-clock.ts';
import { createRecordedLog } from '../test-support/recorded-log.ts';
import { ScriptedBackend } from '../test-support/scripted-backend.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { createSynchroniser, type Synchroniser, type SynchroniserOptions } from './synchroniser.ts';

const IDLE = 15_000;
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const SEALER = journalSealer({ deviceId: TOWN_DEVICE, privateKey });

describe('the synchroniser', () => {
  const place = temporaryLedger();
  let ledger: Ledger;
  let backend: ScriptedBackend;
  let clock: ManualClock;
  let log: ReturnType<typeof createRecordedLog>;
  let ids: ReturnType<typeof idsOf>;
  let sync: Synchroniser;
  const start = (options?: SynchroniserOptions, on: Ledger = ledger) => createSynchroniser({ ledger: on, sealJournal: SEALER, backend, clock, randomness: createSeededRandomness(2), log }, options);
  const append = (count: number) => {
    for (let index = 1; index <= count; index += 1) ledger.append({ ...ids.entry(), fact: { type: 'staff-called', callNumber: index, screen: 'start' } });
  };
  const requestsSince = (from: number) => backend.requests.slice(from);

  beforeEach(() => {
    ledger = openOrThrow(place.file);
    backend = new ScriptedBackend(TOWN_DEVICE);
    clock = createManualClock();
    log = createRecordedLog();
    ids = idsOf(6);
    sync = start();
  });
  afterEach(async () => {
    await sync.stop();
    ledger.close();
    place.remove();
  });

  it('pushes in batches and pulls page by page, by itself', async () => {
    append(6_250);
    backend.changes.push(...townChanges(2));
    expect(sync.online()).toBeNull();
    await clock.advance(0);
    const of = (kind: string) => backend.requests.filter((request) => request.startsWith(kind));
    expect([backend.requests[0], of('push'), of('pull')]).toEqual(['push 1-3000', ['push 1-3000', 'push 3001-6000', 'push 6001-6250'], ['pull 0', 'pull 3', 'pull 6']]);
    expect(ledger.syncState()).toMatchObject({ acknowledgedSeq: 6_250, lastSeq: 6_250, cursor: 7, confirmedAt: '2026-11-21T01:05:00.000Z' });
    expect(sync.online()).toBe(true);
    expect(log.names().toSorted()).toEqual(['sync-online', ...Array.from({ length: 3 }, () => 'sync-pulled'), ...Array.from({ length: 3 }, () => 'sync-pushed')]);
  });

  it('hears page after page while the town posts a portion, so that a long journal keeps nobody from hearing of a stopped card', async () => {
    append(3_250);
    backend.changes.push(...townChanges(2));
    const posted = Promise.withResolvers<undefined>();
    const push = backend.push.bind(backend);
    backend.push = async (request) => {
      const answer = await push(request);
      if (backend.pushes.length > 1) await posted.promise;
      return answer;
    };
    await clock.advance(0);
    expect(ledger.syncState()).toMatchObject({ acknowledgedSeq: 3_000, cursor: 7 });
    expect(backend.requests).toEqual(['push 1-3000', 'push 3001-3250', 'pull 0', 'pull 3', 'pull 6']);
    posted.resolve(undefined);
    await clock.advance(0);
    expect(ledger.syncState()).toMatchObject({ acknowledgedSeq: 3_250, cursor: 7 });
    expect(backend.requests).toHaveLength(5);
  });

  it('says with each page how much of the feed was known when the oldest was begun of what the town does not have', async () => {
    backend.changes.push(...townChanges(2));
    await clock.advance(0);
    const cursor = backend.changes.length;
    const operation = ids.operation();
    // Begun at the counter; the town says something new before the card is gone.
    prepareLoad(ledger, 0, operation);
    backend.changes.push(...townChanges(2));
    const pages = backend.heard.length;
    expect(await sync.syncOnce()).toBe('done');
    expect(ledger.syncState()).toMatchObject({ cursor: 2 * cursor, heard: cursor });
    expect(await sync.syncOnce()).toBe('done');
    expect(backend.heard.slice(pages)).toEqual([cursor, cursor, cursor, cursor]);
    ledger.commit(operation, ids.entry(), NO_EVIDENCE);
    expect(ledger.syncState().heard).toBe(cursor);
    expect(await sync.syncOnce()).toBe('done');
    expect(backend.requests.slice(-2)).toEqual(['push 1-1', `pull ${2 * cursor}`]);
    expect([backend.heard.at(-1), ledger.syncState().heard]).toEqual([2 * cursor, 2 * cursor]);
  });

  it('sends each batch with a seal of its last entry, and keeps the seals', async () => {
    append(6_250);
    await clock.advance(0);
    const [first, second, third, ...more] = backend.seals;
    expect(more).toEqual([]);
    for (const [seq, seal] of [[3_000, first], [6_000, second], [6_250, third]] as const) {
      const hash = backend.journal[seq - 1]?.hash ?? '';
      expect(sealHolds(publicKey.export({ format: 'jwk' }).x ?? '', TOWN_DEVICE, { seq, hash }, seal ?? '')).toBe(true);
      expect(ledger.sealOf(seq)).toMatchObject({ seq, hash, signature: seal });
    }
    expect([ledger.sealOf(1), ledger.sealOf(6_249)]).toEqual([undefined, undefined]);
  });

  it('sends the seal it has kept when an answer was lost, and seals anew what has grown', async () => {
    append(2);
    backend.faults.push('answer-lost', 'unreachable');
    await clock.advance(0);
    await sync.syncOnce();
    append(1);
    await sync.syncOnce();
    expect(backend.seals).toHaveLength(2);
    expect(backend.seals[0]).not.toBe(backend.seals[1]);
    expect([ledger.sealOf(2)?.signature, ledger.sealOf(3)?.signature]).toEqual(backend.seals);
    expect(ledger.syncState().acknowledgedSeq).toBe(3);
  });

  it('takes a lease anew that it gave back in a push beside the pull, as the town says up to where it had heard', async () => {
    ledger.applyChanges(townChanges(1), 7, NOW);
    backend.changes.push(...townChanges(1), ...townChanges(1));
    const pull = backend.pull.bind(backend);
    backend.pull = async (...words) => {
      const answer = await pull(...words);
      if (answer.kind !== 'answered' || backend.journal.length > 0) return answer;
      ledger.returnLeases([{ kind: 'entitlement', id: entitlementOf(0).id }], ids.entry());
      const [entry] = ledger.entriesAfter(0, 1);
      if (!entry) throw new Error('Giving back is an entry');
      backend.journal.push(entry);
      return { kind: 'answered', value: { ...answer.value, changes: [leaseOf(0)], journalHead: { seq: entry.seq, hash: entry.hash } } };
    };
    expect(await sync.syncOnce()).toBe('done');
    expect(ledger.offersOf(accountOf(0), TODAY, NOW)).toHaveLength(1);
  });

  it('rests between exchanges and goes on at once when it is woken', async () => {
    await clock.advance(0);
    await clock.advance(IDLE - 1);
    expect(backend.requests).toEqual(['pull 0']);
    await clock.advance(1);
    expect(backend.requests).toEqual(['pull 0', 'pull 0']);
    append(1);
    sync.wake();
    await clock.advance(0);
    expect(requestsSince(2)).toEqual(['push 1-1', 'pull 0']);
  });

  it('comes back soon while other kiosks catch up', async () => {
    await clock.advance(0);
    const waitFor = async (changes: number) => {
      await clock.advance(IDLE);
      backend.changes.push(...Array.from({ length: changes }, () => townChanges(0).slice(0, 1)).flat());
      await clock.advance(IDLE);
      const count = backend.requests.length;
      let waited = 0;
      for (; backend.requests.length === count; waited += 100) await clock.advance(100);
      return waited;
    };
    expect([await waitFor(99), await waitFor(100)]).toEqual([IDLE, 1_000]);
  });

  it('sends and takes less at once while somebody is being served', async () => {
    await sync.stop();
    let there = true;
    append(700);
    sync = start({ nobodyThere: () => !there });
    await clock.advance(0);
    there = false;
    await clock.advance(IDLE);
    append(700);
    await clock.advance(IDLE);
    expect(backend.requests.filter((request) => request.startsWith('push'))).toEqual(['push 1-500', 'push 501-700', 'push 701-1400']);
    expect(backend.limits).toEqual([500, 5_000, 5_000]);
  });

  it('goes on pushing when it is refused what it asks for', async () => {
    append(3_250);
    backend.pull = async () => ({ kind: 'refused', error: { what: 'conflict', message: 'no' } as never });
    expect(await sync.syncOnce()).toBe('refused');
    expect(ledger.syncState()).toMatchObject({ acknowledgedSeq: 3_250, cursor: 0 });
  });

  it('sends what was written during an exchange without waiting', async () => {
    backend.holdAnswers();
    await clock.advance(0);
    append(1);
    sync.wake();
    backend.release();
    await settle();
    await clock.advance(0);
    expect(backend.requests).toEqual(['pull 0', 'push 1-1', 'pull 0']);
  });

  it('sends what was done between two pages before it asks for the next, which tells the town how far it has heard', async () => {
    backend.changes.push(...townChanges(2));
    backend.holdAnswers();
    await clock.advance(0);
    append(1);
    backend.release();
    await settle();
    expect(backend.requests).toEqual(['pull 0', 'push 1-1', 'pull 3', 'pull 6']);
    expect(ledger.syncState()).toMatchObject({ acknowledgedSeq: 1, cursor: 7 });
  });

  it('asks for no further page while the town has not got what was done before', async () => {
    backend.changes.push(...townChanges(2));
    backend.holdAnswers();
    await clock.advance(0);
    append(1);
    sync.onChange(() => (backend.constantFault = 'unavailable'));
    backend.release();
    await settle();
    expect(backend.requests).toEqual(['pull 0', 'push 1-1']);
    expect(ledger.syncState()).toMatchObject({ acknowledgedSeq: 0, cursor: 3 });
  });

  it('waits longer and longer while nobody answers, says so once, and catches up', async () => {
    await sync.stop();
    sync = start({ retryMaxMs: 60_000 });
    backend.constantFault = 'unreachable';
    append(2);
    await clock.advance(0);
    const begun = clock.monotonic();
    const tries: number[] = [];
    for (let count = backend.requests.length; tries.length < 9; count = backend.requests.length) {
      while (backend.requests.length === count) await clock.advance(50);
      tries.push(clock.monotonic() - begun);
    }
    const waits = tries.map((at, index) => at - (tries[index - 1] ?? 0));
    for (const [index, wait] of waits.entries()) {
      const whole = Math.min(60_000, 1_000 * 2 ** index);
      expect(wait).toBeGreaterThanOrEqual(whole / 2);
      expect(wait).toBeLessThanOrEqual(whole + 50);
    }
    expect(new Set(waits.slice(-3)).size).toBeGreaterThan(1);
    expect([sync.online(), log.names()]).toEqual([false, ['sync-offline']]);
    backend.constantFault = undefined;
    await clock.advance(60_000);
    expect(ledger.syncState().acknowledgedSeq).toBe(2);
    expect([sync.online(), log.events.slice(1, 2)]).toEqual([true, [{ name: 'sync-online', fields: { unsent: 2 } }]]);
  });

  it('tries earlier when it is woken, but never hammers', async () => {
    backend.constantFault = 'unreachable';
    await clock.advance(0);
    await clock.advance(120_000);
    const before = backend.requests.length;
    for (let press = 0; press < 100; press += 1) {
      sync.wake();
      await clock.advance(20);
    }
    expect(backend.requests.length - before).toBeGreaterThanOrEqual(1);
    expect(backend.requests.length - before).toBeLessThanOrEqual(3);
  });

  it('posts once what was posted before the answer was lost', async () => {
    append(3);
    backend.faults.push('answer-lost');
    await clock.advance(0);
    expect([backend.journal.length, ledger.syncState().acknowledgedSeq]).toEqual([3, 0]);
    await clock.advance(1_000);
    expect([backend.journal.length, ledger.syncState().acknowledgedSeq]).toEqual([3, 3]);
  });

  it('goes back to where the backend says it is', async () => {
    append(5);
    await clock.advance(0);
    backend.journal = backend.journal.slice(0, 2);
    append(1);
    expect(await sync.syncOnce()).toBe('done');
    expect(requestsSince(2)).toEqual(['push 6-6', 'push 3-6', 'pull 0']);
    expect(backend.journal.length).toBe(6);
  });

  it('sends less at once when that was too much', async () => {
    backend.entriesMax = 60;
    append(130);
    expect(await sync.syncOnce()).toBe('done');
    expect(backend.journal.length).toBe(130);
  });

  it('sends and asks for less at once while nothing arrives, and for more again when it does', async () => {
    append(4_000);
    backend.faults.push('unreachable', 'unreachable');
    await clock.advance(10_000);
    expect(backend.requests.filter((request) => request.startsWith('push'))).toEqual(['push 1-3000', 'push 1-1500', 'push 1-750', 'push 751-2250', 'push 2251-4000']);
    const pulled = backend.limits.length;
    backend.faults.push('unreachable', 'unreachable', 'unreachable');
    await clock.advance(60_000);
    expect(backend.limits.slice(pulled, pulled + 5)).toEqual([5_000, 2_500, 1_250, 625, 1_250]);
  });

  it('asks for a little at a time at worst, so that the line carries something', async () => {
    backend.constantFault = 'unreachable';
    append(100);
    await clock.advance(200_000);
    expect(backend.requests.at(-1)).toBe('push 1-25');
  });

  it('puts no more characters into a push than it may have', async () => {
    const fact = { type: 'card-seen', card: { cardRef: 'a'.repeat(32), profile: 'desfire' }, counter: 7, log: [], answers: Array.from({ length: 32 }, () => ids.operation()) } as const;
    for (let index = 0; index < 2_700; index += 1) ledger.append({ ...ids.entry(), fact: fact as never });
    await clock.advance(0);
    const sizes = backend.pushes.map((entries) => entries.reduce((sum, { body }) => sum + body.length, 0));
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(PUSH_CHARACTERS_MAX);
    expect(ledger.syncState().acknowledgedSeq).toBe(2_700);
  });

  it('leaves a backend that is busy alone for as long as it asks, and a little longer', async () => {
    append(1);
    backend.retryAfterSeconds = 30;
    backend.faults.push('unavailable');
    await clock.advance(30_400);
    expect(backend.requests).toEqual(['push 1-1']);
    await clock.advance(700);
    expect(backend.requests.slice(1)).toEqual(['push 1-1', 'pull 0']);
  });

  it.each(['conflict', 'chain-broken'] as const)('stops pushing after %s, goes on pulling, and tries again rarely', async (what) => {
    append(1);
    backend.faults.push(what);
    await clock.advance(0);
    expect(log.events.at(-1)).toEqual({ name: 'sync-refused', fields: { what, detail: `refused: ${what}` } });
    await clock.advance(4 * IDLE);
    expect(backend.requests).toEqual(['push 1-1', 'pull 0', 'pull 0', 'pull 0', 'pull 0', 'pull 0']);
    expect(sync.online()).toBe(true);
    sync.wake();
    await clock.advance(1_000);
    expect(backend.journal).toEqual([]);
    await clock.advance(300_000);
    expect(backend.journal.length).toBe(1);
  });

  it('sends the whole journal even when the device is revoked, and counts nothing of it as acknowledged', async () => {
    append(6_250);
    backend.revoked = true;
    await clock.advance(0);
    expect(backend.requests).toEqual(['push 1-3000', 'push 3001-6000', 'push 6001-6250']);
    expect(backend.journal).toHaveLength(6_250);
    expect(ledger.syncState()).toMatchObject({ acknowledgedSeq: 0, lastSeq: 6_250 });
    expect(log.names()).toContain('sync-refused');
  });

  it.each(['revoked', 'unknown-device', 'bad-signature'] as const)('leaves the backend alone for long after %s', async (what) => {
    backend.constantFault = what;
    append(1);
    await clock.advance(299_999);
    expect(backend.requests).toEqual(['push 1-1']);
    await clock.advance(1);
    expect(backend.requests.length).toBe(2);
  });

  it('notices that another machine uses its identity', async () => {
    append(2);
    await sync.syncOnce();
    const other = backend.journal.map((entry) => ({ ...entry, hash: 'f'.repeat(64) }));
    append(1);
    backend.push = async () => ({ kind: 'answered', value: { acknowledgedSeq: 3, acknowledgedHash: other[0]?.hash ?? '' } });
    expect(await sync.syncOnce()).toBe('refused');
    expect(log.events.at(-1)).toMatchObject({ name: 'sync-refused', fields: { what: 'conflict' } });
    expect(ledger.syncState().acknowledgedSeq).toBe(2);
  });

  it('does not run in circles with a backend that stands still', async () => {
    append(1);
    backend.push = async () => ({ kind: 'answered', value: { acknowledgedSeq: 0, acknowledgedHash: '0'.repeat(64) } });
    expect(await sync.syncOnce()).toBe('refused');
    backend.changes.push(...townChanges(1));
    backend.pull = async (after) => ({ kind: 'answered', value: { changes: [], cursor: after, more: true, serverTime: '2026-11-21T01:05:00.000Z' as never } });
    expect(await sync.syncOnce()).toBe('refused');
  });

  it.each([
    ['push', 1],
    ['pull', 0],
  ])('touches nothing after it was stopped, even when the answer to a %s still comes', async (_name, entries) => {
    append(entries);
    backend.changes.push(...townChanges(1));
    backend.holdAnswers();
    await clock.advance(0);
    await sync.stop();
    const before = ledger.syncState();
    backend.release();
    await settle();
    expect([ledger.syncState(), log.names(), clock.waiting(), backend.requests.length]).toEqual([before, [], 0, 1]);
  });

  it('never has two exchanges at once, and gives everyone who asks a whole one', async () => {
    backend.holdAnswers();
    const first = sync.syncOnce();
    await settle();
    append(1);
    const later = [sync.syncOnce(), sync.syncOnce()];
    backend.release();
    expect(await Promise.all([first, ...later])).toEqual(['done', 'done', 'done']);
    expect([ledger.syncState().acknowledgedSeq, backend.requests]).toEqual([1, ['pull 0', 'push 1-1', 'pull 0']]);
  });

  it('tells its owner when the ledger has to be opened again, and stops', async () => {
    await sync.stop();
    const seen: string[] = [];
    const full: Ledger = { ...ledger, applyChanges: () => { throw new LedgerUnavailable('disk-full', 'no room'); } };
    sync = start({ onLedgerUnavailable: ({ trouble }) => seen.push(trouble) }, full);
    await clock.advance(60_000);
    expect([seen, backend.requests.length, clock.waiting()]).toEqual([['disk-full'], 1, 0]);
  });

  it('says when something changed', async () => {
    let changes = 0;
    sync.onChange(() => (changes += 1));
    await clock.advance(0);
    expect(changes).toBe(1);
    backend.changes.push(...townChanges(0));
    await clock.advance(IDLE);
    expect(changes).toBe(2);
    await clock.advance(IDLE);
    expect(changes).toBe(2);
  });
});
