import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BackendDatabase } from '../../backend/database/backend-database.ts';
import { openSqlite } from '../../backend/database/open-sqlite.ts';
import { newOfficeKey } from '../../backend/people/office-key.ts';
import { systemClock, systemRandomness } from '../../backend/ports.ts';
import { seedDemo } from '../../backend/seed/demo.ts';
import { TOMAMAE } from '../../backend/seed/demo-town.ts';
import { cardRefOf } from '../../contract/card-ref.ts';
import { AccountId } from '../../contract/ids.ts';
import { guardedReader } from '../../hardware/card/guarded-reader.ts';
import { DirectReader } from '../../hardware/simulator/direct-reader.ts';
import { factoryMemory } from '../../hardware/simulator/desfire/memory.ts';
import { DesfireCard } from '../../hardware/simulator/virtual-card-desfire.ts';
import { FelicaLiteSCard } from '../../hardware/simulator/virtual-card-felica-lite-s.ts';
import { virtualCardOf, type VirtualCard, type VirtualCardDefinition } from '../../hardware/simulator/virtual-card.ts';
import { EXIT } from './card-answers.ts';
import { issueAndRegister, linkCard, registered, rekeyAndRecord } from './issuing-work.ts';

const UID = Uint8Array.of(0x04, 0x5c, 0x11, 0x93, 0xd4, 0x20, 0x81);
const IDM = Uint8Array.of(0x01, 0x2e, 0x41, 0x28, 0x72, 0x8c, 0x7e, 0x8b);
const MASTERS = new Map([1, 2].map((version) => [version, Uint8Array.from(randomBytes(16))]));
const keysOf = (...versions: readonly number[]) => ({ municipality: TOMAMAE.id, versions, master: (version: number) => MASTERS.get(version) });
const desfire = () => new DesfireCard({ name: 'card', uid: UID, memory: factoryMemory() });

let database: BackendDatabase;
let accountId: AccountId;
let another: AccountId;
let warned: string[];
const said: string[] = [];

beforeEach(async () => {
  database = openSqlite(':memory:');
  await seedDemo({ database, clock: systemClock, randomness: systemRandomness, officePublicKey: newOfficeKey().x, population: 20 });
  const accounts = await database.kysely.selectFrom('account').select('account_id').orderBy('account_id').limit(2).execute();
  [accountId, another] = accounts.map((row) => AccountId.parse(row.account_id)) as [AccountId, AccountId];
  warned = [];
});
afterEach(async () => {
  await database.close();
  const everything = said.splice(0).join('\n').toLowerCase();
  for (const secret of [UID, IDM, ...MASTERS.values()]) expect(everything).not.toContain(Buffer.from(secret).toString('hex'));
});

/** Lays the card down for one piece of work. */
async function on<Result extends { readonly text: string }>(card: VirtualCard, work: (laid: { reader: DirectReader; presence: ReturnType<DirectReader['insert']> }) => Promise<Result>) {
  const reader = new DirectReader();
  const told = await work({ reader, presence: reader.insert(card) });
  reader.remove();
  said.push(told.text);
  return { ...told, sent: reader.sent.length };
}
const issue = (card: VirtualCard, versions: readonly number[] = [1], account: AccountId | undefined = accountId) =>
  on(card, (laid) => issueAndRegister(laid, { masters: keysOf(...versions), felicaStyle: 'direct', ...(account === undefined ? {} : { register: { database, accountId: account } }) }));
const rekey = (card: VirtualCard, versions: readonly number[] = [2, 1]) => on(card, (laid) => rekeyAndRecord(laid, keysOf(...versions), database));
const link = (card: VirtualCard) =>
  on(card, ({ reader, presence }) =>
    linkCard({ reader: guardedReader(reader), presence }, database, { accountId, municipality: undefined, books: { data: undefined, databaseUrl: undefined } }, (text) => warned.push(text)),
  );

async function onRecord(identifier: Uint8Array) {
  const { card_key } = await database.kysely.selectFrom('municipality').select('card_key').executeTakeFirstOrThrow();
  return database.kysely.selectFrom('card').select(['account_id', 'profile', 'key_version']).where('card_ref', '=', cardRefOf(card_key, identifier)).executeTakeFirst();
}

