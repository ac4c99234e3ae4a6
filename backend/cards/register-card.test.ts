import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cardRefOf } from '../../contract/card-ref.ts';
import { AccountId, MunicipalityId } from '../../contract/ids.ts';
import type { BackendDatabase } from '../database/backend-database.ts';
import { TOMAMAE } from '../seed/demo-town.ts';
import { ENGINES } from '../test-support/engines.ts';
import { TEST_CARD_KEYS } from '../test-support/test-card.ts';
import { valueOf, type TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';
import { BackendUnusable } from '../unusable.ts';
import { knowsAccount, recordKeyVersion, registerCard, registrationRefused, townInBooks } from './register-card.ts';

describe.each(ENGINES)('a card is made known to the town on $name', (engine) => {
  let town: TestTown;
  let device: TestDevice;
  let accountId: AccountId;
  let another: AccountId;
  let identifier: Uint8Array;
  beforeAll(async () => {
    town = await testTown(engine, 60, { cardKeys: TEST_CARD_KEYS });
    const accounts = await town.database.kysely.selectFrom('account').select('account_id').orderBy('account_id').limit(2).execute();
    [accountId, another] = accounts.map((row) => AccountId.parse(row.account_id)) as [AccountId, AccountId];
  });
  afterAll(() => town.close());
  beforeEach(async () => {
    identifier = Uint8Array.from(randomBytes(7));
    device = await town.device();
    await device.pullAll();
  });

  const desfire = (keyVersion = 1) => ({ identifier, accountId, profile: 'desfire' as const, keyVersion });
  const changes = async () => (await device.pullAll()).filter((change) => change.type === 'card');
  const cardRef = async () => cardRefOf((await townInBooks(town.database, undefined)).cardKey, identifier);
  const onRecord = async () => town.database.kysely.selectFrom('card').selectAll().where('card_ref', '=', await cardRef()).executeTakeFirst();
  const stop = async () => void (await town.database.kysely.updateTable('card').set({ state: 'stopped' }).where('card_ref', '=', await cardRef()).execute());

  it('with its account, profile and version of keys; every device is told, and may have its keys', async () => {
    expect(await registerCard(town.database, desfire())).toEqual({ kind: 'registered' });
    expect(await onRecord()).toMatchObject({ municipality_id: TOMAMAE.id, account_id: accountId, state: 'active', profile: 'desfire', key_version: 1, sealed_identifier: null });
    expect(await changes()).toEqual([{ type: 'card', cardRef: await cardRef(), accountId, profile: 'desfire', state: 'active' }]);
    expect(valueOf(await device.cardKeys({ profile: 'desfire', identifier: Buffer.from(identifier).toString('hex') })).kind).toBe('keys');
  });

  it.each([['code', 16], ['plain-identifier', 8]] as const)('also one that proves nothing (%s), without any version', async (profile, bytes) => {
    identifier = Uint8Array.from(randomBytes(bytes));
    expect(await registerCard(town.database, { identifier, accountId, profile, keyVersion: null })).toEqual({ kind: 'registered' });
    expect(await onRecord()).toMatchObject({ account_id: accountId, profile, key_version: null });
    expect(await changes()).toMatchObject([{ profile }]);
  });

  it('once: a second time changes nothing and tells nobody', async () => {
    await registerCard(town.database, desfire());
    await changes();
    expect(await registerCard(town.database, desfire())).toEqual({ kind: 'unchanged' });
    expect(await changes()).toEqual([]);
  });

  it('once, also when two do it at the same moment', async () => {
    // Two connections to an SQLite file in one process would wait for each other for ever.
    const other = engine.name === 'PostgreSQL' ? await town.place.open() : town.database;
    const both = await Promise.all([registerCard(town.database, desfire()), registerCard(other, desfire())]);
    if (other !== town.database) await other.close();
    expect(both.map(({ kind }) => kind).sort()).toEqual(['registered', 'unchanged']);
    expect(await changes()).toHaveLength(1);
  });

  it('with the new version of its keys when it was re-keyed, which every device is told', async () => {
    await registerCard(town.database, desfire(1));
    await changes();
    expect(await registerCard(town.database, desfire(2))).toEqual({ kind: 'updated' });
    expect(await onRecord()).toMatchObject({ account_id: accountId, key_version: 2 });
    expect(await changes()).toHaveLength(1);
  });

  it('but not for an account that the town has not, or that is closed', async () => {
    expect(await registerCard(town.database, { ...desfire(), accountId: AccountId.parse('nobody') })).toEqual({ kind: 'account-unknown' });
    const { kysely } = town.database;
    const state = (state: 'open' | 'closed') => kysely.updateTable('account').set({ state }).where('account_id', '=', another).execute();
    await state('closed');
    expect(await registerCard(town.database, { ...desfire(), accountId: another })).toEqual({ kind: 'account-unknown' });
    expect(await knowsAccount(town.database, TOMAMAE.id, another)).toBe(false);
    await state('open');
    expect(await knowsAccount(town.database, TOMAMAE.id, another)).toBe(true);
    expect(await onRecord()).toBeUndefined();
  });

  it('and never goes over to another account, or to another kind of card', async () => {
    await registerCard(town.database, desfire());
    const before = await onRecord();
    expect(await registerCard(town.database, { ...desfire(2), accountId: another })).toEqual({ kind: 'other-account' });
    expect(await registerCard(town.database, { identifier, accountId, profile: 'plain-identifier', keyVersion: null })).toEqual({ kind: 'other-profile', profile: 'desfire' });
    expect(await recordKeyVersion(town.database, { identifier, profile: 'felica-lite-s', keyVersion: 2 })).toEqual({ kind: 'other-profile', profile: 'desfire' });
    expect(await onRecord()).toEqual(before);
  });

  it('and whether it will be can be asked before the card is written on, which changes nothing', async () => {
    const plain = { identifier, accountId, profile: 'plain-identifier' as const };
    expect(await registrationRefused(town.database, plain)).toBeUndefined();
    expect(await onRecord()).toBeUndefined();
    await registerCard(town.database, desfire());
    expect(await registrationRefused(town.database, desfire(2))).toBeUndefined();
    expect(await registrationRefused(town.database, plain)).toEqual({ kind: 'other-profile', profile: 'desfire' });
    expect(await registrationRefused(town.database, { ...desfire(), accountId: another })).toEqual({ kind: 'other-account' });
  });

  it('and one that was stopped stays stopped', async () => {
    await registerCard(town.database, desfire());
    await stop();
    expect(await registerCard(town.database, desfire(2))).toEqual({ kind: 'stopped' });
    expect(await onRecord()).toMatchObject({ state: 'stopped', key_version: 1 });
    await device.pullAll();
    // Re-keyed it was, whatever the town thinks of it.
    expect(await recordKeyVersion(town.database, { identifier, profile: 'desfire', keyVersion: 2 })).toEqual({ kind: 'stopped' });
    expect(await onRecord()).toMatchObject({ state: 'stopped', key_version: 2 });
    expect(await changes()).toMatchObject([{ state: 'stopped' }]);
  });

  it('and what a re-keyed card has is noted whosever it is, if the town knows it', async () => {
    const rekeyed = { identifier, profile: 'desfire' as const, keyVersion: 2 };
    expect(await recordKeyVersion(town.database, rekeyed)).toEqual({ kind: 'card-unknown' });
    expect(await onRecord()).toBeUndefined();
    await registerCard(town.database, desfire(1));
    expect(await recordKeyVersion(town.database, rekeyed)).toEqual({ kind: 'updated' });
    expect(await recordKeyVersion(town.database, rekeyed)).toEqual({ kind: 'unchanged' });
    expect(await onRecord()).toMatchObject({ account_id: accountId, state: 'active', key_version: 2 });
  });

  it('and its identifier stands in no table and no log', async () => {
    await registerCard(town.database, desfire());
    const everything = await dumpOf(town.database);
    expect(everything).toContain(await cardRef());
    for (const encoding of ['hex', 'base64url', 'base64', 'latin1'] as const) {
      expect(everything).not.toContain(Buffer.from(identifier).toString(encoding));
      expect(town.logText()).not.toContain(Buffer.from(identifier).toString(encoding));
    }
  });

  it('only in books that hold the town', async () => {
    expect(await townInBooks(town.database, TOMAMAE.id)).toMatchObject({ municipalityId: TOMAMAE.id, name: TOMAMAE.name });
    await expect(registerCard(town.database, { ...desfire(), municipalityId: MunicipalityId.parse('aokawa') })).rejects.toThrow(BackendUnusable);
    expect(await onRecord()).toBeUndefined();
  });
});

/** Everything in the tables, as text. */
async function dumpOf({ kysely, dialect }: BackendDatabase): Promise<string> {
  const tables = await dialect.tableNames(kysely);
  const rows = await Promise.all(tables.map((table) => kysely.selectFrom(table as 'card').selectAll().execute()));
  return JSON.stringify(rows);
}
