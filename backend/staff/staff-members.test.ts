/** Who of the staff may sign in, on both engines: kiosks are told, the PIN itself is nowhere. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountId, StaffId } from '../../contract/ids.ts';
import { isStaffPin } from '../../contract/staff-pin.ts';
import { systemRandomness } from '../ports.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { ENGINES } from '../test-support/engines.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { addStaff, endStaff, listStaff, setStaffPin, unlockStaff } from './staff-members.ts';

const PIN = '482913';
const ID = StaffId.parse('s-7');

describe.each(ENGINES)('the staff of a town on $name', (engine) => {
  let town: TestTown;
  let plain: AccountId;
  let proving: AccountId;
  beforeAll(async () => {
    town = await testTown(engine, 8);
    const cards = await town.database.kysely.selectFrom('card').select(['account_id', 'profile', 'card_ref']).where('state', '=', 'active').execute();
    const [first, second] = [...new Set(cards.map(({ account_id }) => account_id))];
    await town.database.kysely.updateTable('card').set({ profile: 'plain-identifier', key_version: null }).where('account_id', '=', first ?? '').execute();
    await town.database.kysely.updateTable('card').set({ profile: 'felica-lite-s', key_version: 1 }).where('account_id', '=', second ?? '').execute();
    [plain, proving] = [AccountId.parse(first), AccountId.parse(second)];
  });
  afterAll(() => town.close());

  const toldOf = async () => {
    const rows = await town.database.kysely.selectFrom('change').select('body').where('body', 'like', '{"type":"staff"%').orderBy('cursor').execute();
    // The invented town has somebody of the staff already.
    return rows.map(({ body }) => JSON.parse(body) as { readonly staffId: StaffId; readonly pin: { readonly salt: string; readonly hash: string } | null; readonly epoch: number; readonly accountId: string }).filter(({ staffId }) => staffId === ID);
  };
  const listed = async () => (await listStaff(town.database, TOMAMAE.id)).filter(({ staffId }) => staffId === ID);
  const add = (change: Partial<Parameters<typeof addStaff>[2]> = {}) =>
    addStaff(town.database, TOMAMAE.id, { staffId: ID, accountId: proving, role: 'manager', pin: PIN, ...change }, systemRandomness);

  it('is refused a PIN that is too short, and a card that anybody can copy', async () => {
    expect(await add({ pin: '1234' })).toEqual({ kind: 'bad-pin' });
    expect(await add({ accountId: plain })).toEqual({ kind: 'no-card-that-proves-itself' });
    expect([await toldOf(), await listed()]).toEqual([[], []]);
  });

  it('is added once, told to the kiosks, and its PIN stands nowhere', async () => {
    expect(await add()).toEqual({ kind: 'done' });
    expect(await add()).toEqual({ kind: 'known-already' });
    expect(await add({ staffId: StaffId.parse('s-8') })).toEqual({ kind: 'account-in-use' });
    const [told] = await toldOf();
    expect(told).toMatchObject({ accountId: proving, role: 'manager', epoch: 1 });
    expect(told?.pin && (await isStaffPin(PIN, told.pin))).toBe(true);
    expect(JSON.stringify(await town.database.kysely.selectFrom('staff_member').selectAll().execute())).not.toContain(PIN);
  });

  it('gets another PIN, is unlocked, and ends; each is a new word to the kiosks', async () => {
    const { database } = town;
    const municipalityId = TOMAMAE.id;
    expect(await setStaffPin(database, municipalityId, ID, '99887766', systemRandomness)).toEqual({ kind: 'done' });
    expect(await unlockStaff(database, municipalityId, ID)).toEqual({ kind: 'done' });
    expect(await endStaff(database, municipalityId, ID)).toEqual({ kind: 'done' });
    expect(await endStaff(database, municipalityId, ID)).toEqual({ kind: 'unknown' });
    const told = await toldOf();
    expect(told.map(({ epoch, pin }) => [epoch, pin !== null])).toEqual([[1, true], [2, true], [3, true], [4, false]]);
    expect(told[2]?.pin).toEqual(told[1]?.pin);
    expect(told[1]?.pin && (await isStaffPin('99887766', told[1].pin))).toBe(true);
    expect(await listed()).toEqual([{ staffId: ID, accountId: proving, role: 'manager', state: 'ended' }]);
    expect(await add()).toEqual({ kind: 'known-already' });
  });
});