describe('a DESFire card', () => {
  test('is issued and then known to the town, however often it is done', async () => {
    const card = desfire();
    expect(await issue(card)).toMatchObject({ exit: EXIT.done, text: expect.stringContaining('登録しました') as string });
    expect(await onRecord(UID)).toEqual({ account_id: accountId, profile: 'desfire', key_version: 1 });
    expect(await issue(card)).toMatchObject({ exit: EXIT.done, text: expect.stringContaining('もう登録されています') as string });
  });

  test('is only prepared without an account, and registered when one is named', async () => {
    const card = desfire();
    const prepared = await on(card, (laid) => issueAndRegister(laid, { masters: keysOf(1), felicaStyle: undefined }));
    expect(prepared).toMatchObject({ exit: EXIT.done, text: expect.stringContaining('only prepared') as string });
    expect(await onRecord(UID)).toBeUndefined();
    await issue(card);
    expect(await onRecord(UID)).toMatchObject({ account_id: accountId });
  });

  test('of another account is not given to this one', async () => {
    const card = desfire();
    await issue(card, [1], another);
    expect(await issue(card)).toMatchObject({ exit: EXIT.notDone, text: expect.stringContaining('another account') as string });
    expect(await onRecord(UID)).toMatchObject({ account_id: another });
  });

  test('is not registered while it is not made', async () => {
    const card = desfire();
    const reader = new DirectReader();
    const presence = reader.insert(card);
    reader.tear = (index) => (index === 12 ? 'command-lost' : undefined);
    const torn = await issueAndRegister({ reader, presence }, { masters: keysOf(1), felicaStyle: undefined, register: { database, accountId } });
    expect(torn).toMatchObject({ exit: EXIT.notDone, text: expect.stringContaining('もう一度') as string });
    expect(await onRecord(UID)).toBeUndefined();
    await issue(card);
    expect(await onRecord(UID)).toMatchObject({ key_version: 1 });
  });

  test('that is re-keyed has its new version in the books, when the town knows it', async () => {
    const card = desfire();
    await on(card, (laid) => issueAndRegister(laid, { masters: keysOf(1), felicaStyle: undefined }));
    expect(await rekey(card)).toMatchObject({ exit: EXIT.done, text: expect.stringContaining('issue --account') as string });
    const other = desfire();
    await issue(other);
    expect(await rekey(other)).toMatchObject({ exit: EXIT.done, text: expect.stringContaining('鍵の新しい版') as string });
    expect(await onRecord(UID)).toMatchObject({ key_version: 2 });
  });

  test('whose registering failed is registered by the same command', async () => {
    const card = desfire();
    // The books go away while the card is being made.
    const failed = await on(card, ({ reader, presence }) => {
      reader.tear = (index) => {
        if (index === 12) void database.kysely.schema.alterTable('card').renameTo('card_elsewhere').execute();
        return undefined;
      };
      return issueAndRegister({ reader, presence }, { masters: keysOf(1), felicaStyle: undefined, register: { database, accountId } });
    });
    await database.kysely.schema.alterTable('card_elsewhere').renameTo('card').execute();
    expect(failed).toMatchObject({ exit: EXIT.books, text: expect.stringContaining('もう一度') as string });
    expect(failed.text).toContain('町のカードができました');
    expect(await issue(card)).toMatchObject({ exit: EXIT.done });
    expect(await onRecord(UID)).toMatchObject({ account_id: accountId });
    const gone = openSqlite(':memory:');
    await gone.close();
    const rekeyed = await on(card, (laid) => rekeyAndRecord(laid, keysOf(2, 1), gone));
    expect(rekeyed).toMatchObject({ exit: EXIT.books });
    expect(await rekey(card)).toMatchObject({ exit: EXIT.done });
    expect(await onRecord(UID)).toMatchObject({ key_version: 2 });
  });
});

