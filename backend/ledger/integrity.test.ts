import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccountId, LotId, MunicipalityId, OperationId, SchemeId } from '../../contract/ids.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import type { LedgerAccount, Movement } from '../../contract/value.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import type { Tables } from '../database/tables.ts';
import { ENGINES } from '../test-support/engines.ts';
import { uuidV7, valueOf } from '../test-support/test-device.ts';
import { START_MS, testTown, type TestTown } from '../test-support/test-town.ts';
import { announce, asOnlyWriter } from './change-feed.ts';
import { checkIntegrity, checkSnapshot } from './integrity.ts';
import { insertMovements } from './stored-value.ts';

const TOWN = MunicipalityId.parse('tomamae');
const SCHEME = SchemeId.parse('kurashi-2026');

/** A sale, its load and something spent of it, as the town's own words: all that a planted fault needs. */
async function seedMovements(database: BackendDatabase): Promise<{ readonly sale: string; readonly load: string; readonly spend: string; readonly lot: string; readonly account: string }> {
  const { account_id } = await database.kysely.selectFrom('account').select('account_id').orderBy('account_id').executeTakeFirstOrThrow();
  const accountId = AccountId.parse(account_id);
  const id = () => OperationId.parse(uuidV7(START_MS));
  const [sale, load, spend] = [id(), id(), id()];
  const lot = LotId.parse(`lot-${load}-paid`);
  const common = { accountId, schemeId: SCHEME, entitlementId: null, occurredAt: momentFromEpoch(START_MS) };
  const claim: LedgerAccount = `claim/${accountId}/${sale}`;
  const pocket: LedgerAccount = `pocket/${accountId}/${lot}`;
  const movements: Movement[] = [
    { ...common, operationId: sale, kind: 'sale', lots: [], postings: [{ debit: 'cash/dev-1', credit: claim, amount: 5_000 }] },
    {
      ...common, operationId: load, kind: 'load', ofOperation: sale,
      lots: [{ id: lot, accountId, schemeId: SCHEME, kind: 'paid', issuedOn: '2026-11-21' as never, lastDay: '2027-01-31' as never }],
      postings: [{ debit: claim, credit: `sold/${SCHEME}`, amount: 5_000 }, { debit: `issued/${SCHEME}`, credit: pocket, amount: 5_000 }],
    },
    { ...common, operationId: spend, kind: 'spend', lots: [], postings: [{ debit: pocket, credit: `spent/${SCHEME}/stall`, amount: 1_200 }] },
  ];
  await asOnlyWriter(database, TOWN, async (work) => {
    await insertMovements(work, TOWN, movements.map((movement) => ({ movement, source: null })), START_MS);
    await announce(work, movements.map((movement) => ({ change: { type: 'movement', movement } })));
  });
  return { sale, load, spend, lot, account: accountId };
}

