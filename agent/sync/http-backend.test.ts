import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { importJWK, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeviceId } from '../../contract/ids.ts';
import { PULL_CHANGES_MAX, RequestClaims } from '../../contract/sync.ts';
import { momentFromEpoch } from '../../contract/time.ts';
import { newDeviceKey, publicKeyOf } from '../identity.ts';
import type { Clock } from '../ports.ts';
import { systemClock } from '../system-ports.ts';
import { createRecordedLog } from '../test-support/recorded-log.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { createHttpBackend } from './http-backend.ts';

const randomness = createSeededRandomness(5);
const { privateKey } = newDeviceKey(randomness);
const publicKey = publicKeyOf(privateKey);
const identity = { deviceId: DeviceId.parse('yakuba-1'), privateKey };
const HASH = 'a'.repeat(64);
const ENTRIES = { entries: [{ seq: 1, prevHash: '0'.repeat(64), hash: HASH, body: '{"あ":1}' }], seal: 'A'.repeat(86) };

describe('the backend over HTTP', () => {
  let server: Server;
  let url: string;
  let log: ReturnType<typeof createRecordedLog>;
  let requests: Array<{ readonly request: IncomingMessage; readonly body: Buffer }>;
  let answer: (response: ServerResponse, turn: number) => void;
  const json = (response: ServerResponse, status: number, value: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  const backend = (clock: Clock = systemClock, timeoutMs = 2_000) => createHttpBackend({ url, identity, clock, randomness, log, timeoutMs });

  beforeEach(async () => {
    log = createRecordedLog();
    requests = [];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        requests.push({ request, body: Buffer.concat(chunks) });
        answer(response, requests.length);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('signs method, path, body and time with the device’s key, with a number used once', async () => {
    answer = (response, turn) => json(response, 200, turn === 1 ? { acknowledgedSeq: 1, acknowledgedHash: HASH } : { changes: [], cursor: 7, more: false, serverTime: '2026-11-21T01:05:00.000Z' });
    const to = backend();
    expect(await to.push(ENTRIES)).toEqual({ kind: 'answered', value: { acknowledgedSeq: 1, acknowledgedHash: HASH } });
    expect(await to.pull(7)).toMatchObject({ kind: 'answered', value: { cursor: 7 } });
    const numbers = new Set<string>();
    for (const { request, body } of requests) {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const { payload } = await jwtVerify(token, await importJWK(publicKey, 'EdDSA'), { algorithms: ['EdDSA'], audience: 'kazasu-backend', issuer: 'yakuba-1' });
      const claims = RequestClaims.parse(payload);
      expect([claims.htm, claims.htu, claims.bod]).toEqual([request.method, request.url, createHash('sha256').update(body).digest('base64url')]);
      expect(Math.abs(claims.iat - Date.now() / 1_000)).toBeLessThan(5);
      expect(claims.exp - claims.iat).toBe(60);
      numbers.add(claims.jti);
    }
    expect(requests.map(({ request }) => request.url)).toEqual(['/v1/device/journal', `/v1/device/changes?after=7&limit=${PULL_CHANGES_MAX}`]);
    expect(numbers.size).toBe(2);
  });

  it('signs again with the backend’s time when its own clock is wrong, once, and remembers it', async () => {
    const anHourBehind: Clock = { ...systemClock, now: () => Date.now() - 3_600_000 };
    const signedAt = (index: number) => {
      const token = requests[index]?.request.headers.authorization?.split('.')[1] ?? '';
      return (JSON.parse(Buffer.from(token, 'base64url').toString()) as { iat: number }).iat * 1_000;
    };
    answer = (response, turn) => (Math.abs(signedAt(turn - 1) - Date.now()) > 120_000 ? json(response, 401, { what: 'clock-skew', message: 'x', serverTime: momentFromEpoch(Date.now()) }) : json(response, 200, { acknowledgedSeq: 1, acknowledgedHash: HASH }));
    const to = backend(anHourBehind);
    expect(await to.push(ENTRIES)).toMatchObject({ kind: 'answered' });
    expect(await to.push(ENTRIES)).toMatchObject({ kind: 'answered' });
    expect(requests.length).toBe(3);
    expect(log.events).toEqual([{ name: 'clock-off', fields: { seconds: -3_600 } }]);
  });

  it('packs a long body, signs what it sends, and unpacks an answer', async () => {
    const long = { ...ENTRIES, entries: Array.from({ length: 20 }, (_, index) => ({ ...ENTRIES.entries[0]!, seq: index + 1 })) };
    const page = { changes: [], cursor: 7, more: false, serverTime: '2026-11-21T01:05:00.000Z' };
    answer = (response, turn) =>
      turn === 1
        ? json(response, 200, { acknowledgedSeq: 20, acknowledgedHash: HASH })
        : response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'zstd' }).end(zstdCompressSync(JSON.stringify(page)));
    const to = backend();
    expect(await to.push(long)).toMatchObject({ kind: 'answered' });
    const [{ request, body } = requests[0]!] = requests;
    expect(request.headers).toMatchObject({ 'content-encoding': 'zstd', 'accept-encoding': 'zstd' });
    expect(JSON.parse(zstdDecompressSync(body).toString())).toEqual(long);
    const { payload } = await jwtVerify(request.headers.authorization?.slice('Bearer '.length) ?? '', await importJWK(publicKey, 'EdDSA'));
    expect(payload['bod']).toBe(createHash('sha256').update(body).digest('base64url'));
    expect(await to.pull(7)).toEqual({ kind: 'answered', value: page });
  });

  it('sends as it is, from then on, what the backend cannot unpack', async () => {
    const long = { ...ENTRIES, entries: Array.from({ length: 20 }, (_, index) => ({ ...ENTRIES.entries[0]!, seq: index + 1 })) };
    answer = (response, turn) => (turn === 1 ? json(response, 415, { what: 'unknown-encoding', message: 'x' }) : json(response, 200, { acknowledgedSeq: 20, acknowledgedHash: HASH }));
    const to = backend();
    expect(await to.push(long)).toMatchObject({ kind: 'answered' });
    expect(await to.push(long)).toMatchObject({ kind: 'answered' });
    expect(requests.map(({ request }) => request.headers['content-encoding'])).toEqual(['zstd', undefined, undefined]);
    expect(JSON.parse(requests[1]!.body.toString())).toEqual(long);
  });

  it('takes a packed answer for silence when it is damaged, or has more in it than any answer', async () => {
    const packed = zstdCompressSync(Buffer.alloc(32 << 20, 0x20));
    answer = (response, turn) => response.writeHead(200, { 'content-encoding': 'zstd' }).end(turn === 1 ? packed.subarray(0, packed.length / 2) : packed);
    expect(await backend().pull(0)).toMatchObject({ kind: 'unreachable' });
    expect(await backend().pull(0)).toEqual({ kind: 'unreachable', detail: 'the answer is too large' });
  });

  it('says how much it can take, and what was known only when there is more by now', async () => {
    answer = (response) => json(response, 200, { changes: [], cursor: 7, more: false, serverTime: '2026-11-21T01:05:00.000Z' });
    await backend().pull(7, 50);
    await backend().pull(7);
    await backend().pull(7, 50, null, 7);
    await backend().pull(7, 50, null, 3);
    expect(requests.map(({ request }) => request.url)).toEqual(
      ['limit=50', `limit=${PULL_CHANGES_MAX}`, 'limit=50', 'limit=50&heard=3'].map((rest) => `/v1/device/changes?after=7&${rest}`),
    );
  });

  it.each([-10, 10])('is understood although its clock is %d years off', async (years) => {
    const off = years * 365 * 86_400_000;
    const wrong: Clock = { ...systemClock, now: () => Date.now() + off };
    const claimsOf = (index: number) => RequestClaims.parse(JSON.parse(Buffer.from(requests[index]?.request.headers.authorization?.split('.')[1] ?? '', 'base64url').toString()));
    answer = (response, turn) => (turn === 1 ? json(response, 401, { what: 'clock-skew', message: 'x', serverTime: momentFromEpoch(Date.now()) }) : json(response, 200, { acknowledgedSeq: 1, acknowledgedHash: HASH }));
    expect(await backend(wrong).push(ENTRIES)).toMatchObject({ kind: 'answered' });
    expect(Math.abs(claimsOf(0).iat * 1_000 - Date.now())).toBeGreaterThan(9 * 365 * 86_400_000);
    expect(Math.abs(claimsOf(1).iat - Date.now() / 1_000)).toBeLessThan(5);
  });

  it('gives up on a backend that is never content with the time', async () => {
    answer = (response) => json(response, 401, { what: 'clock-skew', message: 'x', serverTime: '2020-01-01T00:00:00.000Z' });
    expect(await backend().push(ENTRIES)).toMatchObject({ kind: 'refused', error: { what: 'clock-skew' } });
    expect(requests.length).toBe(2);
  });

  it('passes a refusal on as it is', async () => {
    answer = (response) => json(response, 409, { what: 'gap', message: 'x', expectedSeq: 4 });
    expect(await backend().push(ENTRIES)).toEqual({ kind: 'refused', error: { what: 'gap', message: 'x', expectedSeq: 4 } });
  });

  it.each([
    ['a page of HTML', (response: ServerResponse) => response.writeHead(200).end('<html>Wi-Fi にログイン</html>'), 'HTTP 200 without JSON'],
    ['an answer of another shape', (response: ServerResponse) => json(response, 200, { acknowledgedSeq: -1, acknowledgedHash: HASH }), 'the answer has another shape at "acknowledgedSeq"'],
    ['a gateway’s error', (response: ServerResponse) => json(response, 502, { error: 'bad gateway' }), 'HTTP 502'],
    ['a redirection', (response: ServerResponse) => response.writeHead(302, { location: 'https://elsewhere.example/' }).end(), 'unexpected redirect'],
    ['a cut connection', (response: ServerResponse) => response.destroy(), 'UND_ERR_SOCKET'],
    ['an answer that never ends', (response: ServerResponse) => endless(response), 'the answer is too large'],
  ])('takes %s for silence', async (_name, say, detail) => {
    answer = say;
    expect(await backend(systemClock, 10_000).push(ENTRIES)).toEqual({ kind: 'unreachable', detail });
  });

  it('waits only so long', async () => {
    answer = () => undefined;
    expect(await backend(systemClock, 50).push(ENTRIES)).toEqual({ kind: 'unreachable', detail: 'no answer within 50 ms' });
  });

  it('says that nobody listens', async () => {
    server.close();
    await once(server, 'close');
    expect(await backend().pull(0)).toEqual({ kind: 'unreachable', detail: 'ECONNREFUSED' });
  });

  it.each(['http://10.0.0.7:8690', 'http://kazasu.example', 'ftp://127.0.0.1', 'https://kazasu.example/api', 'https://user:secret@kazasu.example', 'kazasu'])('does not even begin with %s', (wrong) => {
    expect(() => createHttpBackend({ url: wrong, identity, clock: systemClock, randomness, log })).toThrow('cannot be used');
  });
});

function endless(response: ServerResponse): void {
  const chunk = Buffer.alloc(1 << 20, 0x20);
  const write = () => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', write);
  write();
}
