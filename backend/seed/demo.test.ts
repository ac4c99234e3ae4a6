import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cardRefOf } from '../../contract/card-ref.ts';
import { AccountId, SchemeId } from '../../contract/ids.ts';
import { Change } from '../../contract/sync.ts';
import { dateInTokyo, LocalDate, momentFromEpoch } from '../../contract/time.ts';
import { warningsOf } from '../../contract/movements.ts';
import { pocketsOf, Scheme } from '../../contract/value.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { readBooks } from '../ledger/books.ts';
import { lotsHeld } from '../ledger/stored-value.ts';
import { isStaffPin } from '../../contract/staff-pin.ts';
import { listStaff } from '../staff/staff-members.ts';
import { newOfficeKey } from '../people/office-key.ts';
import { openSealed } from '../people/sealing.ts';
import { ENGINES, type TestPlace } from '../test-support/engines.ts';
import { demoPeople, POPULATION } from './demo-people.ts';
import { DEMO_CARDS, seedDemo } from './demo.ts';
import { DEMO_STAFF, demoSchemes, TOMAMAE } from './demo-town.ts';

const NOW = Date.parse('2026-11-21T01:00:00.000Z');
const TODAY = dateInTokyo(momentFromEpoch(NOW));
const randomness = { bytes: (length: number) => new Uint8Array(length).fill(7) };

