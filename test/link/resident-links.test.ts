/** Links of My Number cards with accounts: what the town believes, keeps and answers, with what virtual cards really sign. On both engines. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endLink, listLinks } from '../../backend/links/resident-links.ts';
import { readStaffDecision } from '../../backend/ledger/staff-decision.ts';
import { TOMAMAE } from '../../backend/seed/demo-town.ts';
import { ENGINES } from '../../backend/test-support/engines.ts';
import { TEST_CARD_KEYS } from '../../backend/test-support/test-card.ts';
import { refusalOf, valueOf, type TestDevice } from '../../backend/test-support/test-device.ts';
import { testTown, type TestTown } from '../../backend/test-support/test-town.ts';
import { AccountId, MunicipalityId } from '../../contract/ids.ts';
import type { LinkRequest, LinkResponse } from '../../contract/link.ts';
import { EXPIRED, FOREIGN, HANAKO, requestOf, TARO, verifier, wishOf } from './link-by-card.ts';

const MINUTE_MS = 60_000;
const TOWN = MunicipalityId.parse(TOMAMAE.id);

describe.each(ENGINES)('a link on $name', (engine) => {
  let town: TestTown;
  let device: TestDevice;
  let status: 'good' | 'revoked' | 'unknown';
  /** Of the town's master keys. */
  let versions: number[];
  let first: AccountId;
  let second: AccountId;

  beforeEach(async () => {
    [status, versions] = ['good', [2, 1]];
    const cardKeys = { ...TEST_CARD_KEYS, get versions() { return versions; } };
    town = await testTown(engine, 20, { cardKeys, certificates: verifier(() => status) });
    device = await town.device();
    const rows = await town.database.kysely.selectFrom('account').select('account_id').where('state', '=', 'open').where('resident_id', 'is not', null).orderBy('account_id').limit(2).execute();
    [first, second] = rows.map(({ account_id }) => AccountId.parse(account_id)) as [AccountId, AccountId];
  });
  afterEach(() => town.close());

  const state = async (account = first) => valueOf(await device.linkState({ accountId: account })).kind;
  async function challenge(account = first, at = device): Promise<string> {
    const answer = valueOf(await at.linkChallenge({ accountId: account }));
    if (answer.kind !== 'challenge') throw new Error(`No challenge: ${answer.kind}`);
    return answer.challenge;
  }
  const requestFor = async (owner: typeof HANAKO, account = first, at = device): Promise<LinkRequest> => requestOf(owner, wishOf(account, await challenge(account, at)), at.deviceId);
  const sent = async (request: LinkRequest, at = device): Promise<LinkResponse> => valueOf(await at.link(request));
  const links = (all = false) => listLinks(town.database, TOWN, { all });
  const end = (account = first) => endLink(town.database, TOWN, account, readStaffDecision('s-1', 'asked at the window'), town.clock.now());
  const refused = (why: string) => ({ kind: 'refused', why });

  it('is made once, and known from then on', async () => {
    expect(await state()).toBe('open');
    expect(await sent(await requestFor(HANAKO))).toEqual({ kind: 'linked' });
    expect(await state()).toBe('linked');
    expect(valueOf(await device.linkChallenge({ accountId: first }))).toEqual({ kind: 'linked' });
    expect(await links()).toMatchObject([{ accountId: first, consent: 1, deviceId: device.deviceId, ended: null }]);
    expect(town.logged.filter(({ event }) => event === 'link-decided')).toMatchObject([{ outcome: 'linked', detail: '' }]);
  });

  it('asked for again is answered the same, and changes nothing', async () => {
    const request = await requestFor(HANAKO);
    expect(await sent(request)).toEqual({ kind: 'linked' });
    town.clock.nowMs += 30 * MINUTE_MS;
    expect(await sent(request)).toEqual({ kind: 'linked' });
    expect(await links(true)).toHaveLength(1);
  });

  it('that was refused stays refused when it is asked for again, though the reason be gone', async () => {
    status = 'unknown';
    const request = await requestFor(HANAKO);
    expect(await sent(request)).toEqual(refused('not-checked'));
    status = 'good';
    expect(await sent(request)).toEqual(refused('not-checked'));
    expect(await links()).toEqual([]);
  });

  it('of a card with a second account is refused, and the first one stays', async () => {
    await sent(await requestFor(HANAKO));
    expect(await sent(await requestFor(HANAKO, second))).toEqual(refused('other-account'));
    expect((await links(true)).map(({ accountId }) => accountId)).toEqual([first]);
  });

  it('of an account with a second card is refused: a challenge from before does not help', async () => {
    const early = await requestFor(TARO);
    const at = await town.device('kotanbetsu').catch(() => town.device());
    expect(await sent(await requestFor(HANAKO, first, at), at)).toEqual({ kind: 'linked' });
    expect(await sent(early)).toEqual(refused('other-card'));
    expect(await links(true)).toHaveLength(1);
  });

  it('of the same two, wished for twice, is one', async () => {
    const at = await town.device();
    const both = [await requestFor(HANAKO), await requestFor(HANAKO, first, at)] as const;
    expect(await Promise.all([sent(both[0]), sent(both[1], at)])).toEqual([{ kind: 'linked' }, { kind: 'linked' }]);
    expect(await links(true)).toHaveLength(1);
  });

  it('of a card is known under every master key that the town still has', async () => {
    versions = [1];
    await sent(await requestFor(HANAKO));
    versions = [2, 1];
    expect(await sent(await requestFor(HANAKO, second))).toEqual(refused('other-account'));
    expect(await sent(await requestFor(TARO, second))).toEqual({ kind: 'linked' });
    expect((await town.database.kysely.selectFrom('resident_link').select('key_version').orderBy('key_version').execute()).map(({ key_version }) => key_version)).toEqual([1, 2]);
  });

  it('goes with a person to the account that replaces their lost card’s', async () => {
    await sent(await requestFor(HANAKO));
    const { resident_id } = await town.database.kysely.selectFrom('account').select('resident_id').where('account_id', '=', first).executeTakeFirstOrThrow();
    await town.database.kysely.updateTable('account').set({ resident_id }).where('account_id', '=', second).execute();
    expect(await sent(await requestFor(HANAKO, second))).toEqual({ kind: 'linked' });
    expect(await links()).toMatchObject([{ accountId: second }]);
    expect(await links(true)).toMatchObject([{ accountId: second }, { accountId: first, how: 'replaced' }]);
  });

  it('ended by staff stays written down, and either card can be linked anew', async () => {
    const old = await requestFor(HANAKO);
    await sent(old);
    expect(await end()).toBe('ended');
    expect(await end()).toBe('not-linked');
    expect(await state()).toBe('open');
    expect(await links(true)).toMatchObject([{ accountId: first, how: 'staff', staffId: 's-1' }]);
    // What was sent before the end does not bring it back.
    await sent(old);
    expect(await links()).toEqual([]);
    expect(await sent(await requestFor(TARO))).toEqual({ kind: 'linked' });
    expect(await sent(await requestFor(HANAKO, second))).toEqual({ kind: 'linked' });
    expect(await links(true)).toHaveLength(3);
  });

  describe('a challenge', () => {
    it('is good for ten minutes', async () => {
      const [early, late] = [await requestFor(HANAKO), await requestFor(TARO, second)];
      town.clock.nowMs += 10 * MINUTE_MS;
      expect(await sent(early)).toEqual({ kind: 'linked' });
      town.clock.nowMs += 1;
      expect(await sent(late)).toEqual(refused('too-late'));
    });

    it('is good once, also when nothing came of it', async () => {
      status = 'revoked';
      const request = await requestFor(HANAKO);
      expect(await sent(request)).toEqual(refused('not-valid'));
      status = 'good';
      expect(await sent(await requestOf(HANAKO, wishOf(first, request.challenge), device.deviceId))).toEqual(refused('too-late'));
    });

    it('is this device’s and this account’s alone', async () => {
      const other = await town.device();
      const given = await challenge();
      expect(await sent(await requestOf(HANAKO, wishOf(first, given), other.deviceId), other)).toEqual(refused('too-late'));
      expect(await sent(await requestOf(HANAKO, wishOf(second, given), device.deviceId))).toEqual(refused('too-late'));
      expect(await sent(await requestOf(HANAKO, wishOf(first, randomBytes(32).toString('base64url')), device.deviceId))).toEqual(refused('too-late'));
    });

    it('takes the place of the one before', async () => {
      const before = await requestFor(HANAKO);
      await challenge();
      expect(await sent(before)).toEqual(refused('too-late'));
    });
  });

  it.each([
    ['an expired certificate', 'not-valid', 'not-valid-now certificate expired', () => requestFor(EXPIRED)],
    ['one of an authority that nobody named', 'not-valid', 'unknown-issuer', () => requestFor(FOREIGN)],
    ['somebody else’s certificate', 'not-valid', 'signature', async () => ({ ...(await requestFor(HANAKO)), certificate: Buffer.from(TARO.authentication.certificate).toString('base64url') })],
    ['a signature over other words', 'not-valid', 'signature', async () => ({ ...(await requestFor(HANAKO)), consent: 2 })],
    ['the certificate for signing documents', 'not-valid', 'unknown-issuer', async () => ({ ...(await requestFor(HANAKO)), certificate: Buffer.from(HANAKO.signature.certificate).toString('base64url') })],
    ['no certificate at all', 'not-valid', 'malformed', async () => ({ ...(await requestFor(HANAKO)), certificate: randomBytes(600).toString('base64url') })],
  ])('with %s is not made', async (_what, why, detail, request) => {
    expect(await sent(await request())).toEqual(refused(why));
    expect(town.logged.filter(({ event }) => event === 'link-decided')).toMatchObject([{ outcome: why, detail }]);
    expect(await links(true)).toEqual([]);
  });

  it.each([['revoked', 'not-valid'], ['unknown', 'not-checked']] as const)('with a certificate of which the status is %s is not made', async (said, why) => {
    status = said;
    expect(await sent(await requestFor(HANAKO))).toEqual(refused(why));
  });

  it('is offered for no account that is closed or not there', async () => {
    await town.database.kysely.updateTable('account').set({ state: 'closed' }).where('account_id', '=', first).execute();
    expect([await state(), await state(AccountId.parse('a-nobody'))]).toEqual(['not-offered', 'not-offered']);
    expect(valueOf(await device.linkChallenge({ accountId: first }))).toEqual({ kind: 'not-offered' });
  });

  it('is nothing for a device that was revoked', async () => {
    await town.database.kysely.updateTable('device').set({ state: 'revoked' }).where('device_id', '=', device.deviceId).execute();
    for (const answer of [await device.linkState({ accountId: first }), await device.linkChallenge({ accountId: first })]) expect(refusalOf(answer).what).toBe('revoked');
  });

  it('keeps no certificate, serial number, signature or name, in no table and in no log', async () => {
    const request = await requestFor(HANAKO);
    await sent(request);
    const { serialNumber, subject } = new X509Certificate(HANAKO.authentication.certificate);
    const kept = JSON.stringify([
      await town.database.kysely.selectFrom('resident_link').selectAll().execute(),
      await town.database.kysely.selectFrom('link_challenge').selectAll().execute(),
      await town.database.kysely.selectFrom('change').selectAll().execute(),
      town.logText(),
    ]).toLowerCase();
    for (const secret of [serialNumber, Buffer.from(serialNumber, 'hex').toString('base64url'), subject.split('CN=')[1] ?? '-', request.certificate.slice(0, 60), request.signature.slice(0, 60)]) expect(kept).not.toContain(secret.toLowerCase());
    const [row] = await town.database.kysely.selectFrom('resident_link').selectAll().execute();
    expect(row?.card_key).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(row?.key_version).toBe(2);
  });
});

describe.each(ENGINES)('a town on $name', (engine) => {
  it.each([['a verifier', { cardKeys: TEST_CARD_KEYS }], ['master keys', { certificates: verifier() }]] as const)('without %s links no cards', async (_what, options) => {
    const town = await testTown(engine, 5, options);
    const device = await town.device();
    const { account_id } = await town.database.kysely.selectFrom('account').select('account_id').where('resident_id', 'is not', null).orderBy('account_id').limit(1).executeTakeFirstOrThrow();
    const accountId = AccountId.parse(account_id);
    expect(valueOf(await device.linkState({ accountId }))).toEqual({ kind: 'not-offered' });
    expect(valueOf(await device.linkChallenge({ accountId }))).toEqual({ kind: 'not-offered' });
    expect(valueOf(await device.link(await requestOf(HANAKO, wishOf(accountId, randomBytes(32).toString('base64url')), device.deviceId)))).toEqual({ kind: 'refused', why: 'not-offered' });
    await town.close();
  });
});
