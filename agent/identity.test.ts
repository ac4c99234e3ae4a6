import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compactVerify, importJWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceId, MunicipalityId, SiteId } from '../contract/ids.ts';
import { EnrolRequest, type EnrolResponse } from '../contract/sync.ts';
import { enrol, loadIdentity, newDeviceKey, publicKeyOf, sealingPublicKeyOf } from './identity.ts';
import type { BackendAnswer } from './ports.ts';
import { createSeededRandomness } from './test-support/seeded-randomness.ts';

const TOWN: EnrolResponse = {
  deviceId: DeviceId.parse('yakuba-1'),
  municipalityId: MunicipalityId.parse('tomamae'),
  municipalityName: '苫前町',
  siteId: SiteId.parse('yakuba'),
  siteName: '苫前町役場',
  deviceLabel: '役場1',
  cardKey: Buffer.alloc(32, 7).toString('base64url'),
};
const CODE = '7K3M-Q2ZD-0000-AAAA';

describe('the identity of a device', () => {
  let parent: string;
  let dataDir: string;
  let asked: EnrolRequest[];
  let answer: BackendAnswer<EnrolResponse>;
  const randomness = createSeededRandomness(8);
  const ask = (code = CODE) =>
    enrol({
      dataDir,
      code,
      randomness,
      backend: {
        enrol: async (request) => {
          // The key must be safe before anybody is asked.
          expect(readdirSync(dataDir)).toEqual(['identity.pending.json']);
          asked.push(EnrolRequest.parse(request));
          return answer;
        },
      },
    });
  const identityFile = () => path.join(dataDir, 'identity.json');

  beforeEach(() => {
    parent = mkdtempSync(path.join(tmpdir(), 'kazasu-identity-'));
    dataDir = path.join(parent, 'data');
    asked = [];
    answer = { kind: 'answered', value: TOWN };
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it('is enrolled with a key that proves itself over the code, and read again after a restart', async () => {
    const enrolled = await ask();
    const loaded = loadIdentity(dataDir);
    if (!enrolled.ok || !loaded.ok) throw new Error('must be enrolled');
    const { privateKey, sealingKey, ...place } = loaded.identity;
    const { cardKey, ...rest } = TOWN;
    expect(place).toEqual({ ...rest, cardKey: new Uint8Array(32).fill(7) });
    expect(cardKey.length).toBe(43);
    const [request] = asked;
    expect(request?.publicKey).toEqual(publicKeyOf(privateKey));
    expect(request?.sealingKey).toBe(sealingPublicKeyOf(sealingKey));
    expect(sealingKey.asymmetricKeyType).toBe('x25519');
    expect(request?.sealingKey).not.toBe(request?.publicKey.x);
    const { payload } = await compactVerify(request?.proof ?? '', await importJWK(publicKeyOf(privateKey), 'EdDSA'), { algorithms: ['EdDSA'] });
    expect(Buffer.from(payload).toString()).toBe(CODE);
  });

  it('lies in files that only the kiosk’s user can read', async () => {
    await ask();
    expect([statSync(dataDir).mode & 0o777, statSync(identityFile()).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(readdirSync(dataDir)).toEqual(['identity.json']);
    chmodSync(identityFile(), 0o644);
    loadIdentity(dataDir);
    expect(statSync(identityFile()).mode & 0o777).toBe(0o600);
  });

  it('asks with the same key again when the answer was lost, however the code is written', async () => {
    answer = { kind: 'unreachable', detail: 'ECONNRESET' };
    expect(await ask()).toMatchObject({ ok: false, why: 'unreachable' });
    expect(loadIdentity(dataDir)).toMatchObject({ ok: false, trouble: 'not-enrolled' });
    answer = { kind: 'answered', value: TOWN };
    expect(await ask(CODE.toLowerCase().replaceAll('-', ' '))).toMatchObject({ ok: true });
    expect(asked[1]?.publicKey).toEqual(asked[0]?.publicKey);
  });

  it('makes a new key for a new code', async () => {
    answer = { kind: 'refused', error: { what: 'bad-code', message: '招待コードが違います。' } };
    expect(await ask()).toEqual({ ok: false, why: 'refused', message: '招待コードが違います。' });
    await ask('OTHER-CODE');
    expect(asked[1]?.publicKey).not.toEqual(asked[0]?.publicKey);
  });

  it('is not enrolled a second time', async () => {
    await ask();
    const before = readFileSync(identityFile());
    expect(await ask()).toMatchObject({ ok: false, why: 'already-enrolled' });
    expect([asked.length, readFileSync(identityFile()).equals(before)]).toEqual([1, true]);
  });

  it.each([
    ['is not JSON', () => '{"version":1,"privateKey":"c2VjcmV0'],
    ['lacks something', (text: string) => text.replace('"siteId"', '"site"')],
    ['has two keys that do not belong together', (text: string) => text.replace(/"publicKey": ".{43}"/, `"publicKey": "${publicKeyOf(newDeviceKey(randomness).privateKey).x}"`)],
  ])('is unreadable when the file %s, and the message holds no key', async (_name, damage) => {
    await ask();
    const text = readFileSync(identityFile(), 'utf8');
    writeFileSync(identityFile(), damage(text));
    const loaded = loadIdentity(dataDir);
    if (loaded.ok) throw new Error('must not be readable');
    expect(loaded.trouble).toBe('identity-unreadable');
    expect(loaded.detail).toContain(identityFile());
    expect(loaded.detail).not.toContain('c2VjcmV0');
    expect(loaded.detail).not.toMatch(/[\w-]{43}/);
  });

  it('says that the directory is the trouble', async () => {
    writeFileSync(dataDir, '');
    expect(await ask()).toMatchObject({ ok: false, why: 'data-directory' });
    expect(existsSync(identityFile())).toBe(false);
  });
});

it('makes the key of RFC 8032 test 1 from its seed', () => {
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
  const { privateKey } = newDeviceKey({ bytes: () => Uint8Array.from(seed) });
  expect(Buffer.from(publicKeyOf(privateKey).x, 'base64url').toString('hex')).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
});
