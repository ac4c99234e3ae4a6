import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccountId } from '../../contract/ids.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { ENGINES } from '../test-support/engines.ts';
import { refusalOf, sendByInject, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { DAY_MS, testTown, type TestTown } from '../test-support/test-town.ts';
import { asOnlyWriter } from './change-feed.ts';
import { holdsOf } from './holds.ts';

describe.each(ENGINES)('holds of accounts on $name', (engine) => {
  let town: TestTown;
  let here: TestDevice;
  let there: TestDevice;
  let account: AccountId;
  let other: AccountId;
  beforeEach(async () => {
    town = await testTown(engine, 12);
    [here, there] = [await town.device(), await town.device('kotanbetsu')];
    await here.pullAll();
    await there.pullAll();
    const rows = await town.database.kysely.selectFrom('account').select('account_id').orderBy('account_id').limit(2).execute();
    const [one, two] = rows.map((row) => AccountId.parse(row.account_id));
    if (!one || !two) throw new Error('The town is too small');
    [account, other] = [one, two];
  });
  afterEach(() => town.close());

  const giveBack = async (device: TestDevice, id: AccountId) => {
    device.append({ type: 'leases-returned', leases: [{ kind: 'hold', id }] });
    valueOf(await device.push());
  };
  const heldBy = (device: TestDevice, accounts: AccountId[]) => asOnlyWriter(town.database, TOMAMAE.id, async (work) => (await holdsOf(work, [device.deviceId], accounts)).get(device.deviceId) ?? new Set());

  it('are given to one device, which finds its hold in the feed; asking again changes nothing', async () => {
    const answer = valueOf(await here.hold(account));
    expect(await here.pullAll()).toEqual([{ type: 'hold', accountId: account, until: '2026-11-22T01:00:00.000Z' }]);
    expect(answer).toEqual({ kind: 'held', cursor: here.cursor });
    expect(valueOf(await here.hold(account))).toEqual(answer);
    expect(await here.pullAll()).toEqual([]);
    expect([await heldBy(here, [account, other]), await heldBy(there, [account, other])]).toEqual([new Set([account]), new Set()]);
  });

  it('are elsewhere for all others, however long it takes, until the journal of their device says that they are given back', async () => {
    valueOf(await here.hold(account));
    await here.pullAll();
    for (let day = 0; day < 3; day += 1) {
      town.clock.nowMs += 10 * DAY_MS;
      expect(valueOf(await there.hold(account))).toEqual({ kind: 'elsewhere' });
    }
    expect(await here.pullAll()).toContainEqual({ type: 'hold-recalled', accountId: account });
    await giveBack(there, account);
    expect(valueOf(await there.hold(account)).kind).toBe('elsewhere');
    await giveBack(here, account);
    expect(valueOf(await there.hold(account)).kind).toBe('held');
    expect([await heldBy(here, [account]), await heldBy(there, [account])]).toEqual([new Set(), new Set([account])]);
    // Nobody is told again of what is over.
    here.cursor = 0;
    expect((await here.pullAll()).filter(({ type }) => type === 'hold' || type === 'hold-recalled')).toEqual([]);
  });

  it('last longer when their device asks again, and are not asked back any more', async () => {
    const first = valueOf(await here.hold(account));
    town.clock.nowMs += DAY_MS / 2 + 1;
    const again = valueOf(await here.hold(account));
    if (first.kind !== 'held' || again.kind !== 'held') throw new Error('Not held');
    expect(again.cursor).toBeGreaterThan(first.cursor);
    valueOf(await there.hold(account));
    valueOf(await here.hold(account));
    const told = await here.pullAll();
    expect(told.filter(({ type }) => type === 'hold')).toHaveLength(1);
    expect(told.filter(({ type }) => type === 'hold-recalled')).toHaveLength(0);
  });

  it('are given to one of two devices that ask at the same moment (on PostgreSQL at two backends)', async () => {
    if (engine.name === 'PostgreSQL') there.send = sendByInject((await town.another()).app);
    const answers = await Promise.all([here.hold(account), there.hold(account), here.hold(account), there.hold(account)]);
    const kinds = answers.map((answer) => valueOf(answer).kind);
    expect([kinds[0], kinds[1]].toSorted()).toEqual(['elsewhere', 'held']);
    expect([kinds[2], kinds[3]]).toEqual([kinds[0], kinds[1]]);
    const [row] = await town.database.kysely.selectFrom('account_hold').selectAll().execute();
    if (!row) throw new Error('There is no hold');
    const loser = row.device_id === here.deviceId ? there : here;
    await expect(town.database.kysely.insertInto('account_hold').values({ ...row, device_id: loser.deviceId }).execute()).rejects.toThrow(/unique/i);
  });

  it('are not for accounts that the town does not have, or has closed', async () => {
    expect(valueOf(await here.hold(AccountId.parse('nobody')))).toEqual({ kind: 'unknown-account' });
    await town.database.kysely.updateTable('account').set({ state: 'closed' }).where('account_id', '=', account).execute();
    expect(valueOf(await here.hold(account))).toEqual({ kind: 'unknown-account' });
    expect(refusalOf(await here.hold('Not a name' as AccountId)).what).toBe('bad-request');
  });
});
