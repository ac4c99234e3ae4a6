import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AcceptorId } from '../../contract/ids.ts';
import { expireLots, spendValue } from '../../contract/movements.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { DeviceBooks } from '../test-support/device-books.ts';
import { ENGINES } from '../test-support/engines.ts';
import type { TestDevice } from '../test-support/test-device.ts';
import { DAY_MS, type TestTown } from '../test-support/test-town.ts';
import { made, ONE_OF_STAFF, ValueTown } from '../test-support/value-town.ts';
import { expireEverywhere } from './expire-overdue.ts';
import { checkIntegrity } from './integrity.ts';

describe.each(ENGINES)('value past its last day on $name', (engine) => {
  let t: ValueTown;
  let town: TestTown;
  let here: TestDevice;
  let books: DeviceBooks;
  beforeAll(async () => {
    t = await ValueTown.make(engine);
    ({ town, here, books } = t);
  });
  afterAll(() => town.close());

  it('expire by the town, twice the same as once, and come back when they were used in time', async () => {
    const points = books.schemeNamed('points');
    const account = t.holder(points, 220);
    await t.hold(account);
    const before = await t.total(account);
    const start = town.clock.nowMs;
    const movement = made(spendValue({ ...t.occasion(), accountId: account, scheme: points, amount: 120, lots: books.lots(account), onCard: null, acceptor: AcceptorId.parse('hot-spring'), staff: ONE_OF_STAFF }));
    const entry = here.appendMoved(movement);
    const over = Date.parse(points.lastDay) + 9 * DAY_MS;
    const all = await t.total(account, points);
    await expireEverywhere(town.database, over - 4 * DAY_MS, 7);
    expect(await t.total(account, points)).toBe(all);
    expect(await expireEverywhere(town.database, over, 7)).toBeGreaterThan(20);
    expect(await expireEverywhere(town.database, over, 7)).toBe(0);
    expect((await t.inBooks(account))[movement.postings[0]?.debit.split('/')[2] ?? '']).toBeUndefined();
    town.clock.nowMs = over;
    await t.push(here);
    town.clock.nowMs = start;
    expect(await t.whatOf(here, entry)).toEqual([[]]);
    const spent = await town.database.kysely.selectFrom('posting').select(['debit', 'amount']).where('operation_id', 'in', (eb) => eb.selectFrom('movement').select('operation_id').where('of_operation', '=', movement.operationId)).execute();
    expect(spent).toEqual([{ debit: `expired/${points.id}`, amount: 120 }]);
    await here.pullAll();
    expect(books.image(account)).toEqual(await t.inBooks(account));
    expect(before).toBeGreaterThan(await t.total(account));
  });

  it('expire only by the card, and only what is over', async () => {
    const kurashi = books.schemeNamed('kurashi');
    const { card, entitlement, account } = await t.townCard();
    t.withCard(here, card, here.load(entitlement));
    await t.push(here);
    const early = { ...made(expireLots({ ...t.occasion(), occurredAt: momentFromEpoch(Date.parse(kurashi.lastDay) + 5 * DAY_MS), accountId: account, scheme: kurashi.id, lots: books.lots(account) })), occurredAt: t.occasion().occurredAt };
    const tooEarly = t.withCard(here, card, early);
    await t.push(here);
    const start = town.clock.nowMs;
    town.clock.nowMs = Date.parse(kurashi.lastDay) + 20 * DAY_MS;
    await expireEverywhere(town.database, town.clock.nowMs, 7);
    expect(await t.total(account, kurashi)).toBe(5_000);
    // It has been spent from elsewhere, where nobody had a network: the card says less than the books of this kiosk.
    const entry = t.withCard(here, card, made(expireLots({ ...t.occasion(), accountId: account, scheme: kurashi.id, lots: books.lots(account).map(({ lot }) => ({ lot, amount: 4_000 })) })));
    await t.push(here);
    expect([...(await t.whatOf(here, tooEarly, entry)), await t.total(account, kurashi)]).toEqual([['differs'], [], 1_000]);
    town.clock.nowMs = start;
  });

  it('leave books in which everything holds', async () => {
    expect((await checkIntegrity(town.database)).faults).toEqual([]);
  });
});
