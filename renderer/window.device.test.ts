/**
 * The built window in a real browser against the real router, under the agent's content policy: it draws what is pushed, sends
 * what is pressed, and looks after itself when the agent goes away.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fastifyStatic from '@fastify/static';
import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import Fastify, { type FastifyInstance } from 'fastify';
import { chromium, type Browser, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { kioskRouter, type KioskService } from '../contract/kiosk-router.ts';
import type { ChooseInput, KioskSnapshot } from '../contract/kiosk.ts';
import { USUAL_SETTINGS } from '../contract/usual-settings.ts';
import { VOICE_INDEX_PATH, VOICES_PATH, type VoiceIndex } from '../contract/voices.ts';
import { fixtureNamed } from './gallery/fixtures.ts';
import { everySound } from './voice/clip-list.ts';

const ROOT = path.join(import.meta.dirname, '..');
const CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; media-src 'self'";
const FIRST_SCREEN_BYTES_MAX = 120_000;
const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-window-'));

/** The agent's side, in the test's hand. */
class HeldKiosk implements KioskService {
  readonly chosen: ChooseInput[] = [];
  private current: KioskSnapshot = { ...fixtureNamed('start'), revision: 1, screenId: 1 };
  private readonly listeners = new Set<(snapshot: KioskSnapshot) => void>();
  snapshot(): KioskSnapshot {
    return this.current;
  }
  onSnapshot(listener: (snapshot: KioskSnapshot) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
  choose(input: ChooseInput): 'taken' | 'ignored' {
    this.chosen.push(input);
    return 'taken';
  }
  show(name: string, changes: Partial<KioskSnapshot> = {}): void {
    const { revision, screenId } = this.current;
    this.push({ ...fixtureNamed(name), revision: revision + 1, screenId: screenId + 1, ...changes });
  }
  push(snapshot: KioskSnapshot): void {
    this.current = snapshot;
    for (const listener of this.listeners) listener(snapshot);
  }
}

/** A tenth of a second of silence. */
function silentWav(): Buffer {
  const [rate, samples] = [8_000, 800];
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples, 40);
  return Buffer.concat([header, Buffer.alloc(samples, 128)]);
}

/** Recordings as the agent serves them, in the test's hand. */
let recordings: VoiceIndex = {};

async function serve(kiosk: KioskService, port = 0): Promise<FastifyInstance> {
  const server = Fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 200 } });
  server.addHook('onSend', async (_request, reply) => {
    void reply.header('Content-Security-Policy', CONTENT_POLICY);
  });
  await server.register(fastifyTRPCPlugin, { prefix: '/rpc', trpcOptions: { router: kioskRouter(kiosk) } });
  await server.register(fastifyStatic, { root: directory });
  server.get(VOICE_INDEX_PATH, () => recordings);
  server.get(`${VOICES_PATH}/made/*`, (_, reply) => reply.type('audio/wav').send(silentWav()));
  await server.listen({ port, host: '127.0.0.1' });
  return server;
}

const portOf = (server: FastifyInstance) => (server.server.address() as { port: number }).port;

let browser: Browser;
let server: FastifyInstance;
let kiosk: HeldKiosk;
let page: Page;
let complaints: string[];
let requested: string[];

beforeAll(async () => {
  // The test runner's own mode would build React with its development checks.
  vi.stubEnv('NODE_ENV', 'production');
  await build({ root: path.join(ROOT, 'renderer'), configFile: path.join(ROOT, 'vite.config.ts'), logLevel: 'warn', build: { outDir: directory } });
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
  });
});
afterAll(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  recordings = {};
  kiosk = new HeldKiosk();
  server = await serve(kiosk);
  page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  complaints = [];
  requested = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (/Content Security|violates/i.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => requested.push(request.url()));
  await page.goto(`http://127.0.0.1:${portOf(server)}/`);
  await expect.poll(shown).toBe('start');
});
afterEach(async () => {
  await page.close();
  await server.close();
  expect(complaints).toEqual([]);
});

const shown = () => page.locator('main').getAttribute('data-screen');
const text = () => page.locator('main').innerText();

