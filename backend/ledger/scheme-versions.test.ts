import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActivityId, type AccountId } from '../../contract/ids.ts';
import { exchangeValue, giveValue, loadOfSale } from '../../contract/movements.ts';
import type { SchemeRules } from '../../contract/scheme-rules.ts';
import { addDays, dateInTokyo, momentFromEpoch } from '../../contract/time.ts';
import type { Movement, Scheme } from '../../contract/value.ts';
import { putScheme } from '../office/put-scheme.ts';
import { systemRandomness } from '../ports.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { ENGINES } from '../test-support/engines.ts';
import { valueOf } from '../test-support/test-device.ts';
import { putOnSale, TestSeller } from '../test-support/test-sale.ts';
import { made, ONE_OF_STAFF, ValueTown } from '../test-support/value-town.ts';
import { beginGeneration } from './generations.ts';

const FESTIVAL = ActivityId.parse('festival');

describe.each(ENGINES)('rules that change while a kiosk is offline, on $name', (engine) => {
  let t: ValueTown;
  beforeAll(async () => {
    t = await ValueTown.make(engine);
  });
  afterAll(() => t.town.close());

  /** The office changes the rules; no kiosk has heard of it yet. */
  const change = async (scheme: Scheme, rules: Partial<SchemeRules>, more: Partial<Scheme> = {}): Promise<Scheme> => {
    const changed = { ...scheme, ...more, rules: { ...scheme.rules, ...rules } };
    expect(await putScheme(t.town.database, TOMAMAE.id, changed, true)).toEqual({ kind: 'changed' });
    return changed;
  };
  const giving = (step: number) => ({ give: { activities: [{ id: FESTIVAL, name: '夏まつり' }], step } });
  const points = () => t.books.schemeNamed('points');
  const giver = async (): Promise<AccountId> => {
    const account = t.holder(points(), 220);
    await t.hold(account);
    return account;
  };
  const given = (account: AccountId, amount: number, scheme = points()): Movement =>
    made(giveValue({ ...t.occasion(), accountId: account, scheme, amount, activity: FESTIVAL, lots: t.books.lots(account), onCard: null, staff: ONE_OF_STAFF }));
  /** Pulls, and asks for more: the town then knows that the kiosk has heard everything. */
  const hear = async () => {
    await t.here.pullAll();
    await t.here.pullAll();
  };
  const pushed = async (...entries: ReadonlyArray<{ readonly seq: number }>) => {
    await t.push(t.here);
    return t.whatOf(t.here, ...entries);
  };

  it('let stand what the kiosk did by the rules that it knew, until it has heard of others', async () => {
    await change(points(), giving(7));
    await hear();
    const account = await giver();
    const old = points();
    await change(old, giving(10));
    const offline = given(account, 14);
    expect(await pushed(t.here.appendMoved(offline))).toEqual([[]]);
    expect(await t.isPosted(offline)).toBe(true);
    await hear();
    expect(points().rules?.give?.step).toBe(10);
    const late = given(account, 21, old);
    expect(await pushed(t.here.appendMoved(late), t.here.appendMoved(given(account, 20)))).toEqual([['against-the-rules'], []]);
    expect(await t.isPosted(late)).toBe(false);
  });

  it('let stand what it had begun before it heard of others, if it says so with what it asks for', async () => {
    await change(points(), giving(7));
    await hear();
    const account = await giver();
    const old = points();
    const cursor = t.here.cursor;
    await change(old, giving(10));
    await t.here.pullAll();
    valueOf(await t.here.pull(t.here.cursor, {}, undefined, cursor));
    const begun = given(account, 14, old);
    expect(await pushed(t.here.appendMoved(begun))).toEqual([[]]);
    expect(await t.isPosted(begun)).toBe(true);
    valueOf(await t.here.pull(t.here.cursor));
    expect(await pushed(t.here.appendMoved(given(account, 21, old)))).toEqual([['against-the-rules']]);
  });

  it('are tried from the newest to those that the kiosk had heard last, and never further back', async () => {
    await change(points(), giving(11));
    await change(points(), giving(7));
    await hear();
    const account = await giver();
    for (const step of [10, 13]) await change(points(), giving(step));
    const entries = [13, 20, 14, 22].map((amount) => t.here.appendMoved(given(account, amount, { ...points(), rules: { ...points().rules, ...giving(1) } })));
    expect(await pushed(...entries)).toEqual([[], [], [], ['against-the-rules']]);
  });

  it('of two schemes are taken together as they were', async () => {
    const account = await giver();
    const [from, to] = [points(), t.books.schemeNamed('kurashi')];
    const exchanged = made(exchangeValue({ ...t.occasion(), accountId: account, scheme: from, to, times: 1, balanceOfTo: 0, lots: t.books.lots(account), onCard: null, staff: ONE_OF_STAFF }));
    await change(from, { exchange: from.rules?.exchange?.map((terms) => ({ ...terms, give: terms.give + 1, get: terms.get + 1 })) ?? [] });
    await change(to, { validDays: 3 });
    const entry = t.here.appendMoved(exchanged);
    expect(await pushed(entry)).toEqual([[]]);
    expect(await t.isPosted(exchanged)).toBe(true);
  });

  it('give for a sale what was paid for, whatever is sold when it is loaded', async () => {
    const today = dateInTokyo(momentFromEpoch(t.town.clock.nowMs));
    const phases = [{ firstDay: addDays(today, -1), lastDay: addDays(today, 30), perPerson: 3 }];
    const first = await putOnSale(t.town, { phases });
    const seller = new TestSeller(t.here, first);
    await hear();
    const withCard = new Set(t.here.offers().map(({ accountId }) => accountId));
    const account = seller.books.rights().filter(({ schemeId }) => schemeId === first.id).flatMap(({ accountIds }) => accountIds).find((id) => withCard.has(id));
    if (!account) throw new Error('Nobody may buy');
    await putOnSale(t.town, { phases, priceYen: 5_000, paid: 5_000, premium: 500 });
    const sale = seller.sell(account, 2);
    if (!sale) throw new Error('Nothing was sold');
    expect(await pushed({ seq: t.here.entries.length })).toEqual([[]]);
    await hear();
    const scheme = seller.books.scheme(first.id);
    expect(scheme.rules?.sale?.premium).toBe(500);
    const load = made(loadOfSale({ ...t.occasion(), sale, claim: seller.books.claim(sale), scheme, balance: 0 }));
    expect(load.postings.map(({ amount }) => amount)).toEqual([20_000, 20_000, 6_000]);
    expect(await pushed(t.here.appendMoved(load))).toEqual([[]]);
    expect(await t.isPosted(load)).toBe(true);
  });

  it('judge a movement whose outcome was not known by when it was first reported', async () => {
    const { card, entitlement } = await t.townCard();
    const scheme = t.here.schemeOf(entitlement);
    const movement = t.here.load(entitlement);
    await change(scheme, { validDays: 5 });
    t.here.append({ type: 'movement-unknown', movement, card: { ...card.named, counterBefore: 0 } });
    await t.push(t.here);
    await hear();
    expect(await pushed(t.withCard(t.here, card, movement))).toEqual([[]]);
    expect(await t.isPosted(movement)).toBe(true);
  });

  it('judge a debit that waited for its load by when it was reported', async () => {
    const { card, account, entitlement } = await t.townCard();
    const scheme = t.here.schemeOf(entitlement);
    const load = t.here.load(entitlement);
    const loaded = { ...card.named, evidence: card.commit(load) };
    await t.keysOf(card, t.there);
    await t.there.pullAll();
    const spent = t.spend(account, scheme, 300, { lots: [], onCard: entitlement.amount });
    await change(scheme, { spend: { acceptors: [{ id: 'nobody' as never, name: 'なし' }] } });
    const entry = t.withCard(t.there, card, spent);
    await t.push(t.there);
    expect(await t.whatOf(t.there, entry)).toEqual([['overdrawn']]);
    await t.there.pullAll();
    await t.there.pullAll();
    t.here.appendMoved(load, loaded);
    await t.push(t.here);
    expect([await t.isPosted(spent), await t.whatOf(t.there, entry)]).toEqual([true, [[]]]);
  });

  it('are any that there were for a kiosk of the days that a restored backup has lost', async () => {
    const account = await giver();
    const old = await change(points(), giving(7));
    await change(points(), giving(10));
    await hear();
    await beginGeneration(t.town.database, t.town.clock.nowMs, systemRandomness);
    const movement = given(account, 14, old);
    expect(await pushed(t.here.appendMoved(movement))).toEqual([[]]);
    expect(await t.isPosted(movement)).toBe(true);
  });

  it('are kept for ever', async () => {
    const { kysely } = t.town.database;
    const taxi = t.books.schemeNamed('taxi');
    await change(taxi, giving(7));
    await change(taxi, giving(10));
    const rows = await kysely.selectFrom('scheme_version').select(['version', 'rules', 'since_cursor']).where('scheme_id', '=', taxi.id).orderBy('version').execute();
    expect(rows.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(rows.slice(1).map(({ rules }) => (JSON.parse(rules ?? '') as SchemeRules).give?.step)).toEqual([7, 10]);
    const told = await kysely.selectFrom('change').select('cursor').where('body', 'like', `{"type":"scheme"%"${taxi.id}"%`).orderBy('cursor').execute();
    expect(rows.map(({ since_cursor }) => since_cursor)).toEqual(told.map(({ cursor }) => cursor));
    await expect(kysely.updateTable('scheme_version').set({ rules: null }).execute()).rejects.toThrow('append-only');
    await expect(kysely.deleteFrom('scheme_version').execute()).rejects.toThrow('append-only');
  });
});
