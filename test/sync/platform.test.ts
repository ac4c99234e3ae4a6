/** Value whose ledger is a regional-currency platform's: told of every movement once, whatever the line and the platform do. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpPlatform } from '../../backend/adapters/http-platform.ts';
import { comparePlatform, settlePlatform, type PlatformPorts } from '../../backend/adapters/settle-platform.ts';
import { announce, asOnlyWriter } from '../../backend/ledger/change-feed.ts';
import { insertMovements, schemeOfRow } from '../../backend/ledger/stored-value.ts';
import { createBackendLog } from '../../backend/log.ts';
import { TOMAMAE } from '../../backend/seed/demo-town.ts';
import { ENGINES } from '../../backend/test-support/engines.ts';
import { uuidV7 } from '../../backend/test-support/test-device.ts';
import { START_MS, testTown, type TestTown } from '../../backend/test-support/test-town.ts';
import { AccountId, LotId, OperationId, SchemeId } from '../../contract/ids.ts';
import { dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import { pocketAccount, spentAccount, type Movement } from '../../contract/value.ts';
import { PLATFORM_FAULTS, PlatformStandIn } from '../platform-stand-in/stand-in.ts';

const municipalityId = TOMAMAE.id;
const SCHEME = SchemeId.parse('kurashi-2026');

describe.each(ENGINES)('value on a platform, on $name', (engine) => {
  let town: TestTown;
  let standIn: PlatformStandIn;
  let ports: PlatformPorts;
  let account: AccountId;
  const logged: Array<{ readonly event: string }> = [];

  beforeEach(async () => {
    town = await testTown(engine, 8);
    standIn = new PlatformStandIn();
    const url = await standIn.start();
    logged.length = 0;
    ports = {
      database: town.database, clock: town.clock,
      platform: createHttpPlatform({ url, token: standIn.token, timeoutMs: 300 }),
      log: createBackendLog((line) => void logged.push(JSON.parse(line) as (typeof logged)[number])),
    };
    const { kysely } = town.database;
    account = AccountId.parse((await kysely.selectFrom('account').select('account_id').executeTakeFirstOrThrow()).account_id);
    const scheme = schemeOfRow(await kysely.selectFrom('scheme').selectAll().where('scheme_id', '=', SCHEME).executeTakeFirstOrThrow());
    await kysely.updateTable('scheme').set({ rules: JSON.stringify({ ...scheme.rules, ledger: 'platform' }) }).where('scheme_id', '=', SCHEME).execute();
  });
  afterEach(async () => {
    await standIn.stop();
    await town.close();
  });

  const post = (...movements: Movement[]) =>
    asOnlyWriter(town.database, municipalityId, async (work) => {
      await insertMovements(work, municipalityId, movements.map((movement) => ({ movement, source: null })), town.clock.now());
      await announce(work, movements.map((movement) => ({ change: { type: 'movement', movement } })));
    });
  const common = () => ({ operationId: OperationId.parse(uuidV7(START_MS)), accountId: account, schemeId: SCHEME, entitlementId: null, occurredAt: momentFromEpoch(START_MS) });
  const load = (amount: number): Movement => {
    const base = common();
    const id = LotId.parse(`lot-${base.operationId}`);
    return {
      ...base, kind: 'load',
      lots: [{ id, accountId: account, schemeId: SCHEME, kind: 'free', issuedOn: dateInTokyo(base.occurredAt), lastDay: '2027-02-28' as never }],
      postings: [{ debit: `issued/${SCHEME}`, credit: pocketAccount(account, id), amount }],
    };
  };
  const spend = (from: Movement, amount: number): Movement => ({
    ...common(), kind: 'spend', lots: [], postings: [{ debit: pocketAccount(account, LotId.parse(`lot-${from.operationId}`)), credit: spentAccount(SCHEME, 'stall' as never), amount }],
  });
  const states = async () => (await town.database.kysely.selectFrom('platform_transfer').select('state').orderBy('position').execute()).map(({ state }) => state);
  const anomalies = async () => (await town.database.kysely.selectFrom('anomaly').select('what').orderBy('number').execute()).map(({ what }) => what);
  /** Goes on until nothing waits. */
  const settleAll = async () => {
    for (let round = 0; round < 40; round += 1) {
      if ((await settlePlatform(ports)).waiting === 0) return;
      town.clock.nowMs += 3_600_000;
    }
    throw new Error('Something waits for ever');
  };

  it('is told of each movement in the order in which they were posted, and both have the same balance', async () => {
    const loaded = load(5_000);
    await post(loaded, spend(loaded, 1_200));
    expect(await states()).toEqual(['waiting', 'waiting']);
    expect(standIn.requests).toBe(0);
    expect(await settlePlatform(ports)).toEqual({ settled: 2, refused: 0, waiting: 0 });
    expect(standIn.balance(account, SCHEME)).toBe(3_800);
    expect([await states(), await anomalies()]).toEqual([['settled', 'settled'], []]);
    expect(await comparePlatform(ports, '2026-11-22')).toEqual({ compared: 1, differing: 0, left: 0 });
  });

  it('tells it nothing of other schemes, nor of what moves between lots of one account', async () => {
    const [first, second] = [load(100), load(200)];
    await post(first, second);
    const [from, to] = [first, second].map((movement) => pocketAccount(account, LotId.parse(`lot-${movement.operationId}`)));
    if (!from || !to) throw new Error('There are two lots');
    await post({ ...common(), kind: 'reallocate', ofOperation: first.operationId, lots: [], postings: [{ debit: from, credit: to, amount: 50 }] });
    expect(await states()).toHaveLength(2);
  });

  it('forgets what is to be told when the movement is not posted in the end', async () => {
    await expect(
      asOnlyWriter(town.database, municipalityId, async (work) => {
        await insertMovements(work, municipalityId, [{ movement: load(1), source: null }], START_MS);
        throw new Error('in the end not');
      }),
    ).rejects.toThrow('in the end not');
    expect(await states()).toEqual([]);
  });

  const moments = PLATFORM_FAULTS.flatMap((fault) => [0, 1, 2, 3].map((after) => [fault, after] as const));
  it.each(moments)('moves nothing twice and loses nothing: %s at request %i', async (fault, after) => {
    const loaded = load(5_000);
    await post(loaded, spend(loaded, 1_200));
    const platform = ports.platform;
    let sent = 0;
    const counted = (request: () => Promise<never>) => {
      if (sent++ === after) standIn.faults.push(fault);
      return request();
    };
    ports = {
      ...ports,
      platform: {
        ...platform,
        reserve: (transfer) => counted(() => platform.reserve(transfer) as Promise<never>),
        confirm: (key) => counted(() => platform.confirm(key) as Promise<never>),
      },
    };
    await settleAll();
    expect(sent).toBeGreaterThanOrEqual(4);
    expect(standIn.balance(account, SCHEME)).toBe(3_800);
    expect([...standIn.confirmations.values()]).toEqual([1, 1]);
    expect([await states(), await anomalies()]).toEqual([['settled', 'settled'], []]);
  });

  it('keeps what follows back while one of the account rests, and waits longer each time', async () => {
    const loaded = load(5_000);
    await post(loaded, spend(loaded, 1_200));
    standIn.faults.push('error-before');
    expect(await settlePlatform(ports)).toEqual({ settled: 0, refused: 0, waiting: 2 });
    expect(logged.map(({ event }) => event)).toEqual(['platform-unreachable']);
    expect(standIn.requests).toBe(1);
    expect(await settlePlatform(ports)).toEqual({ settled: 0, refused: 0, waiting: 2 });
    expect(standIn.requests).toBe(1);
    town.clock.nowMs += 1_000;
    standIn.faults.push('error-before');
    await settlePlatform(ports);
    town.clock.nowMs += 1_000;
    await settlePlatform(ports);
    expect(standIn.requests).toBe(2);
    town.clock.nowMs += 1_000;
    expect(await settlePlatform(ports)).toEqual({ settled: 2, refused: 0, waiting: 0 });
  });

  it('is kept for staff when the platform refuses it for ever; what follows goes on', async () => {
    const loaded = load(5_000);
    await post(loaded, spend(loaded, 1_200));
    await settlePlatform(ports);
    // Somebody has used the value on the platform itself.
    standIn.transfers.set('by-the-app', { accountId: account, schemeId: SCHEME, direction: 'debit', amount: 3_800, state: 'confirmed' });
    await post(spend(loaded, 300), load(40));
    expect(await settlePlatform(ports)).toEqual({ settled: 1, refused: 1, waiting: 0 });
    expect([await states(), await anomalies()]).toEqual([['settled', 'settled', 'refused', 'settled'], ['platform-refused']]);
  });

  it('is compared at night: a difference is kept for staff once a day, and what waits is left for another time', async () => {
    const loaded = load(5_000);
    await post(loaded);
    expect(await comparePlatform(ports, '2026-11-22')).toEqual({ compared: 0, differing: 0, left: 1 });
    await settlePlatform(ports);
    standIn.transfers.set('by-the-app', { accountId: account, schemeId: SCHEME, direction: 'debit', amount: 1, state: 'confirmed' });
    for (let time = 0; time < 2; time += 1) expect(await comparePlatform(ports, '2026-11-22')).toEqual({ compared: 1, differing: 1, left: 0 });
    expect(await anomalies()).toEqual(['platform-differs']);
    await comparePlatform(ports, '2026-11-23');
    expect(await anomalies()).toEqual(['platform-differs', 'platform-differs']);
  });

  it('cancels what was reserved, and never what was confirmed', async () => {
    const transfer = { key: `${uuidV7(START_MS)}-1`, accountId: account, schemeId: SCHEME, direction: 'credit' as const, amount: 5 };
    const other = { ...transfer, key: `${uuidV7(START_MS)}-1` };
    expect(await ports.platform.reserve(transfer)).toMatchObject({ kind: 'done', value: { state: 'reserved' } });
    expect(await ports.platform.cancel(transfer.key)).toMatchObject({ kind: 'done', value: { state: 'cancelled' } });
    expect(await ports.platform.confirm(transfer.key)).toEqual({ kind: 'refused', why: 'cancelled' });
    await ports.platform.reserve(other);
    await ports.platform.confirm(other.key);
    expect(await ports.platform.cancel(other.key)).toMatchObject({ kind: 'done', value: { state: 'confirmed' } });
    expect(await ports.platform.reserve({ ...other, amount: 6 })).toEqual({ kind: 'refused', why: 'key-reused' });
    expect(await ports.platform.balance(account, SCHEME)).toMatchObject({ kind: 'done', value: { amount: 5 } });
  });
});
