import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diversifiedKey } from '../../contract/diversified-key.ts';
import { AccountId } from '../../contract/ids.ts';
import type { CardKeysRequest } from '../../contract/sync.ts';
import { revokeDevice } from '../devices/known-devices.ts';
import { ENGINES } from '../test-support/engines.ts';
import { TEST_CARD_KEYS, TestCard } from '../test-support/test-card.ts';
import { refusalOf, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { DAY_MS, testTown, type TestTown } from '../test-support/test-town.ts';

const CARDS_PER_DAY = 4;
const requestFor = ({ profile, identifier }: TestCard): CardKeysRequest => ({ profile, identifier: identifier.toString('hex') });

describe.each(ENGINES)('the keys of a card on $name', (engine) => {
  let town: TestTown;
  let device: TestDevice;
  let account: AccountId;
  const key = (version: number, use: Parameters<typeof diversifiedKey>[1], identifier: Uint8Array) =>
    Buffer.from(diversifiedKey(TEST_CARD_KEYS.master(version) ?? new Uint8Array(), use, identifier)).toString('hex');
  const keyWith = (card: TestCard, version: number) => town.database.kysely.updateTable('card').set({ key_version: version }).where('card_ref', '=', card.cardRef).execute();
  beforeAll(async () => {
    town = await testTown(engine, 12, { cardKeys: TEST_CARD_KEYS, cardsPerDayMax: CARDS_PER_DAY });
    device = await town.device();
    const { account_id } = await town.database.kysely.selectFrom('account').select('account_id').limit(1).executeTakeFirstOrThrow();
    account = AccountId.parse(account_id);
  });
  afterAll(() => town.close());

  it('come sealed to the device that asked, for a week, and are those of this card alone', async () => {
    const card = await TestCard.issue(town, account);
    const answer = valueOf(await device.cardKeys(requestFor(card)));
    expect(answer).toMatchObject({ kind: 'keys', cardRef: card.cardRef, until: '2026-11-28T01:00:00.000Z' });
    expect(await device.openCardKeys(answer)).toEqual({ profile: 'desfire', version: 1, spend: key(1, 'spend', card.identifier), load: key(1, 'load', card.identifier) });
    const other = await town.device();
    await expect(other.openCardKeys(answer)).rejects.toThrow();
    const elsewhere = await TestCard.issue(town, account);
    await expect(device.openCardKeys({ ...answer, cardRef: elsewhere.cardRef } as typeof answer)).rejects.toThrow();
  });

  it('are those of FeliCa Lite-S for such a card, and follow the version that the card is keyed with', async () => {
    const other = await town.device();
    const felica = await TestCard.issue(town, account, 'felica-lite-s');
    expect(await other.openCardKeys(valueOf(await other.cardKeys(requestFor(felica))))).toEqual({ profile: 'felica-lite-s', version: 1, card: key(1, 'felica-card', felica.identifier) });
    const card = await TestCard.issue(town, account);
    await keyWith(card, 2);
    expect(await other.openCardKeys(valueOf(await other.cardKeys(requestFor(card))))).toMatchObject({ version: 2, spend: key(2, 'spend', card.identifier) });
  });

  it('are not given for a card that is unknown, stopped, or of another profile', async () => {
    const other = await town.device();
    expect(valueOf(await other.cardKeys({ profile: 'desfire', identifier: '04999999999999' }))).toEqual({ kind: 'unknown-card' });
    const card = await TestCard.issue(town, account);
    expect(valueOf(await other.cardKeys({ ...requestFor(card), profile: 'felica-lite-s' }))).toEqual({ kind: 'unknown-card' });
    const otherwise = await TestCard.issue(town, account);
    await town.database.kysely.updateTable('card').set({ profile: 'felica-lite-s' }).where('card_ref', '=', otherwise.cardRef).execute();
    expect(valueOf(await other.cardKeys(requestFor(otherwise)))).toEqual({ kind: 'unknown-card' });
    await town.database.kysely.updateTable('card').set({ state: 'stopped' }).where('card_ref', '=', card.cardRef).execute();
    expect(valueOf(await other.cardKeys(requestFor(card)))).toEqual({ kind: 'unknown-card' });
  });

  it('are asked for with a signature that is used once', async () => {
    const other = await town.device();
    const card = await TestCard.issue(town, account);
    const claims = { jti: 'the-same-card-0001' };
    valueOf(await other.cardKeys(requestFor(card), { claims }));
    expect(refusalOf(await other.cardKeys(requestFor(card), { claims })).what).toBe('replayed');
    const sentBody = JSON.stringify(requestFor(await TestCard.issue(town, account)));
    expect(refusalOf(await other.cardKeys(requestFor(card), { sentBody })).what).toBe('bad-signature');
    expect(refusalOf(await other.cardKeys({ profile: 'desfire', identifier: 'not hexadecimal' })).what).toBe('bad-request');
  });

  it('are not for a device that was revoked, nor for one that has no sealing key', async () => {
    const card = await TestCard.issue(town, account);
    const old = await town.device();
    await town.database.kysely.updateTable('device').set({ sealing_key: null }).where('device_id', '=', old.deviceId).execute();
    expect(refusalOf(await old.cardKeys(requestFor(card))).what).toBe('unavailable');
    expect(town.logged.at(-1)).toMatchObject({ event: 'backend-refused', detail: expect.stringContaining('enrol it again') as string });
    const revoked = await town.device();
    await revokeDevice(town.database, revoked.deviceId);
    expect(refusalOf(await revoked.cardKeys(requestFor(card))).what).toBe('revoked');
  });

  it('cannot be collected: beyond so many cards a day there are none, and staff are told once', async () => {
    const thief = await town.device();
    const cards: TestCard[] = [];
    for (let count = 0; count <= CARDS_PER_DAY; count += 1) cards.push(await TestCard.issue(town, account));
    const [last, ...first] = cards.toReversed() as [TestCard, ...TestCard[]];
    for (const card of first) valueOf(await thief.cardKeys(requestFor(card)));
    for (let attempt = 0; attempt < 2; attempt += 1) expect(refusalOf(await thief.cardKeys(requestFor(last))).what).toBe('unavailable');
    // Guessing is no way around it, and a card that was there before may come again.
    expect(refusalOf(await thief.cardKeys({ profile: 'desfire', identifier: '04aaaaaaaaaaaa' })).what).toBe('unavailable');
    for (const card of first) expect(valueOf(await thief.cardKeys(requestFor(card))).kind).toBe('keys');
    const anomalies = () => town.database.kysely.selectFrom('anomaly').select(['what', 'seq', 'entry_hash']).where('device_id', '=', thief.deviceId).execute();
    expect(await anomalies()).toEqual([{ what: 'too-many-cards', seq: 0, entry_hash: '2026-11-21' }]);
    expect(town.logged.filter(({ event }) => event === 'backend-anomaly').at(-1)).toMatchObject({ device: thief.deviceId, what: 'too-many-cards' });
    town.clock.nowMs += DAY_MS;
    expect(valueOf(await thief.cardKeys(requestFor(last))).kind).toBe('keys');
    const kept = await town.database.kysely.selectFrom('card_keys_asked').select('card_ref').where('device_id', '=', thief.deviceId).execute();
    expect(kept).toEqual([{ card_ref: last.cardRef }]);
    town.clock.nowMs -= DAY_MS;
  });

  it('cannot be collected by asking many times at once either', async () => {
    const thief = await town.device();
    const cards = await Promise.all(Array.from({ length: 2 * CARDS_PER_DAY }, () => TestCard.issue(town, account)));
    const answers = await Promise.all(cards.map((card) => thief.cardKeys(requestFor(card))));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(CARDS_PER_DAY);
  });

  it('leave no identifier and no key behind, in no table and no log', async () => {
    const asker = await town.device();
    const card = await TestCard.issue(town, account);
    valueOf(await asker.cardKeys(requestFor(card)));
    const tables = (await town.database.dialect.tableNames(town.database.kysely)) as Array<'card'>;
    const everything = await Promise.all(tables.map(async (table) => JSON.stringify(await town.database.kysely.selectFrom(table).selectAll().execute())));
    const kept = everything.join('') + town.logText();
    for (const secret of [card.identifier, Buffer.from(key(1, 'spend', card.identifier), 'hex'), Buffer.from(TEST_CARD_KEYS.master(1) ?? [])]) {
      for (const written of ['hex', 'base64', 'base64url'] as const) expect(kept).not.toContain(secret.toString(written).replace(/=+$/, ''));
    }
    const row = await town.database.kysely.selectFrom('card').select('sealed_identifier').where('card_ref', '=', card.cardRef).executeTakeFirstOrThrow();
    expect(row.sealed_identifier).toMatch(/^1\./);
  });

  it('are not here when the backend has no key file, or one of another town, or not the version', async () => {
    const card = await TestCard.issue(town, account);
    await keyWith(card, 3);
    expect(refusalOf(await (await town.device()).cardKeys(requestFor(card))).what).toBe('unavailable');
    for (const cardKeys of [undefined, { ...TEST_CARD_KEYS, municipality: 'haboro' }]) {
      const without = await testTown(engine, 8, { cardKeys });
      expect(refusalOf(await (await without.device()).cardKeys(requestFor(card))).what).toBe('unavailable');
      await without.close();
    }
  });
});
