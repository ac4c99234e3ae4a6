/** The window's port over real sockets: who is let in, what is served, and how snapshots travel. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KioskRouter } from '../../contract/kiosk-router.ts';
import { WINDOW_COOKIE, type ChooseInput, type KioskSnapshot } from '../../contract/kiosk.ts';
import type { Log } from '../log/log.ts';
import { createManualClock } from '../test-support/manual-clock.ts';
import { createKioskSwitch, type KioskSwitch } from './kiosk-switch.ts';
import { stillKiosk } from './still-kiosk.ts';
import { startWindowServer, type WindowServer } from './window-server.ts';

const SECRET = 'a-secret-of-this-start-0123456789abcdef';
const FRAME = { town: '苫前町', site: '役場', display: { ppi: 102.6, readerSide: 'below' as const }, simulated: false };

let root: string;
let server: WindowServer;
let kiosk: KioskSwitch;
let refusals: string[];
const clock = createManualClock();
const log: Log = { event: (name, ...fields) => void (name === 'window-refused' && refusals.push(JSON.stringify(fields))) };

beforeEach(async () => {
  refusals = [];
  root = mkdtempSync(path.join(tmpdir(), 'kazasu-window-'));
  mkdirSync(path.join(root, 'assets'));
  writeFileSync(path.join(root, 'index.html'), '<!doctype html><title>かざす窓口</title>');
  writeFileSync(path.join(root, 'assets', 'main-abc123.js'), '// script');
  kiosk = createKioskSwitch(stillKiosk({ name: 'starting' }, FRAME, { clock, log }));
  const voices = () => ({ made: path.join(root, 'voices/made'), own: path.join(root, 'voices/own') });
  const started = await startWindowServer({ port: 0, secret: SECRET, root, voices, kiosk, log });
  if (!started.ok) throw new Error(started.detail);
  server = started;
});

afterEach(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

function ask(url: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port: server.port, path: url, method: options.method ?? 'GET', headers: options.headers ?? {} },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });
}

const cookie = () => ({ cookie: `${WINDOW_COOKIE}=${SECRET}` });
const origin = () => ({ origin: `http://127.0.0.1:${server.port}` });
const CHOICE: ChooseInput = { screenId: 1, choice: 'call-staff' };

describe('who is let in', () => {
  it('the address given to the shell sets the cookie and shows the page', async () => {
    const entered = await ask(new URL(server.address).pathname + new URL(server.address).search);
    expect(entered.status).toBe(303);
    expect(entered.headers['set-cookie']?.[0]).toMatch(/HttpOnly.*SameSite=Strict/i);
    const page = await ask('/', { headers: cookie() });
    expect(page.status).toBe(200);
    expect(page.body).toContain('かざす窓口');
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('a browser sent by a file gets the cookie too, and moves on by itself; without the secret it gets nothing', async () => {
    const fromFile = { headers: { 'sec-fetch-site': 'cross-site' } };
    const entered = await ask(`/enter?secret=${SECRET}`, fromFile);
    expect(entered.status).toBe(200);
    expect(entered.headers['set-cookie']?.[0]).toContain(SECRET);
    expect(entered.body).toContain('http-equiv="refresh" content="0;url=/"');
    expect((await ask('/enter?secret=wrong', fromFile)).headers['set-cookie']).toBeUndefined();
  });

  it.each([
    ['no secret', {}],
    ['a wrong secret', { cookie: `${WINDOW_COOKIE}=${SECRET.replace('a', 'b')}` }],
    ['an empty secret', { cookie: `${WINDOW_COOKIE}=` }],
  ])('%s: nothing is served, neither the page nor an asset nor the RPC', async (_, headers) => {
    for (const url of ['/', '/index.html', '/assets/main-abc123.js', '/rpc/snapshots', '/rpc/choose', '/anything']) {
      expect((await ask(url, { headers })).status, url).toBe(401);
    }
    expect((await ask('/enter?secret=wrong')).status).toBe(401);
    expect((await ask('/enter')).status).toBe(401);
  });

  it.each(['localhost', 'kazasu.example', '127.0.0.1', 'evil.example:8680'])('another Host (%s) is refused even with the secret', async (host) => {
    expect((await ask('/', { headers: { ...cookie(), host } })).status).toBe(403);
  });

  it.each(['http://evil.example', 'null', 'http://localhost', 'https://127.0.0.1'])('another Origin (%s) is refused even with the secret', async (from) => {
    const answer = await ask('/rpc/choose', { method: 'POST', headers: { ...cookie(), origin: from, 'content-type': 'application/json' }, body: JSON.stringify(CHOICE) });
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('a change without an Origin, or from another site, is refused', async () => {
    const body = JSON.stringify(CHOICE);
    expect((await ask('/rpc/choose', { method: 'POST', headers: { ...cookie(), 'content-type': 'application/json' }, body })).status).toBe(403);
    expect((await ask('/', { headers: { ...cookie(), 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    expect(kiosk.snapshot().staffCall).toBeNull();
  });

  it('nothing changes by GET', async () => {
    const url = `/rpc/choose?input=${encodeURIComponent(JSON.stringify(CHOICE))}`;
    expect((await ask(url, { headers: cookie() })).status).toBeGreaterThanOrEqual(400);
    expect(kiosk.snapshot().staffCall).toBeNull();
  });

  it('files outside the window’s directory are not served', async () => {
    writeFileSync(path.join(root, '..', 'kazasu-secret.txt'), 'secret');
    for (const url of ['/../kazasu-secret.txt', '/..%2fkazasu-secret.txt', '/assets/%2e%2e/%2e%2e/kazasu-secret.txt']) {
      expect((await ask(url, { headers: cookie() })).body, url).not.toContain('secret\n');
      expect((await ask(url, { headers: cookie() })).status, url).toBeGreaterThanOrEqual(400);
    }
    rmSync(path.join(root, '..', 'kazasu-secret.txt'));
  });

  it('says in the log why, never what was tried', async () => {
    await ask('/', { headers: { cookie: `${WINDOW_COOKIE}=tried` } });
    expect(refusals).toEqual(['[{"why":"secret"}]']);
  });

  it('an occupied port is told apart', async () => {
    const second = await startWindowServer({ port: server.port, secret: SECRET, root, kiosk, log });
    expect(second).toMatchObject({ ok: false, why: 'port-occupied' });
  });
});

describe('recordings', () => {
  function put(file: string, content: string): void {
    mkdirSync(path.dirname(path.join(root, 'voices', file)), { recursive: true });
    writeFileSync(path.join(root, 'voices', file), content);
  }
  const get = (url: string) => ask(url, { headers: cookie() });
  const index = async () => JSON.parse((await get('/voices/index.json')).body) as unknown;

  it('are listed as they lie there, a person’s own before those made, and served by their names', async () => {
    expect(await index()).toEqual({});
    put('made/ja/loaded.title.opus', 'made');
    put('made/ja/n.1.opus', 'one');
    put('made/manifest.json', JSON.stringify({ clips: { 'ja/loaded.title': { text: '入れました', hash: 'x', file: 'ja/loaded.title.opus' } } }));
    expect(await index()).toEqual({ ja: { 'loaded.title': { file: 'made/ja/loaded.title.opus', text: '入れました' }, 'n.1': { file: 'made/ja/n.1.opus' } } });
    put('own/ja/loaded.title.wav', 'own');
    put('own/ja/slow/loaded.title.wav', 'own, slowly');
    expect(await index()).toMatchObject({ ja: { 'loaded.title': { file: 'own/ja/loaded.title.wav', slow: 'own/ja/slow/loaded.title.wav' }, 'n.1': { file: 'made/ja/n.1.opus' } } });
    const slow = await get('/voices/own/ja/slow/loaded.title.wav');
    expect([slow.status, slow.body, slow.headers['content-type']]).toEqual([200, 'own, slowly', expect.stringMatching(/^audio\//)]);
    expect((await get('/voices/made/ja/n.1.opus')).headers['content-type']).toMatch(/^audio\//);
    expect(slow.headers['content-security-policy']).toContain("media-src 'self'");
  });

  it('are nothing but recordings: no other file of their directories, and nothing beside them', async () => {
    put('own/ja/loaded.title.wav', 'own');
    put('own/ja/notes.txt', 'private');
    put('own/.hidden.wav', 'private');
    put('own/manifest.json', '{ not JSON');
    put('secret.wav', 'private');
    for (const url of ['own/ja/notes.txt', 'own/.hidden.wav', 'own/manifest.json', 'own/../secret.wav', 'own/ja/%2e%2e/%2e%2e/secret.wav', 'own/ja/..%2f..%2fsecret.wav', 'other/ja/loaded.title.wav', 'own/fr/loaded.title.wav', 'own/ja/missing.wav']) {
      const answer = await get(`/voices/${url}`);
      expect(answer.status, url).toBe(404);
      expect(answer.body, url).not.toContain('private');
    }
    expect(await index()).toEqual({ ja: { 'loaded.title': { file: 'own/ja/loaded.title.wav' } } });
    expect((await ask('/voices/index.json')).status).toBe(401);
    expect((await ask('/voices/own/ja/loaded.title.wav')).status).toBe(401);
  });
});

describe('snapshots and choices', () => {
  function client() {
    const url = `http://127.0.0.1:${server.port}/rpc`;
    const headers = { ...cookie(), ...origin() };
    return createTRPCClient<KioskRouter>({
      links: [
        splitLink({
          condition: (operation) => operation.type === 'subscription',
          true: httpSubscriptionLink({ url, EventSource: eventSourceWith(headers) }),
          false: httpLink({ url, headers }),
        }),
      ],
    });
  }

  it('the current snapshot comes at once and every change after it, across a change of the kiosk behind', async () => {
    const seen: KioskSnapshot[] = [];
    let arrived = () => {};
    const subscription = client().snapshots.subscribe(undefined, {
      onData: (snapshot) => {
        seen.push(snapshot);
        arrived();
      },
    });
    const until = async (count: number) => {
      while (seen.length < count) await new Promise<void>((resolve) => (arrived = resolve));
    };
    await until(1);
    kiosk.use(stillKiosk({ name: 'out-of-service', trouble: 'disk-full', number: 404, interrupted: false }, FRAME, { clock, log }));
    await until(2);
    const answer = await client().choose.mutate({ screenId: seen[1]?.screenId ?? 0, choice: 'call-staff' });
    expect(answer).toBe('taken');
    await until(3);
    subscription.unsubscribe();
    expect(seen.map(({ screen, staffCall }) => [screen.name, staffCall?.number ?? 0])).toEqual([
      ['starting', 0],
      ['out-of-service', 0],
      ['out-of-service', 1],
    ]);
    expect(seen.map(({ revision }) => revision)).toEqual([1, 2, 3]);
  });

  it('a choice made for the kiosk before is ignored, a malformed one refused', async () => {
    const { screenId } = kiosk.snapshot();
    kiosk.use(stillKiosk({ name: 'start', codes: 'none', procedures: true }, FRAME, { clock, log }));
    expect(await client().choose.mutate({ screenId, choice: 'finish' })).toBe('ignored');
    const answer = await ask('/rpc/choose', { method: 'POST', headers: { ...cookie(), ...origin(), 'content-type': 'application/json' }, body: '{"screenId":1,"choice":"open-safe"}' });
    expect(answer.status).toBe(400);
  });
});

/** Node's fetch as an EventSource that sends headers; enough of one for the subscription link. */
function eventSourceWith(headers: Record<string, string>): typeof EventSource {
  return class extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSED = 2;
    readyState = 0;
    readonly #stop = new AbortController();
    constructor(url: string | URL) {
      super();
      void this.#read(String(url)).catch(() => this.readyState !== 2 && this.dispatchEvent(new Event('error')));
    }
    close() {
      this.readyState = 2;
      this.#stop.abort();
    }
    async #read(url: string) {
      const response = await fetch(url, { headers: { ...headers, accept: 'text/event-stream' }, signal: this.#stop.signal });
      if (!response.ok || !response.body) throw new Error(`stream refused: ${response.status}`);
      this.readyState = 1;
      this.dispatchEvent(new Event('open'));
      let text = '';
      for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const field = (name: string) => block.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
          this.dispatchEvent(new MessageEvent(field('event') ?? 'message', { data: field('data') ?? '' }));
        }
      }
    }
  } as unknown as typeof EventSource;
}
