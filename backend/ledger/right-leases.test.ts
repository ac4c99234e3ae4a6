import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccountId } from '../../contract/ids.ts';
import type { SalePhase, SaleTerms } from '../../contract/scheme-rules.ts';
import { LocalDate } from '../../contract/time.ts';
import type { Scheme } from '../../contract/value.ts';
import { ENGINES } from '../test-support/engines.ts';
import { valueOf } from '../test-support/test-device.ts';
import { putOnSale, saleOf, TestSeller } from '../test-support/test-sale.ts';
import { DAY_MS, testTown, type TestTown } from '../test-support/test-town.ts';
import { notePurchaseElsewhere, setEligible, setLotteryResult } from './sale-lists.ts';

const FIRST: SalePhase = { firstDay: LocalDate.parse('2026-11-01'), lastDay: LocalDate.parse('2026-11-25'), perPerson: 2 };
const SECOND: SalePhase = { firstDay: LocalDate.parse('2026-11-26'), lastDay: LocalDate.parse('2026-12-10'), perPerson: 5 };

describe.each(ENGINES)('rights to buy on $name', (engine) => {
  let town: TestTown;
  let accounts: AccountId[];
  /** Two accounts of one household, and one of another. */
  let family: [AccountId, AccountId];
  let single: AccountId;
  beforeEach(async () => {
    town = await testTown(engine, 40);
    const rows = await town.database.kysely
      .selectFrom('account')
      .innerJoin('resident', 'resident.resident_id', 'account.resident_id')
      .select(['account.account_id', 'resident.household_id'])
      .where('account.home_site_id', '=', 'yakuba')
      .orderBy('account.account_id')
      .execute();
    accounts = rows.map((row) => AccountId.parse(row.account_id));
    const household = rows.find((row) => rows.filter((other) => other.household_id === row.household_id).length > 1)?.household_id;
    const [one, two] = rows.filter((row) => row.household_id === household).map((row) => AccountId.parse(row.account_id));
    const alone = rows.find((row) => row.household_id !== household);
    if (!one || !two || !alone) throw new Error('The town is too small');
    family = [one, two];
    single = AccountId.parse(alone.account_id);
  });
  afterEach(() => town.close());

  const seller = async (scheme: Scheme, site?: string) => {
    const device = await town.device(site);
    await device.pullAll();
    return new TestSeller(device, scheme);
  };
  const sale = (phases: SalePhase[], terms: Partial<SaleTerms> = {}) => putOnSale(town, { phases, ...terms });
  const rightOf = ({ books }: TestSeller, account: AccountId) => books.rights().find(({ accountIds }) => accountIds.includes(account));
  const anomalies = async () => (await town.database.kysely.selectFrom('anomaly').select('what').execute()).map(({ what }) => what);

  it('are given once, to a device of the buyer’s own site, and are posted against', async () => {
    const scheme = await sale([FIRST, SECOND]);
    const [here, second, elsewhere] = [await seller(scheme), await seller(scheme), await seller(scheme, 'kotanbetsu')];
    expect(here.books.rights().map(({ accountIds }) => accountIds)).toEqual(expect.arrayContaining(accounts.map((account) => [account])));
    expect([second.books.rights().length, elsewhere.books.rights().some(({ accountIds }) => accountIds.includes(single))]).toEqual([0, false]);
    expect(rightOf(here, single)).toMatchObject({ sets: 2, limit: 'person', firstDay: '2026-11-01', lastDay: '2026-11-25' });
    expect(here.sell(single, 2)?.sets).toBe(2);
    expect(here.offer(single, 1)).toEqual({ ok: false, rule: 'person-limit' });
    expect(second.offer(single, 1)).toEqual({ ok: false, rule: 'not-held-here' });
    valueOf(await here.device.push());
    expect(await anomalies()).toEqual([]);
    expect(await here.device.pullAll()).toEqual(expect.not.arrayContaining([expect.objectContaining({ type: 'right' })]));
  });

  it('of the next phase count what was bought before, and are made when those of the last one are back', async () => {
    const scheme = await sale([FIRST, SECOND]);
    const here = await seller(scheme);
    here.sell(single, 2);
    valueOf(await here.device.push());
    const old = rightOf(here, single);
    town.clock.nowMs += 6 * DAY_MS;
    const told = await here.device.pullAll();
    expect(told).toContainEqual({ type: 'lease-recalled', entitlementId: old?.id });
    expect(here.offer(single, 1)).toEqual({ ok: false, rule: 'not-held-here' });
    expect(told.filter(({ type }) => type === 'right')).toEqual([]);
    await here.giveBack(here.held());
    await here.device.pullAll();
    expect(rightOf(here, single)).toMatchObject({ sets: 3, firstDay: '2026-11-26' });
    expect(here.sell(single, 3)?.sets).toBe(3);
    valueOf(await here.device.push());
    expect(await anomalies()).toEqual([]);
  });

  it('are shared by a household: one right for all of them, each within their own limit', async () => {
    const scheme = await sale([{ ...FIRST, perPerson: 3, perHousehold: 4 }]);
    const here = await seller(scheme);
    const right = rightOf(here, family[0]);
    expect(right).toMatchObject({ sets: 4, perAccount: 3, limit: 'household', accountIds: expect.arrayContaining(family) as unknown });
    here.sell(family[0], 3);
    expect(here.offer(family[1], 2)).toEqual({ ok: false, rule: 'household-limit' });
    expect(here.sell(family[1], 1)?.sets).toBe(1);
    await here.giveBack(here.held());
    await here.device.pullAll();
    expect([here.standing(family[0]), here.standing(family[1])]).toEqual(['person-limit', 'household-limit']);
    expect(await anomalies()).toEqual([]);
  });

  it('say who of a household had bought before', async () => {
    const scheme = await sale([{ ...FIRST, perPerson: 3, perHousehold: 6 }]);
    const here = await seller(scheme);
    here.sell(family[0], 2);
    await here.giveBack(here.held());
    await here.device.pullAll();
    expect(rightOf(here, family[0])).toMatchObject({ sets: 4, perAccount: 3, less: [{ accountId: family[0], sets: 2 }] });
    expect(here.offer(family[0], 2)).toEqual({ ok: false, rule: 'person-limit' });
    expect([here.sell(family[0], 1)?.sets, here.sell(family[1], 3)?.sets]).toEqual([1, 3]);
    valueOf(await here.device.push());
    expect(await anomalies()).toEqual([]);
  });

  it('are for those on the list only, and the others are told why, once', async () => {
    const scheme = await sale([FIRST], { eligibility: 'listed' });
    await setEligible(town.database, saleOf(scheme), [single], true);
    const here = await seller(scheme);
    expect(here.books.rights()).toHaveLength(1);
    expect([here.standing(single), here.standing(family[0])]).toEqual([undefined, 'not-eligible']);
    expect(here.offer(family[0], 1)).toEqual({ ok: false, rule: 'not-eligible' });
    expect(await here.device.pullAll()).toEqual([]);
    await setEligible(town.database, saleOf(scheme), [family[0]], true);
    await here.device.pullAll();
    expect([here.standing(family[0]), here.offer(family[0], 1).ok]).toEqual([undefined, true]);
    // Whoever is struck off the list: the right is asked back, and none is made.
    await setEligible(town.database, saleOf(scheme), [single], false);
    expect(await here.device.pullAll()).toContainEqual({ type: 'lease-recalled', entitlementId: rightOf(here, single)?.id });
    await here.giveBack(here.held());
    await here.device.pullAll();
    expect([here.standing(single), rightOf(here, single)]).toEqual(['not-eligible', undefined]);
    await expect(setEligible(town.database, saleOf(scheme), [AccountId.parse('nobody')], true)).rejects.toThrow('no account "nobody"');
  });

  it('are as many sets as were won in the lottery', async () => {
    const scheme = await sale([{ firstDay: FIRST.firstDay, lastDay: FIRST.lastDay, lottery: true }]);
    await setLotteryResult(town.database, saleOf(scheme), new Map([[single, 3], [family[0], 0]]));
    const here = await seller(scheme);
    expect([rightOf(here, single)?.sets, here.standing(family[0])]).toEqual([3, 'lottery-not-won']);
    expect(here.offer(single, 4)).toEqual({ ok: false, rule: 'person-limit' });
    await setLotteryResult(town.database, saleOf(scheme), new Map([[family[0], 1]]));
    await here.device.pullAll();
    expect([rightOf(here, family[0])?.sets, here.standing(family[0])]).toEqual([1, undefined]);
    await expect(setLotteryResult(town.database, saleOf(scheme), new Map([[single, 1.5]]))).rejects.toThrow('no number of sets');
  });

  it('count purchases by other media, each once, and end where only one medium is allowed', async () => {
    const scheme = await sale([{ ...FIRST, perPerson: 5 }]);
    const note = (accountId: AccountId, reference: string) => notePurchaseElsewhere(town.database, saleOf(scheme), { accountId, reference, medium: 'app', sets: 2 }, town.clock.nowMs);
    expect([await note(single, 'app-1'), await note(single, 'app-1')]).toEqual([true, false]);
    const here = await seller(scheme);
    expect(rightOf(here, single)?.sets).toBe(3);
    await note(family[0], 'app-2');
    expect(await here.device.pullAll()).toContainEqual({ type: 'lease-recalled', entitlementId: rightOf(here, family[0])?.id });
    await putOnSale(town, { phases: [{ ...FIRST, perPerson: 5 }], oneMedium: true });
    await here.giveBack(here.held());
    await here.device.pullAll();
    expect([here.standing(single), here.standing(family[0]), here.standing(family[1])]).toEqual(['other-medium', 'other-medium', undefined]);
  });

  it('come to the device where the buyer stands, when the other has given them back', async () => {
    const scheme = await sale([FIRST]);
    const [home, market] = [await seller(scheme), await seller(scheme, 'kotanbetsu')];
    home.sell(single, 1);
    expect(valueOf(await market.device.want(single)).recalled).toBeGreaterThan(0);
    await home.device.pullAll();
    await home.giveBack([{ kind: 'entitlement', id: rightOf(home, single)?.id as never }]);
    await home.device.pullAll();
    expect(rightOf(home, single)).toBeUndefined();
    expect(valueOf(await market.device.want(single)).recalled).toBe(0);
    await market.device.pullAll();
    expect([market.offer(single, 2), market.sell(single, 1)?.sets]).toEqual([{ ok: false, rule: 'person-limit' }, 1]);
    valueOf(await market.device.push());
    expect(await anomalies()).toEqual([]);
    // Everything is used up, and every device that may be asked hears why.
    await market.giveBack(market.held());
    await home.device.pullAll();
    await market.device.pullAll();
    expect([home.standing(single), market.standing(single)]).toEqual([undefined, 'person-limit']);
  });

  it('come back when sets were given back', async () => {
    const scheme = await sale([FIRST]);
    const here = await seller(scheme);
    const sold = here.sell(single, 2);
    if (!sold) throw new Error('Nothing was sold');
    await here.giveBack(here.held());
    await here.device.pullAll();
    expect(here.standing(single)).toBe('person-limit');
    here.refund(sold);
    valueOf(await here.device.push());
    await here.device.pullAll();
    expect([here.standing(single), rightOf(here, single)?.sets]).toEqual([undefined, 2]);
  });

  it('count what an earlier account of the same person bought, whether the town knows the person or not', async () => {
    const scheme = await sale([FIRST]);
    const here = await seller(scheme);
    here.sell(single, 2);
    here.sell(family[0], 1);
    await here.giveBack(here.held());
    const { kysely } = town.database;
    const replace = async (old: AccountId, known: boolean) => {
      const row = await kysely.selectFrom('account').selectAll().where('account_id', '=', old).executeTakeFirstOrThrow();
      const successor = AccountId.parse(`${old}-new`);
      await kysely.insertInto('account').values({ ...row, account_id: successor, resident_id: known ? row.resident_id : null }).execute();
      await kysely.updateTable('account').set({ state: 'closed', successor_id: successor, ...(known ? {} : { resident_id: null }) }).where('account_id', '=', old).execute();
      return successor;
    };
    const [anew, other] = [await replace(single, true), await replace(family[0], false)];
    await here.device.pullAll();
    expect([here.standing(anew), rightOf(here, anew), rightOf(here, other)?.sets]).toEqual(['person-limit', undefined, 1]);
  });
});
