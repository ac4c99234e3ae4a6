import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccountId, CardRef } from '../../contract/ids.ts';
import type { Change } from '../../contract/sync.ts';
import { systemRandomness } from '../ports.ts';
import { stopCards } from './card-records.ts';
import { asOnlyWriter } from '../ledger/change-feed.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { ENGINES } from '../test-support/engines.ts';
import { TEST_CARD_KEYS, TestCard } from '../test-support/test-card.ts';
import { valueOf, type TestDevice } from '../test-support/test-device.ts';
import { DAY_MS, testTown, type TestTown } from '../test-support/test-town.ts';
import { recordKeyVersion, registerCard } from './register-card.ts';

const AHEAD = 50;
const SEALING = { masterKeys: TEST_CARD_KEYS, randomness: systemRandomness };
type CardKeys = Extract<Change, { type: 'card-keys' }>;

describe.each(ENGINES)('keys in advance on $name', (engine) => {
  let town: TestTown;
  let here: TestDevice;
  let accounts: AccountId[];
  beforeEach(async () => {
    town = await testTown(engine, 20, { cardKeys: TEST_CARD_KEYS, keysAheadMax: AHEAD });
    here = await town.device();
    await here.pullAll();
    const rows = await town.database.kysely.selectFrom('account').select('account_id').where('home_site_id', '=', 'yakuba').execute();
    accounts = rows.map((row) => AccountId.parse(row.account_id));
  });
  afterEach(() => town.close());

  const own = () => accounts[0] ?? AccountId.parse('none');
  /** A card as `npm run cards` makes and registers it. */
  const registered = async (accountId = own(), profile: TestCard['profile'] = 'desfire', keyVersion = 1): Promise<TestCard> => {
    const card = await TestCard.issue(town, accountId, profile);
    await town.database.kysely.deleteFrom('card').where('card_ref', '=', card.cardRef).execute();
    await registerCard(town.database, { identifier: card.identifier, accountId, profile, keyVersion }, SEALING);
    return card;
  };
  const keysIn = (changes: readonly Change[]) => changes.filter((change): change is CardKeys => change.type === 'card-keys');
  const open = async (device: TestDevice, { cardRef, until, sealed }: CardKeys) => device.openCardKeys({ kind: 'keys', cardRef, until, sealed });

  it('come with the pull, sealed to the device, before the card was ever laid down', async () => {
    const [desfire, felica] = [await registered(), await registered(own(), 'felica-lite-s')];
    const given = keysIn(await here.pullAll());
    expect(new Map(given.map(({ cardRef, profile, until }) => [cardRef, [profile, until]]))).toEqual(
      new Map([
        [desfire.cardRef, ['desfire', '2026-11-28T01:00:00.000Z']],
        [felica.cardRef, ['felica-lite-s', '2026-11-28T01:00:00.000Z']],
      ]),
    );
    for (const change of given) {
      const asked = valueOf(await here.cardKeys({ profile: change.profile, identifier: (change.cardRef === desfire.cardRef ? desfire : felica).identifier.toString('hex') }));
      expect(await open(here, change)).toEqual(await here.openCardKeys(asked));
      await expect(open(await town.device('kotanbetsu'), change)).rejects.toThrow();
    }
    expect(keysIn(await here.pullAll())).toEqual([]);
  });

  it('that do not go onto the page are said to be more, also when they were given with it', async () => {
    for (let card = 0; card < 3; card += 1) await registered();
    const seen: string[] = [];
    for (let page = 0; page < 10; page += 1) {
      const { changes, cursor, more } = valueOf(await here.pull(here.cursor, {}, 1));
      here.cursor = cursor;
      seen.push(...keysIn(changes).map(({ cardRef }) => cardRef));
      if (!more) break;
    }
    expect(new Set(seen).size).toBe(3);
  });

  it('are of the device’s own site only, and of cards whose identifier is kept', async () => {
    const elsewhere = await town.database.kysely.selectFrom('account').select('account_id').where('home_site_id', '<>', 'yakuba').limit(1).executeTakeFirstOrThrow();
    await registered(AccountId.parse(elsewhere.account_id));
    const unkept = await TestCard.issue(town, own(), 'felica-lite-s');
    expect(keysIn(await here.pullAll())).toEqual([]);
    const other = await town.device();
    valueOf(await other.cardKeys({ profile: 'felica-lite-s', identifier: unkept.identifier.toString('hex') }));
    expect(keysIn(await here.pullAll()).map(({ cardRef }) => cardRef)).toEqual([unkept.cardRef]);
  });

  it('are renewed within three days of their end, in the place of the earlier ones', async () => {
    await registered();
    await here.pullAll();
    town.clock.nowMs += 3 * DAY_MS;
    expect(keysIn(await here.pullAll())).toEqual([]);
    const rows = async () => (await town.database.kysely.selectFrom('change').select('cursor').where('body', 'like', '%card-keys%').execute()).length;
    expect(await rows()).toBe(1);
    town.clock.nowMs += 2 * DAY_MS;
    expect(keysIn(await here.pullAll()).map(({ until }) => until)).toEqual(['2026-12-03T01:00:00.000Z']);
    expect(await rows()).toBe(1);
  });

  it('are some dozens a pull, and no more cards than allowed, those first that were here before', async () => {
    const cards = await Promise.all(Array.from({ length: 60 }, (_, index) => registered(accounts[index % accounts.length])));
    const last = cards.map(({ cardRef }) => cardRef).sort().at(-1);
    const here59 = cards.find(({ cardRef }) => cardRef === last);
    if (!here59) throw new Error('There is no card');
    valueOf(await here.cardKeys({ profile: 'desfire', identifier: here59.identifier.toString('hex') }));
    const first = keysIn(valueOf(await here.pull()).changes);
    expect([first.length, first.some(({ cardRef }) => cardRef === last)]).toEqual([40, true]);
    await here.pullAll();
    await here.pullAll();
    const given = new Set(keysIn(here.changes).map(({ cardRef }) => cardRef));
    expect(given.size).toBe(AHEAD);
    town.clock.nowMs += 5 * DAY_MS;
    await here.pullAll();
    await here.pullAll();
    expect(new Set(keysIn(here.changes).map(({ cardRef }) => cardRef))).toEqual(given);
    expect(keysIn(here.changes)).toHaveLength(2 * AHEAD);
  });

  it('are new ones when the card was re-keyed, and end when it is stopped, making room for others', async () => {
    const [card, other] = [await registered(), await registered()];
    await here.pullAll();
    await recordKeyVersion(town.database, { identifier: card.identifier, profile: 'desfire', keyVersion: 2 }, SEALING);
    const [again] = keysIn(await here.pullAll());
    if (!again) throw new Error('No keys were given');
    expect([again.cardRef, (await open(here, again)).version]).toEqual([card.cardRef, 2]);
    await asOnlyWriter(town.database, TOMAMAE.id, (work) => stopCards(work, [CardRef.parse(other.cardRef)]));
    await here.pullAll();
    here.cursor = 0;
    expect(keysIn(await here.pullAll()).map(({ cardRef }) => cardRef)).toEqual([card.cardRef]);
    const rows = await town.database.kysely.selectFrom('card_keys_given').select(['card_ref', 'key_version', 'in_advance']).where('in_advance', '=', 1).execute();
    expect(rows).toEqual([{ card_ref: card.cardRef, key_version: 2, in_advance: 1 }]);
  });

  it('leave no identifier behind but a sealed one', async () => {
    const card = await registered();
    await here.pullAll();
    const tables = (await town.database.dialect.tableNames(town.database.kysely)) as Array<'card'>;
    const everything = (await Promise.all(tables.map(async (table) => JSON.stringify(await town.database.kysely.selectFrom(table).selectAll().execute())))).join('') + town.logText();
    for (const written of ['hex', 'base64', 'base64url'] as const) expect(everything).not.toContain(card.identifier.toString(written).replace(/=+$/, ''));
    const row = await town.database.kysely.selectFrom('card').select('sealed_identifier').where('card_ref', '=', card.cardRef).executeTakeFirstOrThrow();
    expect(row.sealed_identifier).toMatch(/^1\./);
  });
});
