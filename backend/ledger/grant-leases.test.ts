import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EntitlementId } from '../../contract/ids.ts';
import { AccountId } from '../../contract/ids.ts';
import { revokeDevice } from '../devices/known-devices.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { ENGINES } from '../test-support/engines.ts';
import { sendByInject, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { DAY_MS, testTown, type TestTown } from '../test-support/test-town.ts';
import { refreshGrantLeases } from './grant-leases.ts';

describe.each(ENGINES)('leases of entitlements on $name', (engine) => {
  let town: TestTown;
  beforeEach(async () => {
    town = await testTown(engine, 120);
  });
  afterEach(() => town.close());

  const holders = () => town.database.kysely.selectFrom('lease').select(['entitlement_id', 'device_id']).where('state', '=', 'held').execute();
  const giveBack = async (device: TestDevice, entitlements: Iterable<EntitlementId>) => {
    device.append({ type: 'leases-returned', leases: [...entitlements].map((id) => ({ kind: 'entitlement', id })) });
    valueOf(await device.push());
  };
  const held = (device: TestDevice) => [...device.leases().values()].map(({ id }) => id);

  it('are for residents of the device’s own site, for a week, and for one device at a time', async () => {
    const [first, second, elsewhere] = [await town.device(), await town.device(), await town.device('kotanbetsu')];
    await Promise.all([first.pullAll(), second.pullAll(), elsewhere.pullAll()]);
    const sites = new Map((await town.database.kysely.selectFrom('account').select(['account_id', 'home_site_id']).execute()).map((row) => [row.account_id, row.home_site_id]));
    expect(first.leases().size + second.leases().size).toBeGreaterThan(20);
    expect([...first.leases().keys()].filter((id) => second.leases().has(id))).toEqual([]);
    for (const { accountId } of [...first.leases().values(), ...second.leases().values()]) expect(sites.get(accountId)).toBe('yakuba');
    for (const { accountId } of elsewhere.leases().values()) expect(sites.get(accountId)).toBe('kotanbetsu');
    const lease = [...first.changes, ...second.changes].find((change) => change.type === 'lease');
    expect(lease).toMatchObject({ until: '2026-11-28T01:00:00.000Z' });
  });

  it('are never given to two devices that pull at the same moment (on PostgreSQL at two backends)', async () => {
    const devices = await Promise.all(Array.from({ length: 4 }, () => town.device()));
    if (engine.name === 'PostgreSQL') for (const device of devices.slice(2)) device.send = sendByInject((await town.another()).app);
    await Promise.all(devices.map((device) => device.pullAll()));
    const all = devices.flatMap((device) => [...held(device), ...device.changes.flatMap((change) => (change.type === 'right' ? [change.right.id] : []))]);
    expect(all.length).toBeGreaterThan(60);
    expect(new Set(all).size).toBe(all.length);
    const buyers = devices.flatMap((device) => device.changes.flatMap((change) => (change.type === 'right' ? change.right.accountIds : [])));
    expect(new Set(buyers).size).toBe(buyers.length);
  });

  it('are renewed when fewer than three days are left, and the feed does not grow by it', async () => {
    const device = await town.device();
    await device.pullAll();
    town.clock.nowMs += 3 * DAY_MS;
    expect(await device.pullAll()).toEqual([]);
    const rows = async () => (await town.database.kysely.selectFrom('change').select('cursor').execute()).length;
    const before = await rows();
    town.clock.nowMs += 2 * DAY_MS;
    const renewed = await device.pullAll();
    const grants = renewed.filter(({ type }) => type === 'lease');
    expect(grants).toHaveLength(device.leases().size);
    expect(grants[0]).toMatchObject({ type: 'lease', until: '2026-12-03T01:00:00.000Z' });
    expect(await rows()).toBe(before);
  });

  it('pass to no other device by waiting, however long, and count when they are used after that', async () => {
    const [first, second] = [await town.device(), await town.device()];
    await first.pullAll();
    const [entitlement] = first.offers();
    if (!entitlement) throw new Error('The device holds nothing');
    town.clock.nowMs += 40 * DAY_MS;
    await second.pullAll();
    expect(second.leases().size).toBe(0);
    first.appendMoved(first.load(entitlement));
    valueOf(await first.push());
    expect(await town.database.kysely.selectFrom('anomaly').select('what').execute()).toEqual([]);
    expect(new Set((await holders()).map((row) => row.device_id))).toEqual(new Set([first.deviceId]));
  });

  it('pass to another device when the first says that it has given them back, and not again to a device that begins anew', async () => {
    const [first, second] = [await town.device(), await town.device()];
    await first.pullAll();
    const mine = held(first);
    await giveBack(first, mine.slice(0, 10));
    await second.pullAll();
    const told = await first.pullAll();
    expect(told.filter(({ type }) => type === 'lease-ended')).toHaveLength(10);
    expect(new Set(held(second))).toEqual(new Set(mine.slice(0, 10)));
    // Whoever asks first has it, also the one that gave it back.
    await giveBack(second, mine.slice(0, 10));
    await first.pullAll();
    await second.pullAll();
    expect([held(first).length, held(second).length]).toEqual([mine.length, 0]);
    await giveBack(first, mine);
    await second.pullAll();
    expect(new Set(held(second))).toEqual(new Set(mine));
    first.cursor = 0;
    first.changes.length = 0;
    await first.pullAll();
    expect(held(first)).toEqual([]);
  });

  it('are not ended by the word of a device that does not hold them', async () => {
    const [first, second] = [await town.device(), await town.device()];
    await first.pullAll();
    await giveBack(second, held(first));
    await second.pullAll();
    expect([held(second), (await holders()).length]).toEqual([[], held(first).length]);
  });

  it('come to the device where their holder stands, at once or when the other has given them back', async () => {
    const [home, market] = [await town.device(), await town.device('kotanbetsu')];
    await home.pullAll();
    await market.pullAll();
    const [wanted] = home.offers();
    if (!wanted) throw new Error('The device holds nothing');
    const mine = held(market);
    const answer = valueOf(await market.want(wanted.accountId));
    expect(answer.recalled).toBeGreaterThan(0);
    expect(valueOf(await market.want(wanted.accountId))).toEqual({ cursor: answer.cursor, recalled: answer.recalled });
    const told = await home.pullAll();
    expect(told.filter((change) => change.type === 'lease-recalled' && change.entitlementId === wanted.id)).toHaveLength(1);
    await giveBack(home, [wanted.id]);
    // Its holder stands elsewhere: it does not come back here.
    await home.pullAll();
    expect(home.leases().has(wanted.id)).toBe(false);
    await market.pullAll();
    expect(new Set(held(market))).toEqual(new Set([...mine, wanted.id]));
  });

  it('are given at once when nobody holds them, wherever their holder lives', async () => {
    const market = await town.device('kotanbetsu');
    await market.pullAll();
    const { account_id, entitlement_id } = await town.database.kysely
      .selectFrom('entitlement')
      .innerJoin('account', 'account.account_id', 'entitlement.account_id')
      .select(['entitlement.account_id', 'entitlement.entitlement_id'])
      .where('account.home_site_id', '=', 'yakuba')
      .limit(1)
      .executeTakeFirstOrThrow();
    const { cursor, recalled } = valueOf(await market.want(AccountId.parse(account_id)));
    expect(recalled).toBe(0);
    await market.pullAll();
    expect(market.cursor).toBe(cursor);
    expect(market.leases().has(entitlement_id)).toBe(true);
    expect((await market.want(AccountId.parse('nobody'))).ok).toBe(false);
  });

  it('cannot have two holders, whatever the program does', async () => {
    const [first, second] = [await town.device(), await town.device()];
    await first.pullAll();
    const [row] = await town.database.kysely.selectFrom('lease').selectAll().limit(1).execute();
    if (!row) throw new Error('There is no lease');
    await expect(town.database.kysely.insertInto('lease').values({ ...row, device_id: second.deviceId }).execute()).rejects.toThrow(/unique/i);
  });

  it('are not given for what can no longer be taken', async () => {
    town.clock.nowMs = Date.parse('2027-02-01T01:00:00.000Z');
    const device = await town.device();
    await device.pullAll();
    expect(device.leases().size).toBe(0);
  });

  it('are not given to a device that was revoked after it had asked', async () => {
    const device = await town.device();
    await revokeDevice(town.database, device.deviceId);
    const { siteId } = device.identity ?? { siteId: undefined };
    if (siteId === undefined) throw new Error('Not enrolled');
    expect(await refreshGrantLeases(town.database, { municipalityId: TOMAMAE.id, deviceId: device.deviceId, siteId }, town.clock.nowMs)).toBe(0);
    expect(await holders()).toEqual([]);
  });
});
