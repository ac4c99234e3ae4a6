import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountId } from '../../contract/ids.ts';
import { loadOfSale, refundOfSale, sellSets, voidOfLoad } from '../../contract/movements.ts';
import type { Movement } from '../../contract/value.ts';
import type { DeviceBooks } from '../test-support/device-books.ts';
import { ENGINES } from '../test-support/engines.ts';
import type { TestDevice } from '../test-support/test-device.ts';
import type { TestTown } from '../test-support/test-town.ts';
import { made, ONE_OF_STAFF, TWO_OF_STAFF, ValueTown } from '../test-support/value-town.ts';
import { checkIntegrity } from './integrity.ts';

describe.each(ENGINES)('movements of money on $name', (engine) => {
  let t: ValueTown;
  let town: TestTown;
  let here: TestDevice;
  let there: TestDevice;
  let books: DeviceBooks;
  beforeAll(async () => {
    t = await ValueTown.make(engine);
    ({ town, here, there, books } = t);
  });
  afterAll(() => town.close());

  const sale = (account: AccountId, sets: number, more: Partial<Parameters<typeof sellSets>[0]> = {}): Movement => {
    const premium = books.schemeNamed('premium');
    const right = books.rights().find(({ schemeId, accountIds }) => schemeId === premium.id && accountIds.includes(account));
    const [stock] = books.stock(premium.id);
    if (!stock) throw new Error('The device has no stock');
    return made(sellSets({ ...t.occasion(), accountId: account, device: here.deviceId, scheme: premium, right, standing: undefined, bought: { underRight: 0, byAccount: 0 }, stock: { id: stock.id, left: stock.sets }, sets, staff: ONE_OF_STAFF, ...more }));
  };
  const cash = (movement: Movement) => here.append({ type: 'cash-moved', movement });
  const buyer = (): AccountId => {
    const premium = books.schemeNamed('premium');
    const account = books.rights().filter(({ schemeId }) => schemeId === premium.id).flatMap(({ accountIds }) => accountIds).find((id) => !t.used.has(id) && here.changes.some((change) => change.type === 'card' && change.accountId === id && change.profile === undefined && change.state === 'active'));
    if (!account) throw new Error('Nobody may buy');
    t.used.add(account);
    return account;
  };
  const loadSale = (sold: Movement, claim = books.claim(sold)) => made(loadOfSale({ ...t.occasion(), sale: sold, claim, scheme: books.schemeNamed('premium'), balance: 0 }));

  it('become a claim, then sets, then a claim again when the load is taken back, and cash at last', async () => {
    const account = buyer();
    const before = await t.total(account);
    const sold = sale(account, 2);
    cash(sold);
    const load = loadSale(sold);
    here.appendMoved(load);
    await t.push(here);
    expect((await t.total(account)) - before).toBe(26_000);
    await t.hold(account);
    const premium = books.schemeNamed('premium');
    const one = here.appendMoved({ ...made(voidOfLoad({ ...t.occasion(), load, lots: await t.lotsInBooks(account), scheme: premium, staff: TWO_OF_STAFF })), staff: ONE_OF_STAFF });
    const voided = here.appendMoved(made(voidOfLoad({ ...t.occasion(), load, lots: await t.lotsInBooks(account), scheme: premium, staff: TWO_OF_STAFF })));
    const again = loadSale(sold, 20_000);
    const reloaded = here.appendMoved(again);
    const early = cash(made(refundOfSale({ ...t.occasion(), sale: sold, claim: 20_000, device: here.deviceId, staff: ONE_OF_STAFF })));
    const twice = here.appendMoved(loadSale(sold, 20_000));
    await t.push(here);
    expect(await t.whatOf(here, one, voided, reloaded, early, twice)).toEqual([['against-the-rules'], [], [], ['claim-used'], ['claim-used']]);
    here.appendMoved(made(voidOfLoad({ ...t.occasion(), load: again, lots: await t.lotsInBooks(account), scheme: premium, staff: TWO_OF_STAFF })));
    const refunds = [1, 2].map(() => cash(made(refundOfSale({ ...t.occasion(), sale: sold, claim: 20_000, device: here.deviceId, staff: ONE_OF_STAFF }))));
    await t.push(here);
    expect(await t.whatOf(here, ...refunds)).toEqual([[], ['claim-used']]);
    expect(await t.total(account)).toBe(before);
  });

  it('that came in against the rules are kept as a claim without sets: it cannot be loaded, and can be given back', async () => {
    const account = buyer();
    const within = sale(account, 4);
    const beyond = sale(account, 3);
    const entries = [cash(within), cash(beyond), here.appendMoved(loadSale(beyond)), cash({ ...sale(account, 1), entitlementId: null })];
    await t.push(here);
    expect(await t.whatOf(here, ...entries)).toEqual([[], ['against-the-rules'], ['against-the-rules'], ['against-the-rules']]);
    const kept = await town.database.kysely.selectFrom('movement').select(['sets', 'entitlement_id']).where('operation_id', '=', beyond.operationId).execute();
    expect(kept).toEqual([{ sets: null, entitlement_id: null }]);
    const back = cash(made(refundOfSale({ ...t.occasion(), sale: beyond, claim: 30_000, device: here.deviceId, staff: ONE_OF_STAFF })));
    await t.push(here);
    expect(await t.whatOf(here, back)).toEqual([[]]);
  });

  it('count again under the right and the stock when a sale was given back', async () => {
    const account = buyer();
    const first = sale(account, 5);
    cash(first);
    cash(made(refundOfSale({ ...t.occasion(), sale: first, claim: 50_000, device: here.deviceId, staff: ONE_OF_STAFF })));
    const second = cash(sale(account, 5));
    await t.push(here);
    expect(await t.whatOf(here, second)).toEqual([[]]);
  });

  it('are not believed with another price, another drawer, or as something else', async () => {
    const account = buyer();
    const good = sale(account, 1);
    const cheap = { ...sale(account, 1), postings: good.postings.map((posting) => ({ ...posting, credit: `claim/${account}/${good.operationId}` as const })) };
    const drawer = sale(account, 1, { device: there.deviceId });
    const entries = [cash(cheap), cash(drawer), here.append({ type: 'cash-moved', movement: here.load(t.offer()) })];
    const dear = sale(account, 1);
    entries.push(cash({ ...dear, postings: dear.postings.map((posting) => ({ ...posting, amount: 9_999 })) }));
    await t.push(here);
    expect(await t.whatOf(here, ...entries)).toEqual([['differs'], ['differs'], ['differs'], ['differs']]);
    expect([await t.isPosted(drawer), await t.isPosted(dear)]).toEqual([false, true]);
  });

  it('leave books in which everything holds', async () => {
    expect((await checkIntegrity(town.database)).faults).toEqual([]);
  });
});