describe('the window', () => {
  it('draws what the agent pushes and sends what is pressed, with the screen it was pressed on', async () => {
    kiosk.show('balance-one-offer', { screenId: 42 });
    await page.getByRole('button', { name: '受け取る' }).click();
    await expect.poll(() => kiosk.chosen).toEqual([{ screenId: 42, choice: 'receive' }]);
    expect(await page.getByRole('button', { name: '受け取る' }).getAttribute('data-pressed')).toBe('true');
    kiosk.show('confirm-load');
    await expect.poll(shown).toBe('confirm-load');
  });

  it('never draws an older snapshot', async () => {
    kiosk.show('balance-three', { revision: 10 });
    await expect.poll(shown).toBe('balance');
    const seen = page.evaluate(
      () =>
        new Promise<string[]>((done) => {
          const names: string[] = [];
          const watch = new MutationObserver(() => {
            const name = document.querySelector('main')?.getAttribute('data-screen') ?? '';
            if (names.at(-1) !== name) names.push(name);
            if (name === 'writing') done(names);
          });
          watch.observe(document.body, { subtree: true, childList: true, attributes: true });
        }),
    );
    kiosk.push({ ...fixtureNamed('farewell'), revision: 9, screenId: 90 });
    await expect.poll(() => page.locator('.kiosk').count()).toBe(1);
    kiosk.push({ ...fixtureNamed('writing'), revision: 11, screenId: 91 });
    expect(await seen).not.toContain('farewell');
  });

  it('says by itself that the agent is gone, keeps nothing of the person, and comes back by itself', async () => {
    kiosk.show('balance-three');
    await expect.poll(text).toContain('8,500');
    const port = portOf(server);
    await server.close();
    await expect.poll(() => page.locator('main').evaluate((main) => (main as HTMLElement).inert), { timeout: 5_000 }).toBe(true);
    await expect.poll(shown, { timeout: 5_000 }).toBe('out-of-service');
    expect(await text()).toMatch(/お金はなくなりません[\s\S]*つながるのを[\s\S]*職員をよんでください[\s\S]*番号\s*501/);
    expect(await page.content()).not.toContain('8,500');
    await page.getByRole('button', { name: '職員を呼ぶ' }).click();
    await expect.poll(() => page.getByRole('status').innerText()).toContain('つながりしだい');
    kiosk = new HeldKiosk();
    server = await serve(kiosk, port);
    await expect.poll(shown, { timeout: 10_000 }).toBe('start');
    await expect.poll(() => kiosk.chosen).toEqual([{ screenId: 1, choice: 'call-staff' }]);
  });

  it('shows that staff were called, with the number', async () => {
    kiosk.show('writing');
    await page.getByRole('button', { name: '職員を呼ぶ' }).click();
    await expect.poll(() => kiosk.chosen.map(({ choice }) => choice)).toEqual(['call-staff']);
    kiosk.push({ ...kiosk.snapshot(), revision: 99, staffCall: { number: 7 } });
    await expect.poll(() => page.getByRole('status').innerText()).toMatch(/職員を呼びました\s*番号 7/);
  });

  it('asks the agent for how a person likes to read, draws what it says, and keeps that while the agent is away', async () => {
    await page.getByRole('button', { name: '大きい文字' }).click();
    const large = { ...USUAL_SETTINGS, text: 'large' } as const;
    await expect.poll(() => kiosk.chosen).toEqual([{ screenId: 1, choice: 'settings', settings: large }]);
    expect(await page.locator('.kiosk').getAttribute('data-text')).toBe('usual');
    const settings = { ...large, form: 'en' } as const;
    kiosk.show('balance-three', { settings });
    await expect.poll(text).toContain('What you can use now');
    expect(await page.locator('.kiosk').getAttribute('data-text')).toBe('large');
    await page.getByRole('button', { name: 'Display' }).click();
    await page.getByRole('button', { name: 'やさしい日本語' }).click();
    await expect.poll(() => kiosk.chosen.at(-1)).toMatchObject({ choice: 'settings', settings: { ...large, form: 'easy' } });
    expect(await page.getByRole('heading').textContent()).toBe('What you can use now');

    const port = portOf(server);
    await server.close();
    await expect.poll(shown, { timeout: 5_000 }).toBe('out-of-service');
    expect(await text()).toContain('Your money is safe');
    expect(await page.locator('.kiosk').getAttribute('data-text')).toBe('large');
    kiosk = new HeldKiosk();
    server = await serve(kiosk, port);
    await expect.poll(text, { timeout: 10_000 }).toContain('ここに置いてください');
    expect(await page.locator('.kiosk').getAttribute('data-text')).toBe('usual');
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
  });

  it('shows a calm screen with a number when a screen cannot be drawn', async () => {
    kiosk.push({ ...fixtureNamed('balance-three'), revision: 9, screenId: 9, screen: { name: 'balance' } as never });
    await expect.poll(text).toMatch(/職員をよんでください[\s\S]*番号\s*999/);
    complaints.length = 0;
  });

  it('plays recordings of the screen when a person asks, and of no screen before; a new screen stops the old one', async () => {
    recordings = { ja: Object.fromEntries(everySound('ja').map(({ id }) => [id, { file: `made/ja/${id}.wav` }])) };
    // Every start and stop of a sound, by its file.
    await page.evaluate(() => {
      const heard: string[] = [];
      const { play, pause } = HTMLMediaElement.prototype;
      const file = (element: HTMLMediaElement) => element.src.replace(/.*\/|\.wav$/g, '');
      HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
        heard.push(file(this));
        this.addEventListener('ended', () => heard.push(`${file(this)} ended`));
        return play.call(this);
      };
      HTMLMediaElement.prototype.pause = function (this: HTMLMediaElement) {
        heard.push(`${file(this)} stopped`);
        pause.call(this);
      };
      Object.assign(window, { heard });
    });
    const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
    const asked = () => requested.filter((url) => url.includes(VOICES_PATH));
    kiosk.show('balance-three');
    await expect.poll(shown).toBe('balance');
    expect(asked()).toEqual([]);
    await page.getByRole('button', { name: '声で聞く' }).click();
    await expect.poll(heard, { timeout: 10_000 }).toEqual(expect.arrayContaining(['balance.title ended', 'n.8000 ended', 'n.500 ended', 'counter.yen ended']));
    expect(asked()[0]).toContain(VOICE_INDEX_PATH);
    kiosk.show('farewell');
    await expect.poll(shown).toBe('farewell');
    const atEnd = await heard();
    await page.waitForTimeout(700);
    expect(await heard()).toEqual(atEnd);
    expect(atEnd).not.toContain('farewell.thanks');
    expect(atEnd).not.toContain('button.staff');
  });

  it('says calmly that there is no voice where there is none', async () => {
    kiosk.show('balance-three');
    await expect.poll(shown).toBe('balance');
    const button = page.getByRole('button', { name: '声で聞く' });
    const label = await button.innerText();
    await button.click();
    await expect.poll(() => page.getByRole('status').innerText(), { timeout: 5_000 }).toContain('ません');
    expect(await button.innerText()).toBe(label);
    kiosk.show('printed-balance');
    await expect.poll(shown).toBe('printed');
    expect(await page.getByRole('status').innerText()).toBe('');
  });

  it('can be worked with one switch: the focus goes from button to button, on each screen anew, and Enter presses', async () => {
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    const display = { ...fixtureNamed('confirm-load').display, scanSeconds: 1 };
    kiosk.show('confirm-load', { display });
    const wentBy: string[] = [];
    for (let look = 0; look < 80 && wentBy.length < 7; look += 1) {
      const now = await focused();
      if (now !== '' && now.length < 30 && wentBy.at(-1) !== now) wentBy.push(now);
      await page.waitForTimeout(100);
    }
    expect(wentBy.map((text) => text.slice(0, 3))).toEqual(['入れな', '入れる', '戻る', 'やめる', '声で聞', '見やす', '職員を']);
    await expect.poll(focused, { timeout: 10_000 }).toBe('入れる');
    await page.keyboard.press('Enter');
    await expect.poll(() => kiosk.chosen.map(({ choice }) => choice)).toEqual(['confirm']);
    kiosk.show('loaded', { display });
    await expect.poll(focused, { timeout: 10_000 }).toContain('紙に出す');
  });

  it('shows nothing too small to be read: on a small glass it says so instead, and nothing can be pressed', async () => {
    await page.setViewportSize({ width: 800, height: 480 });
    await expect.poll(text).toContain('小さすぎます');
    expect(await text()).toContain('502');
    expect(await page.getByRole('button').count()).toBe(0);
    await page.setViewportSize({ width: 1920, height: 1080 });
    await expect.poll(shown).toBe('start');
  });

  it('asks nobody else for anything, and stays light', async () => {
    await page.evaluate(async () => {
      await document.fonts.ready;
    });
    const origin = new URL(page.url()).origin;
    expect(requested.filter((url) => !url.startsWith(origin))).toEqual([]);
    const assets = readdirSync(path.join(directory, 'assets'));
    expect(assets.filter((name) => name.endsWith('.woff'))).toEqual([]);
    const loaded = readFileSync(path.join(directory, 'index.html'), 'utf8').match(/assets\/[\w-]+\.js/g) ?? [];
    const bytes = loaded.reduce((sum, file) => sum + gzipSync(readFileSync(path.join(directory, file)), { level: 9 }).length, 0);
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(FIRST_SCREEN_BYTES_MAX);
    expect(readFileSync(path.join(directory, 'index.html'), 'utf8')).not.toMatch(/<style|style=|<script>|\son\w+=/);
  });
});
