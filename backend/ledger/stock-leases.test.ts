import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccountId } from '../../contract/ids.ts';
import type { SalePhase } from '../../contract/scheme-rules.ts';
import { LocalDate } from '../../contract/time.ts';
import type { Scheme } from '../../contract/value.ts';
import { ENGINES } from '../test-support/engines.ts';
import { sendByInject, valueOf } from '../test-support/test-device.ts';
import { putOnSale, saleOf, TestSeller } from '../test-support/test-sale.ts';
import { DAY_MS, testTown, type TestTown } from '../test-support/test-town.ts';
import { notePurchaseElsewhere } from './sale-lists.ts';

const PHASE: SalePhase = { firstDay: LocalDate.parse('2026-11-01'), lastDay: LocalDate.parse('2026-12-10'), perPerson: 20 };

describe.each(ENGINES)('a stock of sets on $name', (engine) => {
  let town: TestTown;
  let buyers: AccountId[];
  beforeEach(async () => {
    town = await testTown(engine, 40, { stockPerDeviceMax: 10 });
    const rows = await town.database.kysely.selectFrom('account').select('account_id').where('home_site_id', '=', 'yakuba').orderBy('account_id').execute();
    buyers = rows.map((row) => AccountId.parse(row.account_id));
  });
  afterEach(() => town.close());

  const buyer = (index: number) => {
    const account = buyers[index];
    if (!account) throw new Error('The town is too small');
    return account;
  };
  const stockOf = (sets: number) => putOnSale(town, { phases: [PHASE], stock: sets });
  const seller = async (scheme: Scheme, site?: string) => {
    const device = await town.device(site);
    await device.pullAll();
    return new TestSeller(device, scheme);
  };
  const setsOf = (device: TestSeller) => device.books.stock(device.scheme).map(({ sets }) => sets);
  const anomalies = async () => (await town.database.kysely.selectFrom('anomaly').select('what').execute()).map(({ what }) => what);

  it('is leased in shares: at most a quarter of what is free, at most what a device may hold, one when there is any', async () => {
    const scheme = await stockOf(24);
    const devices: TestSeller[] = [];
    for (let count = 0; count < 6; count += 1) devices.push(await seller(scheme));
    expect(devices.map(setsOf)).toEqual([[6], [4], [3], [2], [2], [1]]);
    expect(await devices[0]?.device.pullAll()).toEqual([]);
    const plenty = await stockOf(4_000);
    expect(setsOf(await seller(plenty))).toEqual([10]);
  });

  it('is topped up when it runs low, and the sales name the lease they came out of', async () => {
    const scheme = await stockOf(400);
    const here = await seller(scheme);
    here.sell(buyer(0), 4);
    valueOf(await here.device.push());
    await here.device.pullAll();
    expect(setsOf(here)).toEqual([10]);
    here.sell(buyer(0), 1);
    valueOf(await here.device.push());
    await here.device.pullAll();
    expect(setsOf(here)).toEqual([10, 5]);
    const [first, second] = here.books.stock(scheme.id);
    expect(here.sales().map(({ stockLease }) => stockLease)).toEqual([first?.id, first?.id]);
    // What is left of one lease does not go together with another.
    expect([here.sell(buyer(0), 6), here.sell(buyer(0), 5)?.stockLease, here.sell(buyer(0), 5)?.stockLease]).toEqual([undefined, first?.id, second?.id]);
    valueOf(await here.device.push());
    expect(await anomalies()).toEqual([]);
  });

  it('is never more than there is, however it is divided', async () => {
    const scheme = await stockOf(3);
    const [here, there] = [await seller(scheme), await seller(scheme)];
    expect([setsOf(here), setsOf(there)]).toEqual([[1], [1]]);
    here.sell(buyer(0), 1);
    valueOf(await here.device.push());
    await here.device.pullAll();
    expect(setsOf(here)).toEqual([1, 1]);
    here.sell(buyer(0), 1);
    valueOf(await here.device.push());
    await here.device.pullAll();
    expect([setsOf(here), here.offer(buyer(0), 1)]).toEqual([[1, 1], { ok: false, rule: 'sold-out' }]);
    expect(setsOf(await seller(scheme))).toEqual([]);
  });

  it('comes back with the lease, less what was sold, and what was given back in cash is free again', async () => {
    const scheme = await stockOf(8);
    const here = await seller(scheme);
    expect(setsOf(here)).toEqual([2]);
    const sold = here.sell(buyer(0), 1);
    if (!sold) throw new Error('Nothing was sold');
    const stocks = here.books.stock(scheme.id);
    await here.giveBack(stocks.map(({ id }) => ({ kind: 'stock', id })));
    const there = await seller(scheme);
    // Seven are free: a quarter of them is one.
    expect(setsOf(there)).toEqual([1]);
    const told = await here.device.pullAll();
    expect(told).toContainEqual({ type: 'stock-ended', stockLease: stocks[0]?.id });
    here.refund(sold);
    await here.giveBack(here.books.stock(scheme.id).map(({ id }) => ({ kind: 'stock', id })));
    await there.giveBack(there.books.stock(scheme.id).map(({ id }) => ({ kind: 'stock', id })));
    expect(setsOf(await seller(scheme))).toEqual([2]);
  });

  it('counts what was bought by other media', async () => {
    const scheme = await stockOf(8);
    await notePurchaseElsewhere(town.database, saleOf(scheme), { accountId: buyer(0), reference: 'app-1', medium: 'app', sets: 8 }, town.clock.nowMs);
    expect(setsOf(await seller(scheme))).toEqual([]);
  });

  it('is brought to the device where somebody may buy more than its share', async () => {
    const scheme = await stockOf(12);
    const here = await seller(scheme);
    expect(setsOf(here)).toEqual([3]);
    valueOf(await here.device.want(buyer(0)));
    await here.device.pullAll();
    expect(setsOf(here)).toEqual([3, 9]);
  });

  it('is renewed while it is a fair share, and runs out at a device that has far more than that', async () => {
    const scheme = await stockOf(400);
    const [here, there] = [await seller(scheme), await seller(scheme)];
    valueOf(await here.device.want(buyer(0)));
    await here.device.pullAll();
    expect([setsOf(here), setsOf(there)]).toEqual([[10, 10], [10]]);
    town.clock.nowMs += 5 * DAY_MS;
    const renewed = async (device: TestSeller) => (await device.device.pullAll()).filter(({ type }) => type === 'stock').length;
    expect([await renewed(here), await renewed(there)]).toEqual([2, 1]);
    await putOnSale(town, { phases: [PHASE], stock: 30 });
    town.clock.nowMs += 5 * DAY_MS;
    expect([await renewed(here), await renewed(there)]).toEqual([0, 0]);
  });

  it('is never leased twice by devices that pull at the same moment (on PostgreSQL at two backends)', async () => {
    const scheme = await stockOf(9);
    const devices = await Promise.all(Array.from({ length: 5 }, () => town.device()));
    if (engine.name === 'PostgreSQL') for (const device of devices.slice(2)) device.send = sendByInject((await town.another()).app);
    for (let round = 0; round < 3; round += 1) await Promise.all(devices.map((device) => device.pullAll()));
    const all = devices.flatMap((device) => setsOf(new TestSeller(device, scheme)));
    expect(all.reduce((sum, sets) => sum + sets, 0)).toBeLessThanOrEqual(9);
    expect(all.length).toBeGreaterThanOrEqual(4);
  });
});