describe.each(ENGINES)('the integrity of the ledger on $name', (engine) => {
  let town: TestTown;
  let seeded: Awaited<ReturnType<typeof seedMovements>>;
  let device: string;

  beforeAll(async () => {
    town = await testTown(engine, 60);
    const kiosk = await town.device();
    await kiosk.pullAll();
    for (const offer of kiosk.offers().slice(0, 3)) kiosk.appendMoved(kiosk.load(offer));
    valueOf(await kiosk.push());
    seeded = await seedMovements(town.database);
    device = kiosk.deviceId;
  });
  afterAll(() => town.close());

  /** What is found when `plant` has been done past everything that guards the tables; it is undone afterwards. */
  const foundAfter = (plant: (connection: Kysely<Tables>) => Promise<unknown>): Promise<readonly string[]> =>
    town.database.kysely.connection().execute(async (connection) => {
      await sql`begin`.execute(connection);
      try {
        if (engine.name === 'SQLite') {
          await sql`pragma defer_foreign_keys = on`.execute(connection);
          const { rows } = await sql<{ name: string }>`select name from sqlite_schema where type = 'trigger'`.execute(connection);
          for (const { name } of rows) await sql`drop trigger ${sql.ref(name)}`.execute(connection);
        } else {
          await sql`set local session_replication_role = replica`.execute(connection);
        }
        await plant(connection);
        return (await checkSnapshot({ ...town.database, kysely: connection })).faults;
      } finally {
        await sql`rollback`.execute(connection);
      }
    });
  const inDatabase = (statement: () => ReturnType<typeof sql>) => (connection: Kysely<Tables>) => statement().execute(connection);

  it('holds when nothing is wrong, and has looked at everything', async () => {
    const checked = await checkIntegrity(town.database);
    expect(checked.faults).toEqual([]);
    const { count } = await town.database.kysely.selectFrom('posting').select((eb) => eb.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
    expect(checked).toMatchObject({ postings: count, journalEntries: 3 });
    expect(checked.lots).toBeGreaterThan(3);
  });

  it.each<readonly [string, () => ReturnType<typeof sql>, RegExp]>([
    ['a posting of another amount', () => sql`update posting set amount = 5001 where operation_id = ${seeded.load} and debit like 'issued/%'`, /tells the kiosks another movement/],
    ['a posting that is gone', () => sql`delete from posting where operation_id = ${seeded.spend}`, /has no posting/],
    ['a movement that is gone', () => sql`delete from movement where operation_id = ${seeded.spend}`, /which does not exist/],
    ['a posting from value to money', () => sql`update posting set debit = 'cash/dev-1' where operation_id = ${seeded.spend}`, /not balanced/],
    ['a posting into another scheme', () => sql`update posting set credit = 'spent/tomaebo/stall' where operation_id = ${seeded.spend}`, /not balanced/],
    ['a movement of a kind that moves nothing there', () => sql`update movement set kind = 'give' where operation_id = ${seeded.spend}`, /cannot be: A give does not move/],
    ['more spent than there was', () => sql`update posting set amount = 5200 where operation_id = ${seeded.spend}`, /less than nothing/],
    ['a sale half used', () => sql`update posting set amount = 4000 where operation_id = ${seeded.load} and debit like 'claim/%'`, /neither all of it nor nothing/],
    ['a lot that is gone', () => sql`delete from lot where lot_id = ${seeded.lot}`, /a lot that does not exist/],
    ['a lot of another account', () => sql`update lot set account_id = (select max(account_id) from account) where lot_id = ${seeded.lot}`, /under another account/],
    ['a lot of another movement', () => sql`update lot set operation_id = ${seeded.spend} where lot_id = ${seeded.lot}`, /did not begin with the movement/],
    ['a debit from a lot that nobody knows', () => sql`update posting set debit = ${`pocket/${seeded.account}/not-yet-known-${SCHEME}`} where operation_id = ${seeded.spend}`, /left in a lot that nobody knows/],
    ['an account that cannot be', () => sql`update posting set credit = 'elsewhere/x' where operation_id = ${seeded.spend}`, /a ledger account that cannot be/],
    ['a movement that the kiosks were never told of', () => sql`delete from change where body like ${`%"operationId":"${seeded.spend}"%`}`, /the feed tells the kiosks of/],
    ['a change that cannot be read', () => sql`update change set body = '{}' where body like ${`%"operationId":"${seeded.spend}"%`}`, /cannot be read/],
    ['a counter behind its feed', () => sql`update change_counter set last_cursor = 1`, /its counter says 1/],
    ['a journal entry of another text', () => sql`update journal_entry set body = replace(body, '"amount":', '"amount": ') where seq = 2`, /does not verify at entry 2 \(hash\)/],
    ['a journal entry that is gone', () => sql`delete from journal_entry where seq = 2`, /does not verify at entry 3 \(gap\)/],
    ['a movement in the journal and not in the books', () => sql`delete from posting where operation_id in (select operation_id from movement where seq = 3)`, /neither posted nor kept for staff/],
    ['a movement that no journal speaks of', () => sql`update movement set device_id = ${device}, seq = 1 where operation_id = ${seeded.spend}`, /a journal entry that does not speak of them/],
    ['a grant taken by nothing', () => sql`update entitlement set operation_id = ${seeded.spend} where entitlement_id = (select min(entitlement_id) from entitlement where state = 'taken')`, /marked as taken, but not by a movement/],
    ['a grant that is open again', () => sql`update entitlement set state = 'open', operation_id = null where state = 'taken'`, /take an entitlement that does not name them/],
    ['a seal on another hash', () => sql`update journal_seal set hash = ${'0'.repeat(64)}`, /sealed at entry \d+ with another hash/],
    ['an anomaly put away by nobody', () => sql`insert into anomaly (municipality_id, number, device_id, seq, what, entry_hash, detail, noticed_ms, state) values (${TOWN}, 1, '', 0, 'fork', 'x', '', 0, 'resolved')`, /resolved without a decision/],
  ])('finds %s', async (_, statement, sentence) => {
    expect(await foundAfter(inDatabase(statement))).toContainEqual(expect.stringMatching(sentence) as string);
  });

  it('keeps a hundred sentences and the number of the others', async () => {
    const found = await foundAfter(inDatabase(() => sql`delete from posting`));
    expect(found).toHaveLength(101);
    expect(found.at(-1)).toMatch(/There are \d+ more faults/);
  });

  it('neither sees nor hinders what is written meanwhile', async () => {
    const other = await town.place.open();
    try {
      let steps = 0;
      const before = await checkIntegrity(other);
      const checked = await checkIntegrity(other, async () => {
        if ((steps += 1) === 1) await seedMovements(town.database);
      });
      expect(checked).toEqual(before);
      expect((await checkIntegrity(other)).movements).toBe(before.movements + 3);
    } finally {
      await other.close();
    }
  });
});