describe.each(ENGINES)('the demo town on $name', (engine) => {
  let place: TestPlace;
  let database: BackendDatabase;
  const officeKey = newOfficeKey();
  const seed = (now = NOW) => seedDemo({ database, clock: { now: () => now }, randomness, officePublicKey: officeKey.x });
  beforeAll(async () => {
    place = await engine.place();
    database = await place.open();
    const seeded = await seed();
    expect(seeded).toMatchObject({ kind: 'seeded', figures: { residents: POPULATION } });
    if (seeded.kind === 'seeded') {
      expect(seeded.figures.cards).toBeGreaterThan(1_000);
      expect(seeded.figures.entitlements).toBeGreaterThan(1_000);
      expect(seeded.figures.entitlements).toBeLessThan(1_300);
    }
  }, 60_000);
  afterAll(async () => {
    await database.close();
    await place.remove();
  });

  const card = async (name: string) => {
    const uid = DEMO_CARDS.find((demoCard) => demoCard.name === name)?.uid ?? '';
    return database.kysely.selectFrom('card').selectAll().where('card_ref', '=', cardRefOf(randomness.bytes(32), Buffer.from(uid, 'hex'))).executeTakeFirst();
  };
  const holdings = async (name: string) => {
    const account = AccountId.parse((await card(name))?.account_id);
    const lots = await database.kysely.transaction().execute((transaction) => lotsHeld({ transaction }, TOMAMAE.id, [account]));
    const changes = await database.kysely.selectFrom('change').select('body').where('body', 'like', '%"type":"scheme"%').execute();
    const schemes = new Map<SchemeId, Scheme>();
    for (const { body } of changes) {
      const change = Change.parse(JSON.parse(body));
      if (change.type === 'scheme') schemes.set(change.scheme.id, change.scheme);
    }
    const entitlements = await database.kysely.selectFrom('entitlement').selectAll().where('account_id', '=', account).execute();
    return {
      lots: lots.map(({ lot, amount }) => [lot.kind, amount]),
      pockets: Object.fromEntries(pocketsOf(lots, schemes, TODAY).map((pocket) => [pocket.name, pocket.amount])),
      offers: entitlements.map((row) => [schemes.get(SchemeId.parse(row.scheme_id))?.name, row.amount]),
    };
  };

  it('gives hanako what the demonstration shows', async () => {
    const hanako = await holdings('hanako');
    expect(hanako.pockets).toEqual({ プレミアム地域振興券: 8_500, 地域ポイント: 320, 高齢者タクシー券: 4 });
    expect(hanako.lots).toEqual(expect.arrayContaining([['paid', 6_500], ['premium', 2_000]]));
    expect(hanako.offers).toEqual([['物価高騰くらし応援券', 5_000]]);
  });

  it('gives taro only something to receive, and kiyoshi only balances', async () => {
    const [taro, kiyoshi] = [await holdings('taro'), await holdings('kiyoshi')];
    expect([taro.pockets, taro.offers]).toEqual([{}, [['物価高騰くらし応援券', 5_000]]]);
    expect([Object.keys(kiyoshi.pockets).length > 0, kiyoshi.offers]).toEqual([true, []]);
  });

  it('lets taro’s paper card point to taro’s account as well', async () => {
    expect((await card('taro-paper'))?.account_id).toBe((await card('taro'))?.account_id);
    const announced = await database.kysely.selectFrom('change').select('body').where('body', 'like', '%"profile":"code"%').execute();
    expect(announced.map(({ body }) => Change.parse(JSON.parse(body)))).toEqual([
      expect.objectContaining({ type: 'card', cardRef: (await card('taro-paper'))?.card_ref, profile: 'code', state: 'active' }),
    ]);
  });

  it('has stopped sachiko’s card and does not know the guest’s, the bank’s and the My Number card', async () => {
    expect((await card('sachiko'))?.state).toBe('stopped');
    for (const name of ['guest', 'bank', 'mynumber']) expect(await card(name)).toBeUndefined();
  });

  it('gives three residents cards that prove themselves, the DESFire ones with nothing on them yet, and everybody else one that does not', async () => {
    for (const [name, profile, held] of [['kazuko', 'desfire', {}], ['setsuko', 'desfire', {}], ['haruo', 'felica-lite-s', { 地域ポイント: 640, 高齢者タクシー券: 12 }]] as const) {
      expect(await card(name)).toMatchObject({ profile, key_version: 1, state: 'active' });
      expect([(await holdings(name)).pockets, (await holdings(name)).offers]).toEqual([held, [['物価高騰くらし応援券', 5_000], ...(name === 'setsuko' ? [['高齢者タクシー券', 12]] : [])]]);
    }
    const others = await database.kysely.selectFrom('card').select('card_ref').where('profile', 'in', ['desfire', 'felica-lite-s']).execute();
    // And one of the staff.
    expect(others).toHaveLength(4);
    const told = await database.kysely.selectFrom('change').select('body').where('body', 'like', '%"profile":"desfire"%').execute();
    expect(told).toHaveLength(3);
  });

  it('lets one of the staff sign in, with a card that proves itself and the PIN that stands beside it', async () => {
    const { pin, id, accountId, card: named } = DEMO_STAFF;
    expect(await card(named)).toMatchObject({ profile: 'desfire', account_id: accountId, state: 'active' });
    const told = await database.kysely.selectFrom('change').select('body').where('body', 'like', '{"type":"staff"%').execute();
    const [member] = told.map(({ body }) => Change.parse(JSON.parse(body)));
    if (member?.type !== 'staff' || !member.pin) throw new Error('Nobody of the staff was told');
    expect([told.length, member.staffId, member.accountId, member.role, await isStaffPin(pin, member.pin)]).toEqual([1, id, accountId, 'clerk', true]);
    expect(await listStaff(database, TOMAMAE.id)).toEqual([{ staffId: id, accountId, role: 'clerk', state: 'active' }]);
    expect(DEMO_CARDS.find(({ name }) => name === named)?.about).toContain(pin);
    expect((await holdings(named)).offers).toEqual([]);
  });

  it('balances, with every opening balance a movement', async () => {
    const books = await readBooks(database);
    expect(books.faults).toEqual([]);
    expect(books.accounts.reduce((sum, { debit, credit }) => sum + debit - credit, 0)).toBe(0);
  });

  it('keeps names and addresses only sealed to the office', async () => {
    const rows = await database.kysely.selectFrom('resident').select(['resident_id', 'sealed']).execute();
    const [hanako, other] = [rows.find((row) => row.resident_id === demoPeople(TODAY)[0]?.residentId), rows.at(-1)];
    if (!hanako || !other) throw new Error('There are no residents');
    expect(await openSealed(officeKey, hanako.resident_id, hanako.sealed)).toMatchObject({ name: '浜野 花子', address: '字苫前100番地' });
    await expect(openSealed(newOfficeKey(), hanako.resident_id, hanako.sealed)).rejects.toThrow();
    await expect(openSealed(officeKey, other.resident_id, hanako.sealed)).rejects.toThrow();
    for (const table of ['household', 'account', 'card', 'entitlement', 'change'] as const) {
      expect(JSON.stringify(await database.kysely.selectFrom(table).selectAll().limit(3_000).execute())).not.toMatch(/浜野|番地/);
    }
  });

  it('is the same after a second seeding, also a year later', async () => {
    const everything = async () => {
      const counts: Record<string, unknown> = {};
      for (const table of ['resident', 'card', 'movement', 'posting', 'entitlement', 'change', 'scheme', 'municipality'] as const) {
        counts[table] = await database.kysely.selectFrom(table).select((eb) => eb.fn.countAll<number>().as('rows')).execute();
      }
      return { ...counts, counter: await database.kysely.selectFrom('change_counter').selectAll().execute() };
    };
    const before = await everything();
    expect(await seed()).toEqual({ kind: 'already-there' });
    expect(await seed(NOW + 365 * 86_400_000)).toEqual({ kind: 'already-there' });
    expect(await everything()).toEqual(before);
  });
});