test('a card is not written on while the books cannot even be asked', async () => {
  const card = desfire();
  const white = card.exportMemory();
  const gone = openSqlite(':memory:');
  await gone.close();
  const told = await on(card, (laid) => issueAndRegister(laid, { masters: keysOf(1), felicaStyle: undefined, register: { database: gone, accountId } }));
  expect(told).toMatchObject({ exit: EXIT.books, text: expect.stringContaining('Nothing was written') as string });
  expect(card.exportMemory()).toEqual(white);
});

describe('a FeliCa Lite-S card', () => {
  test('that the town knows as one that proves nothing is not written on: it would be locked, and still be that', async () => {
    const card = new FelicaLiteSCard('card', IDM);
    await link(card);
    const white = card.exportMemory();
    expect(await issue(card)).toMatchObject({ exit: EXIT.notDone, text: expect.stringMatching(/Nothing was written[^]*plain-identifier/) as string });
    expect(card.exportMemory()).toEqual(white);
  });

  test('is issued and registered, also when newer keys have come since', async () => {
    const card = new FelicaLiteSCard('card', IDM);
    expect(await issue(card, [1])).toMatchObject({ exit: EXIT.done });
    expect(await onRecord(IDM)).toEqual({ account_id: accountId, profile: 'felica-lite-s', key_version: 1 });
    expect(await issue(card, [2, 1])).toMatchObject({ exit: EXIT.done, text: expect.stringContaining('もう登録されています') as string });
    expect(await onRecord(IDM)).toMatchObject({ key_version: 1 });
  });

  test('that was locked with keys that are not ours is not registered', async () => {
    const card = new FelicaLiteSCard('card', IDM);
    await on(card, (laid) => issueAndRegister(laid, { masters: keysOf(1), felicaStyle: 'direct' }));
    expect(await issue(card, [2])).toMatchObject({ exit: EXIT.notDone, text: expect.stringContaining('locked with another key') as string });
    expect(await onRecord(IDM)).toBeUndefined();
  });

  test('is not touched on a reader of which nobody knows how it speaks FeliCa', async () => {
    const told = await on(new FelicaLiteSCard('card', IDM), (laid) => issueAndRegister(laid, { masters: keysOf(1), felicaStyle: undefined, register: { database, accountId } }));
    expect(told).toMatchObject({ exit: EXIT.notDone, text: expect.stringContaining('--felica-style') as string, sent: 0 });
  });
});

describe('a card that proves nothing', () => {
  const definition = (model: VirtualCardDefinition['model'], uid: string, atr?: string) => virtualCardOf({ name: 'card', model, uid, ...(atr === undefined ? {} : { atr }) });

  test('is linked after it was said that anybody can copy it', async () => {
    expect(await link(definition('identifier', Buffer.from(IDM).toString('hex')))).toMatchObject({ exit: EXIT.done });
    expect(warned).toEqual([expect.stringMatching(/写し[^]*copy/)]);
    expect(await onRecord(IDM)).toEqual({ account_id: accountId, profile: 'plain-identifier', key_version: null });
  });

  test.each([
    ['payment', '08a55e31', '銀行'],
    ['my-number', '08d20b47', 'マイナンバー'],
    ['identifier', '08a55e31', '番号'],
  ] as const)('%s %s is not linked', async (model, uid, why) => {
    expect(await link(definition(model, uid))).toMatchObject({ exit: EXIT.notDone, text: expect.stringContaining(why) as string });
    expect(await onRecord(Uint8Array.from(Buffer.from(uid, 'hex')))).toBeUndefined();
    expect(warned).toEqual([]);
  });

  test('is none when it is a DESFire card of the town', async () => {
    const card = desfire();
    await on(card, (laid) => issueAndRegister(laid, { masters: keysOf(1), felicaStyle: undefined }));
    expect(await link(card)).toMatchObject({ exit: EXIT.notDone, text: expect.stringContaining('issue --account') as string });
    expect(await onRecord(UID)).toBeUndefined();
  });

  test('is registered nowhere when the books are gone, and that is told', async () => {
    await database.close();
    expect(await registered(database, { identifier: IDM, accountId, profile: 'plain-identifier', keyVersion: null })).toMatchObject({ exit: EXIT.books });
    database = openSqlite(':memory:');
  });
});
