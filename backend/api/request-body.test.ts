import { createHash, randomBytes } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { API, BODY_BYTES_MAX } from '../../contract/sync.ts';
import { ENGINES } from '../test-support/engines.ts';
import type { TestDevice } from '../test-support/test-device.ts';
import { testTown, type TestTown } from '../test-support/test-town.ts';

const [SQLITE] = ENGINES;
if (!SQLITE) throw new Error('There is no engine');

describe('the body of a device’s request', () => {
  let town: TestTown;
  let device: TestDevice;
  beforeAll(async () => {
    town = await testTown(SQLITE, 400);
    device = await town.device();
    device.append({ type: 'staff-called', callNumber: 1, screen: 'start' });
  });
  afterAll(() => town.close());

  const pushText = () => JSON.stringify({ entries: device.entries, seal: device.sealOf(device.entries) });
  async function post(sent: Buffer, encoding: string | undefined, signed: Buffer = sent) {
    const token = await device.token('POST', API.push, '', { claims: { bod: createHash('sha256').update(signed).digest('base64url') } });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...(encoding === undefined ? {} : { 'content-encoding': encoding }) };
    const answer = await town.backend.app.inject({ method: 'POST', url: API.push, headers, payload: sent });
    return { status: answer.statusCode, headers: answer.headers, json: answer.json<{ what?: string; acknowledgedSeq?: number }>() };
  }

  it('is taken packed, signed as it was sent', async () => {
    const { status, json } = await post(zstdCompressSync(pushText()), 'zstd');
    expect([status, json.acknowledgedSeq]).toEqual([200, 1]);
  });

  it('is not taken when what it says was signed, and not what was sent', async () => {
    const { json } = await post(zstdCompressSync(pushText()), 'zstd', Buffer.from(pushText()));
    expect(json.what).toBe('bad-signature');
  });

  it('is not unpacked further than a request may be long, however small it came', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(BODY_BYTES_MAX * 64, 0x20));
    expect(bomb.length).toBeLessThan(100_000);
    const { status, json } = await post(bomb, 'zstd');
    expect([status, json.what]).toEqual([413, 'too-large']);
  });

  it('is not even looked into before the signature holds', async () => {
    const damaged = randomBytes(2_000);
    expect((await post(damaged, 'zstd', Buffer.from('something else'))).json.what).toBe('bad-signature');
    expect((await post(damaged, 'zstd')).json.what).toBe('bad-request');
    expect((await post(zstdCompressSync('{"entries":'), 'zstd')).json.what).toBe('bad-request');
  });

  it('is refused in an encoding nobody here knows, with the word which one could be used', async () => {
    const { status, json, headers } = await post(Buffer.from(pushText()), 'br');
    expect([status, json.what, headers['accept-encoding']]).toEqual([415, 'unknown-encoding', 'zstd']);
    expect((await post(Buffer.from(pushText()), 'identity')).status).toBe(200);
  });

  it.each([
    ['zstd', true],
    ['gzip, zstd;q=0.5', true],
    ['zstd;q=0', false],
    ['gzip, deflate', false],
    [undefined, false],
  ])('is answered in the encoding that is asked for: %s', async (accepted, packed) => {
    const url = `${API.pull}?after=0`;
    const headers = { authorization: `Bearer ${await device.token('GET', url, '')}`, ...(accepted === undefined ? {} : { 'accept-encoding': accepted }) };
    const answer = await town.backend.app.inject({ method: 'GET', url, headers });
    expect(answer.headers['content-encoding']).toBe(packed ? 'zstd' : undefined);
    const text = packed ? zstdDecompressSync(answer.rawPayload).toString() : answer.body;
    expect((JSON.parse(text) as { changes: unknown[] }).changes.length).toBeGreaterThan(100);
  });
});