describe('the demo town’s calendar', () => {
  it('ends on the announced days when it is seeded in 2026', () => {
    const { premium, kurashi, points, taxi } = demoSchemes(TODAY);
    expect([premium, kurashi, points, taxi].map(({ lastDay }) => lastDay)).toEqual(['2026-12-31', '2027-02-28', '2027-03-31', '2027-03-31']);
  });

  it('has schemes of which staff need not be warned, on whatever day it is seeded', () => {
    for (let day = Date.parse('2026-11-21'); day < Date.parse('2028-01-02'); day += 86_400_000) {
      const today = LocalDate.parse(new Date(day).toISOString().slice(0, 10));
      const { takeBy: _, ...schemes } = demoSchemes(today);
      for (const scheme of Object.values(schemes)) {
        expect(Scheme.parse(scheme)).toEqual(scheme);
        expect(warningsOf(scheme), `${scheme.name} on ${today}`).toEqual([]);
      }
      const phase = schemes.premium.rules?.sale?.phases.find(({ firstDay, lastDay }) => firstDay <= today && today <= lastDay);
      expect(phase, `a phase of sale on ${today}`).toBeDefined();
    }
  });

  it('is never over, on whatever day of whatever year it is seeded', () => {
    for (let day = Date.parse('2026-11-21'); day < Date.parse('2031-01-02'); day += 86_400_000) {
      const today = LocalDate.parse(new Date(day).toISOString().slice(0, 10));
      const { takeBy, ...schemes } = demoSchemes(today);
      for (const scheme of Object.values(schemes)) expect(scheme.firstDay < today && today <= scheme.lastDay, `${scheme.name} on ${today}`).toBe(true);
      expect(takeBy <= schemes.kurashi.lastDay && takeBy >= today).toBe(true);
    }
  });

  it('has the same people every time, mostly old', () => {
    const people = demoPeople(TODAY);
    expect(demoPeople(TODAY)).toEqual(people);
    expect(people).toHaveLength(POPULATION);
    const old = people.filter(({ age }) => age >= 65).length / people.length;
    expect(old).toBeGreaterThan(0.38);
    expect(old).toBeLessThan(0.48);
    expect(new Set(people.map(({ accountId }) => accountId)).size).toBe(POPULATION);
  });
});
