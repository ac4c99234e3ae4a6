import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API, BODY_BYTES_MAX, PUSH_ENTRIES_MAX } from '../../contract/sync.ts';
import { epochOfMoment } from '../../contract/time.ts';
import { revokeDevice } from '../devices/known-devices.ts';
import { ENGINES } from '../test-support/engines.ts';
import { refusalOf, valueOf, type TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';

describe.each(ENGINES)('a device’s request on $name', (engine) => {
  let town: TestTown;
  let device: TestDevice;
  beforeAll(async () => {
    town = await testTown(engine, 8);
    device = await town.device();
    device.append({ type: 'staff-called', callNumber: 1, screen: 'start' });
  });
  afterAll(() => town.close());
  const seconds = () => Math.floor(town.clock.now() / 1_000);

  it('is served when the signature holds', async () => {
    valueOf(await device.push());
    valueOf(await device.pull());
  });

  it('is refused when another key signed it', async () => {
    const { privateKey } = await generateKeyPair('EdDSA');
    expect(refusalOf(await device.push(device.entries, { key: privateKey })).what).toBe('bad-signature');
  });

  it('is refused when the body was changed on the way', async () => {
    const sentBody = JSON.stringify({ entries: device.entries }).replace('staff-called', 'staff-Called');
    expect(refusalOf(await device.push(device.entries, { sentBody })).what).toBe('bad-signature');
  });

  it('is refused when it was signed for another method, path or audience', async () => {
    for (const claims of [{ htm: 'POST' }, { htu: `${API.pull}?after=1` }, { aud: 'another-service' }]) {
      expect(refusalOf(await device.pull(0, { claims })).what).toBe('bad-signature');
    }
  });

  it('is refused without a token, or with one that is not signed', async () => {
    const none = await town.backend.app.inject({ method: 'GET', url: `${API.pull}?after=0` });
    expect(none.statusCode).toBe(401);
    const [, payload] = (await device.token('GET', `${API.pull}?after=0`, '')).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.AA`;
    const forged = await town.backend.app.inject({ method: 'GET', url: `${API.pull}?after=0`, headers: { authorization: `Bearer ${unsigned}` } });
    expect(forged.json()).toMatchObject({ what: 'bad-signature' });
  });

  it('is refused the second time, also after a restart of the backend', async () => {
    const claims = { jti: 'the-same-request-0001' };
    valueOf(await device.pull(0, { claims }));
    expect(refusalOf(await device.pull(0, { claims })).what).toBe('replayed');
    const other = await town.another();
    const url = `${API.pull}?after=0`;
    const again = await other.app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${await device.token('GET', url, '', { claims })}` } });
    expect(again.json()).toMatchObject({ what: 'replayed' });
    const push = { jti: 'the-same-request-0002' };
    valueOf(await device.push(device.entries, { claims: push }));
    expect(refusalOf(await device.push(device.entries, { claims: push })).what).toBe('replayed');
  });

  it('is served once when it arrives twice at the same moment', async () => {
    const claims = { jti: 'the-same-request-0003' };
    const answers = await Promise.all([device.pull(0, { claims }), device.pull(0, { claims }), device.pull(0, { claims })]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('is refused beyond two minutes of clock error, and is told the time', async () => {
    for (const off of [-121, 121]) {
      const error = refusalOf(await device.pull(0, { claims: { iat: seconds() + off, exp: seconds() + off + 60 } }));
      expect(error.what).toBe('clock-skew');
      expect(epochOfMoment(error.serverTime ?? ('' as never))).toBe(town.clock.now());
    }
    for (const off of [-119, 119]) valueOf(await device.pull(0, { claims: { iat: seconds() + off, exp: seconds() + off + 60 } }));
  });

  it('is forgotten only when its token is useless', async () => {
    const claims = { jti: 'kept-while-it-is-usable', iat: seconds() + 119, exp: seconds() + 119 + 60 };
    valueOf(await device.pull(0, { claims }));
    town.clock.nowMs += 238_000;
    expect(refusalOf(await device.pull(0, { claims })).what).toBe('replayed');
    town.clock.nowMs += 600_000;
    valueOf(await device.pull());
    const kept = await town.database.kysely.selectFrom('request_nonce').select('jti').execute();
    expect(kept).toHaveLength(1);
  });

  it('is refused when its token lives longer than the backend remembers', async () => {
    expect(refusalOf(await device.pull(0, { claims: { exp: seconds() + 3_600 } })).what).toBe('bad-signature');
  });

  it('is refused when nobody enrolled the device', async () => {
    expect(refusalOf(await device.pull(0, { claims: { iss: 'dev-unknown' } })).what).toBe('unknown-device');
  });

  it('is refused when its shape is wrong, without a word of its body in the log', async () => {
    const entries = [{ ...device.entries[0], secret: '山田花子' }] as never;
    expect(refusalOf(await device.push(entries)).what).toBe('bad-request');
    expect(town.logText()).not.toContain('山田');
    expect(refusalOf(await device.push(Array.from({ length: PUSH_ENTRIES_MAX + 1 }, () => device.entries[0]) as never)).what).toBe('bad-request');
    expect(refusalOf(await device.pull('-1' as never)).what).toBe('bad-request');
  });

  it('is refused when it is larger than any can be, or not JSON', async () => {
    expect(refusalOf(await device.push(device.entries, { sentBody: ' '.repeat(BODY_BYTES_MAX + 1) })).what).toBe('too-large');
    expect(refusalOf(await device.push(device.entries, { sentBody: '{"entries":' })).what).toBe('bad-request');
  });

  it('is told kindly that there is nothing under another path', async () => {
    const answer = await town.backend.app.inject({ method: 'GET', url: '/v2/anything' });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ what: 'not-found' });
  });

  it('is refused from the moment the device is revoked', async () => {
    await revokeDevice(town.database, device.deviceId);
    expect(refusalOf(await device.push()).what).toBe('revoked');
  });
});
