import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountId, CardRef, MunicipalityId, OperationId, StaffId } from '../../contract/ids.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import { pocketAccount, spentAccount, type Entitlement, type Movement } from '../../contract/value.ts';
import { releaseCard } from '../cards/release-card.ts';
import { ENGINES } from '../test-support/engines.ts';
import { TEST_CARD_KEYS, TestCard } from '../test-support/test-card.ts';
import { uuidV7, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { stopCards } from '../cards/card-records.ts';
import { asOnlyWriter } from './change-feed.ts';
import { readBooks } from './books.ts';
import { listAnomalies } from './list-anomalies.ts';
import { resolveAnomaly, type Resolution } from './resolve-anomaly.ts';

const TOWN = MunicipalityId.parse('tomamae');
const BY = { staff: StaffId.parse('s-7'), reason: '本人に確かめた' };

describe.each(ENGINES)('what staff decide, on $name', (engine) => {
  let town: TestTown;
  let device: TestDevice;
  const offers: Entitlement[] = [];

  beforeAll(async () => {
    town = await testTown(engine, 300, { cardKeys: TEST_CARD_KEYS });
    device = await town.device();
    await device.pullAll();
    offers.push(...device.offers());
  });
  afterAll(() => town.close());

  const offer = (): Entitlement => {
    const next = offers.pop();
    if (!next) throw new Error('Nobody may receive anything any more');
    return next;
  };
  const push = async () => void valueOf(await device.push(device.entries.slice(-8)));
  const open = async () => (await listAnomalies(town.database, TOWN, false)).at(-1);
  const resolve = (number: number, decision: Resolution['decision']) =>
    resolveAnomaly(town.database, TOWN, { number, decision, ...BY }, { nowMs: town.clock.now(), cardKeys: TEST_CARD_KEYS });
  const faults = async () => (await readBooks(town.database)).faults;
  const inPocket = async (accountId: string) =>
    (await readBooks(town.database)).accounts.filter(({ account }) => account.startsWith(`pocket/${accountId}/`)).reduce((sum, { debit, credit }) => sum + credit - debit, 0);

  /** A load that is refused because the office had withdrawn the grant meanwhile. */
  const refusedLoad = async () => {
    const entitlement = offer();
    await town.database.kysely.updateTable('entitlement').set({ state: 'withdrawn' }).where('entitlement_id', '=', entitlement.id).execute();
    const movement = device.load(entitlement);
    device.appendMoved(movement);
    await push();
    const anomaly = await open();
    if (anomaly?.what !== 'withdrawn') throw new Error(`Not refused as it should be: ${anomaly?.what ?? 'not at all'}`);
    return { entitlement, movement, number: anomaly.number };
  };

  it('is posted when they accept it, as the kiosk reported it, and every kiosk is told', async () => {
    const { entitlement, movement, number } = await refusedLoad();
    const before = await inPocket(entitlement.accountId);
    expect(await resolve(number, 'accepted')).toMatchObject({ what: 'withdrawn', accepted: { operationId: movement.operationId, shortfall: 0 } });
    expect((await inPocket(entitlement.accountId)) - before).toBe(entitlement.amount);
    expect(await device.pullAll()).toContainEqual({ type: 'movement', movement: { ...movement, entitlementId: null } });
    expect(await faults()).toEqual([]);
  });

  it('leaves the books as they are when they reject it, and is kept with who, when and why', async () => {
    const { entitlement, number } = await refusedLoad();
    const before = await inPocket(entitlement.accountId);
    expect((await resolve(number, 'rejected')).accepted).toBeUndefined();
    expect(await inPocket(entitlement.accountId)).toBe(before);
    expect((await listAnomalies(town.database, TOWN, false)).map((line) => line.number)).not.toContain(number);
    expect((await listAnomalies(town.database, TOWN, true)).find((line) => line.number === number)?.resolution).toEqual({
      decision: 'rejected', staff: 's-7', reason: '本人に確かめた', at: momentFromEpoch(town.clock.now()),
    });
    expect(await faults()).toEqual([]);
  });

  it('is decided once: a second decision is refused, and none can be changed or taken out', async () => {
    const { movement, number } = await refusedLoad();
    await resolve(number, 'rejected');
    await expect(resolve(number, 'accepted')).rejects.toThrow(`Anomaly ${number} was rejected by s-7 before`);
    expect(await town.database.kysely.selectFrom('movement').selectAll().where('operation_id', '=', movement.operationId).execute()).toEqual([]);
    await expect(town.database.kysely.updateTable('anomaly_resolution').set({ reason: '' }).execute()).rejects.toThrow('append-only');
    await expect(town.database.kysely.deleteFrom('anomaly_resolution').execute()).rejects.toThrow('append-only');
  });

  it('keeps its number, whatever comes afterwards', async () => {
    const first = await refusedLoad();
    const second = await refusedLoad();
    expect(second.number).toBe(first.number + 1);
    // The device sends the same again: it is known.
    await push();
    expect((await open())?.number).toBe(second.number);
  });

  it('cannot accept what is in the books already, or what is about no movement', async () => {
    const { number } = await refusedLoad();
    await resolve(number, 'accepted');
    const { kysely } = town.database;
    const [row] = await kysely.selectFrom('anomaly').selectAll().where('number', '=', number).execute();
    if (!row) throw new Error('The anomaly is gone');
    await kysely.insertInto('anomaly').values({ ...row, number: number + 1, what: 'differs', state: 'open' }).execute();
    await kysely.insertInto('anomaly').values({ ...row, number: number + 2, what: 'too-many-cards', seq: 0, state: 'open' }).execute();
    await expect(resolve(number + 1, 'accepted')).rejects.toThrow('is in the books already');
    await expect(resolve(number + 2, 'accepted')).rejects.toThrow('not about a movement');
    await resolve(number + 1, 'noted');
    await resolve(number + 2, 'noted');
    await expect(resolve(number + 3, 'noted')).rejects.toThrow('There is no anomaly');
    expect(await faults()).toEqual([]);
  });

  /** A debit of a card that only points to its account, at a kiosk that does not hold it. */
  const spendOf = (accountId: Entitlement['accountId'], { schemeId }: Entitlement, load: Movement, amount: number): Movement => {
    const [lot] = load.lots;
    if (!lot) throw new Error('The load has no lot');
    return {
      operationId: OperationId.parse(uuidV7(town.clock.now())), kind: 'spend', accountId, schemeId, entitlementId: null, occurredAt: momentFromEpoch(town.clock.now()), lots: [],
      postings: [{ debit: pocketAccount(accountId, lot.id), credit: spentAccount(schemeId, 'stall' as never), amount }],
      staff: [StaffId.parse('s-1')],
    };
  };

  it('lets the issuer bear what the account does not cover, and no pocket ever holds less than nothing', async () => {
    const entitlement = offer();
    const load = device.load(entitlement);
    device.appendMoved(load);
    await push();
    const before = await inPocket(entitlement.accountId);
    const spend = spendOf(entitlement.accountId, entitlement, load, entitlement.amount + 700);
    device.appendMoved(spend);
    await push();
    const anomaly = await open();
    expect(anomaly?.resolution).toBeUndefined();
    expect(await resolve(anomaly?.number ?? 0, 'accepted')).toMatchObject({ accepted: { shortfall: 700 } });
    expect(await inPocket(entitlement.accountId)).toBe(before - entitlement.amount);
    expect((await device.pullAll()).flatMap((change) => (change.type === 'movement' ? [change.movement.kind] : [])).slice(-2)).toEqual(['correct', 'spend']);
    expect(await faults()).toEqual([]);
  });

  it('takes what the account has first when the card had the value, and the rest from the issuer', async () => {
    const entitlement = offer();
    const card = await TestCard.issue(town, entitlement.accountId);
    valueOf(await device.cardKeys({ profile: 'desfire', identifier: card.identifier.toString('hex') }));
    const scheme = device.schemeOf(entitlement);
    const acceptor = scheme.rules?.spend?.acceptors[0]?.id;
    if (!acceptor) throw new Error('The scheme can be used nowhere');
    const { accountId, schemeId, amount } = entitlement;
    const held = (await inPocket(accountId));
    const spend: Movement = {
      operationId: OperationId.parse(uuidV7(town.clock.now())), kind: 'spend', accountId, schemeId, entitlementId: null, occurredAt: momentFromEpoch(town.clock.now()), lots: [],
      postings: [{ debit: pocketAccount(accountId, `not-yet-known-${schemeId}` as never), credit: spentAccount(schemeId, acceptor), amount: amount + 500 }],
    };
    const load = device.load(entitlement);
    device.appendMoved(load, { ...card.named, evidence: card.commit(load) });
    card.held.set(schemeId, amount + 500);
    device.appendMoved(spend, { ...card.named, evidence: card.commit(spend) });
    await push();
    const anomaly = await open();
    expect(anomaly?.what).toBe('overdrawn');
    const { accepted } = await resolve(anomaly?.number ?? 0, 'accepted');
    expect(accepted?.shortfall).toBeLessThanOrEqual(500);
    expect(await inPocket(accountId)).toBe(held + amount + (accepted?.shortfall ?? 0) - (amount + 500));
    expect(await faults()).toEqual([]);
  });

  it('lets a stopped card be used again, once, and every kiosk is told', async () => {
    const { account_id } = await town.database.kysely.selectFrom('account').select('account_id').executeTakeFirstOrThrow();
    const card = await TestCard.issue(town, AccountId.parse(account_id));
    await asOnlyWriter(town.database, TOWN, (work) => stopCards(work, [card.cardRef]));
    await device.pullAll();
    await releaseCard(town.database, TOWN, card.cardRef, BY, town.clock.now());
    expect(await device.pullAll()).toContainEqual({ type: 'card', cardRef: card.cardRef, accountId: account_id, profile: 'desfire', state: 'active' });
    expect(await town.database.kysely.selectFrom('card_release').select(['number', 'staff_id', 'reason']).execute()).toEqual([{ number: 1, staff_id: 's-7', reason: '本人に確かめた' }]);
    await expect(releaseCard(town.database, TOWN, card.cardRef, BY, town.clock.now())).rejects.toThrow('no stopped card');
    await expect(releaseCard(town.database, TOWN, CardRef.parse('0'.repeat(32)), BY, town.clock.now())).rejects.toThrow('no stopped card');
  });
});
