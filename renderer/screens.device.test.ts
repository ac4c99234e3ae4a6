/**
 * Every screen in a real browser, under the content policy the agent sends: nothing is cut off, nothing is smaller than promised,
 * nothing offends axe, nothing is pressed that the contract does not know.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CHOICES_OF_SCREEN, MenuItem } from '../contract/kiosk.ts';
import { faultsOfScreen } from './gallery/check-screen.ts';
import { addressOf, floorsOf, formsOn, GLASSES, GLASS_NAMES, hasOwnColours, LIKES_OPEN, shareOf, show, violations, type GlassName } from './gallery/every-way.ts';
import { Finger } from './gallery/finger.ts';
import { FIXTURES, fixtureNamed } from './gallery/fixtures.ts';
import { SECOND_TOUCH_MS } from './kiosk/touch.ts';

const ROOT = path.join(import.meta.dirname, '..');
export const CONTENT_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; media-src 'self'";

/** The glass on which fingers and axe are tried. */
const FULL = 'fhd';

const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-gallery-'));
let server: PreviewServer;
let browser: Browser;
let address: string;

beforeAll(async () => {
  // The test runner's own mode would build React with its development checks.
  vi.stubEnv('NODE_ENV', 'production');
  const common = { root: path.join(ROOT, 'renderer'), configFile: path.join(ROOT, 'vite.config.ts'), mode: 'gallery', logLevel: 'warn', build: { outDir: directory } } as const;
  await build(common);
  server = await preview({ ...common, preview: { port: 0, host: '127.0.0.1', headers: { 'Content-Security-Policy': CONTENT_POLICY } } });
  address = `${server.resolvedUrls?.local[0] ?? ''}gallery.html`;
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A gallery page on one glass; complains about anything the content policy stops and anything from elsewhere. */
async function openGallery(size: GlassName): Promise<{ page: Page; complaints: string[] }> {
  const { width, height } = GLASSES[size];
  const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce', hasTouch: true });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(address).origin)) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(address);
  await page.locator('.kiosk').waitFor();
  return { page, complaints };
}

describe.each(GLASS_NAMES)('on the glass %s', (glass) => {
  it.each(formsOn(glass))('nothing is cut off or too small, and nothing offends axe (%s)', async (form) => {
    const { page, complaints } = await openGallery(glass);
    await page.evaluate(axe.source);
    const faults: string[] = [];
    for (const name of [...shareOf(glass, form), LIKES_OPEN]) {
      await show(page, addressOf(name, glass, form));
      const found = await page.evaluate(faultsOfScreen, floorsOf(glass, form));
      // What axe looks for does not depend on the glass.
      if (glass === FULL) found.push(...(await page.evaluate(violations, { colours: hasOwnColours(form) })));
      faults.push(...found.map((fault) => `${name}: ${fault}`));
    }
    await page.close();
    expect(faults).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

const PAGES_AT_ONCE = 4;

/** Presses every button that sends something, and compares what was sent with what the contract has. */
async function wrongButtonsOf(fixtures: readonly (typeof FIXTURES)[number][]): Promise<string[]> {
  const { page } = await openGallery(FULL);
  const wrong: string[] = [];
  for (const { name, snapshot } of fixtures) {
    await show(page, `fixture=${name}`);
    await page.evaluate(() => delete document.body.dataset['chosen']);
    const chosen = new Set<string>();
    // What the window does by itself (turning a page, typing, the voice) is not looked at here.
    const sending = page.locator('button[data-sends]');
    const buttons = await sending.count();
    for (let index = 0; index < buttons; index += 1) {
      const button = sending.nth(index);
      // What waits for digits cannot be pressed yet.
      if ((await button.getAttribute('class'))?.includes('waits')) continue;
      await expect.poll(() => button.getAttribute('aria-disabled')).toBeNull();
      await button.press('Enter');
      for (const choice of (await page.evaluate(() => document.body.dataset['chosen'] ?? '')).split(' ')) if (choice) chosen.add(choice.split(':')[0] ?? '');
    }
    const offered = new Set<string>(['call-staff', ...CHOICES_OF_SCREEN[snapshot.screen.name]]);
    // Left out where they would do nothing: no offer to receive, no printer to print.
    if (snapshot.screen.name === 'menu') for (const item of MenuItem.options) if (!snapshot.screen.items.includes(item)) offered.delete(item);
    if (snapshot.screen.name === 'balance') {
      const { offers, sales } = snapshot.screen;
      if (offers.length === 0) offered.delete('receive');
      if (sales.length === 0) offered.delete('buy');
      // In the place of both where there is no room for two.
      if (offers.length === 0 || sales.length === 0 || snapshot.screen.pockets.length <= 3) offered.delete('receive-or-buy');
      else for (const choice of ['receive', 'buy']) offered.delete(choice);
    }
    // The way to them is not on this screen.
    if ('cardThere' in snapshot.screen && !snapshot.screen.cardThere) offered.delete('continue');
    if ('ownCard' in snapshot.screen && snapshot.screen.ownCard !== 'there') offered.delete('continue');
    if (snapshot.printer !== 'ready') offered.delete('print');
    const slip = snapshot.screen.name === 'printed' ? snapshot.screen.paper.slip : 'slip' in snapshot.screen ? snapshot.screen.slip : null;
    if (slip !== null && slip !== 'request') offered.delete('withdraw');
    // Said by whoever types, and by what was typed to its end: there is no button for it on the first glance.
    offered.delete('still-here');
    if (snapshot.screen.name === 'question') {
      if (!snapshot.screen.optional) offered.delete('answer');
      if (snapshot.screen.view.type !== 'options') offered.delete('pick');
    }
    if (snapshot.screen.name === 'request-review' && snapshot.screen.lines.length > 8) continue;
    if ('otherWay' in snapshot.screen && !snapshot.screen.otherWay) offered.delete('other-way');
    // Digits are typed first, which the window does by itself.
    if (snapshot.screen.name === 'my-number-pin' || snapshot.screen.name === 'staff-pin') offered.delete('pin');
    if (snapshot.screen.name === 'offers' && snapshot.screen.offers.length < 2) offered.delete('receive-all');
    const same = chosen.size === offered.size && [...chosen].every((choice) => offered.has(choice));
    if (!same) wrong.push(`${name}: ${[...chosen].join(' ')} instead of ${[...offered].join(' ')}`);
  }
  await page.close();
  return wrong;
}

/** How soon after the other a shaky finger touches. */
const TREMBLE_MS = 120;

/** One button after the other, and over before the window has looked at the second. */
async function touch(page: Page, buttons: readonly Locator[]): Promise<void> {
  const places: Array<{ readonly x: number; readonly y: number }> = [];
  for (const button of buttons) {
    await expect.poll(() => button.getAttribute('aria-disabled')).toBeNull();
    const box = await button.boundingBox();
    if (!box) throw new Error('The button has no place.');
    places.push({ x: box.x + 30, y: box.y + 30 });
  }
  const finger = await Finger.of(page);
  const since = Date.now();
  await Promise.all(places.map((place, index) => finger.touch(place, since + index * TREMBLE_MS)));
}

/** The machine has something else to do after the first touch, for longer than a touch rests. */
async function keepBusy(page: Page): Promise<void> {
  await page.evaluate((ms) => {
    const busy = () => {
      for (const until = performance.now() + ms; performance.now() < until; );
    };
    document.addEventListener('pointerup', busy, { once: true });
  }, 2 * SECOND_TOUCH_MS);
}

describe('fingers', () => {
  it('can press exactly what the contract offers on each screen, and 職員を呼ぶ on all', async () => {
    // The balance has its buttons from what there is; every other screen has the same in all its variants.
    const kindOf = ({ name, snapshot: { screen, printer } }: (typeof FIXTURES)[number]) =>
      screen.name === 'balance' ? `${screen.offers.length} ${screen.sales.length} ${screen.pockets.length > 3} ${printer}` : `${name.startsWith('question') ? name : screen.name} ${printer}`;
    const first = FIXTURES.filter((fixture, index) => FIXTURES.findIndex((other) => kindOf(other) === kindOf(fixture)) === index);
    // Each press is followed by a rest: several pages rest at the same time.
    const shares = Array.from({ length: PAGES_AT_ONCE }, (_, share) => first.filter((_fixture, index) => index % PAGES_AT_ONCE === share));
    expect((await Promise.all(shares.map(wrongButtonsOf))).flat()).toEqual([]);
  }, 300_000);

  it('act when let go inside, even after sliding, and never outside', async () => {
    const { page } = await openGallery(FULL);
    const chosen = () => page.evaluate(() => document.body.dataset['chosen'] ?? '');
    await show(page, 'fixture=confirm-load');
    const button = page.getByRole('button', { name: '入れる', exact: true });
    await expect.poll(() => button.getAttribute('aria-disabled')).toBeNull();
    const box = await button.boundingBox();
    if (!box) throw new Error('入れる has no place.');
    await page.mouse.move(box.x + 40, box.y + 40);
    await page.mouse.down();
    expect(await button.getAttribute('data-pressed')).toBe('true');
    await page.mouse.move(box.x + 40, box.y - 60);
    expect(await button.getAttribute('data-pressed')).toBeNull();
    await page.mouse.up();
    expect(await chosen()).toBe('');
    await page.mouse.move(box.x + 40, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 340, box.y + 60);
    await page.mouse.up();
    expect(await chosen()).toBe('confirm');
    await page.close();
  });

  it.each([{ busy: false }, { busy: true }])('that tremble press once (the machine hears of it late: $busy)', async ({ busy }) => {
    const { page } = await openGallery(FULL);
    await show(page, 'fixture=balance-one-offer');
    const button = page.getByRole('button', { name: '受け取る' });
    if (busy) await keepBusy(page);
    await touch(page, [button, button, button]);
    expect(await page.evaluate(() => document.body.dataset['chosen'])).toBe('receive');
    await page.close();
  });

  it('are not needed: every button can be reached and pressed from a keyboard, with a ring around it', async () => {
    const { page } = await openGallery(FULL);
    await show(page, 'fixture=balance-one-offer');
    await expect.poll(() => page.getByRole('button').first().getAttribute('aria-disabled')).toBeNull();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)).toBe('solid');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.body.dataset['chosen'])).toBe('receive');
    await page.close();
  });

  it('turn the pages of many pockets', async () => {
    const { page } = await openGallery(FULL);
    await show(page, 'fixture=balance-six');
    const names = () => page.locator('.pocket-name').allTextContents();
    const pockets = fixtureNamed('balance-six').screen;
    if (pockets.name !== 'balance') throw new Error('Not a balance.');
    const all = pockets.pockets.map(({ name }) => name);
    expect(await names()).toEqual(all.slice(0, 3));
    await page.getByRole('button', { name: 'つぎを見る' }).click();
    expect(await names()).toEqual(all.slice(3));
    await page.getByRole('button', { name: 'はじめを見る' }).click();
    expect(await names()).toEqual(all.slice(0, 3));
    await page.close();
  });

  it('change size, colours, voice and wording with one touch on the start screen', async () => {
    const { page } = await openGallery(FULL);
    await show(page, 'fixture=start');
    const kiosk = page.locator('.kiosk');
    await page.getByRole('button', { name: '大きい文字' }).click();
    await page.getByRole('button', { name: '白黒反転' }).click();
    await page.getByRole('button', { name: '声を出す' }).click();
    await page.getByRole('button', { name: '声を消す' }).click();
    await page.getByRole('button', { name: 'やさしい日本語' }).click();
    await expect.poll(() => page.locator('h1').textContent()).toContain('ここに おいて ください');
    expect(await page.locator('html').getAttribute('lang')).toBe('ja');
    await page.getByRole('button', { name: 'English' }).click();
    await expect.poll(() => kiosk.getAttribute('data-text')).toBe('large');
    await expect.poll(() => kiosk.getAttribute('data-colours')).toBe('contrast');
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('en');
    await page.getByRole('button', { name: '日本語', exact: true }).click();
    await expect.poll(() => page.locator('h1').textContent()).toContain('ここに置いてください');
    await page.close();
  });

  it('change them with two touches on any other screen, which stays as it was', async () => {
    const { page } = await openGallery(FULL);
    await show(page, 'fixture=balance-six');
    const names = () => page.locator('.pocket-name').allTextContents();
    await page.getByRole('button', { name: 'つぎを見る' }).click();
    const turned = await names();
    const kiosk = page.locator('.kiosk');
    const press = async (name: string) => {
      await page.getByRole('button', { name, exact: true }).click();
    };
    for (const [name, attribute, value] of [['大きい文字', 'data-text', 'large'], ['白黒反転', 'data-colours', 'contrast'], ['ふりがなをつける', 'data-readings', 'true']] as const) {
      await press('見やすく');
      expect(await page.getByRole('heading').textContent()).toBe('見やすくする');
      expect(await page.locator('main[data-screen]').isVisible()).toBe(false);
      await press(name);
      await expect.poll(() => kiosk.getAttribute(attribute)).toBe(value);
      expect(await page.locator('main[data-screen]').isVisible()).toBe(true);
      expect(await names()).toEqual(turned);
    }
    expect(await page.locator('h1 ruby').first().textContent()).toBe('使つか');
    expect(await page.locator('rt:not([aria-hidden])').count()).toBe(0);
    // Its name has a reading now.
    const open = () => page.locator('.leaving .button').last().click();
    await open();
    await page.locator('.leaving .button').first().click();
    expect(await names()).toEqual(turned);
    await open();
    await page.getByRole('button', { name: /音.*大.*きさ/ }).click();
    await expect.poll(() => page.getByRole('button', { name: /音.*大.*きさ/ }).textContent()).toContain('いまは大');
    await page.getByRole('button', { name: /^やさしい/ }).click();
    await expect.poll(() => page.locator('h1').textContent()).toBe('いま つかえる もの');
    expect(await names()).toEqual(turned);
    await page.close();
  });

  it('find 見やすく from a keyboard, go on in its panel, and leave it with the screen', async () => {
    const { page } = await openGallery(FULL);
    await show(page, 'fixture=writing&likes=open');
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe('likes');
    await expect.poll(() => page.locator('button').first().getAttribute('aria-disabled')).toBeNull();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('大きい文字');
    await show(page, 'fixture=loaded');
    expect(await page.locator('main.likes').count()).toBe(0);
    await page.close();
  });

  it('find nothing to press but 職員を呼ぶ while the agent cannot be asked', async () => {
    const { page } = await openGallery(FULL);
    await show(page, 'fixture=balance-one-offer&live=no');
    await expect.poll(() => page.locator('button').first().getAttribute('aria-disabled')).toBeNull();
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('職員を呼ぶ');
    const boxes = await page.locator('button').evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().toJSON() as { x: number; y: number }));
    expect(boxes.length).toBe(7);
    for (const { x, y } of boxes) {
      await page.touchscreen.tap(x + 20, y + 20);
      await expect.poll(() => page.locator('.staff').getAttribute('aria-disabled')).toBeNull();
    }
    expect(await page.evaluate(() => document.body.dataset['chosen'])).toBe('call-staff');
    await page.close();
  });
});

describe('the last net', () => {
  it('is a calm screen with a number', async () => {
    const { page } = await openGallery(FULL);
    await page.goto(`${address}#calm`);
    await page.reload();
    expect(await page.locator('main').innerText()).toMatch(/お金はなくなりません[\s\S]*職員をよんでください[\s\S]*番号\s*999/);
    await page.close();
  });
});

describe('digits', () => {
  const chosen = (page: Page) => page.evaluate(() => document.body.dataset['chosen'] ?? '');
  const dots = (page: Page) => page.locator('.dots').getAttribute('aria-label');
  async function keypad(fixture: string): Promise<Page> {
    const { page } = await openGallery(FULL);
    await show(page, `fixture=${fixture}`);
    await expect.poll(() => page.getByRole('button', { name: '5', exact: true }).getAttribute('aria-disabled')).toBeNull();
    return page;
  }
  async function tap(page: Page, names: readonly string[]): Promise<void> {
    for (const name of names) await page.getByRole('button', { name, exact: true }).tap();
  }

  it('are sent whole and once, by 決定 when there are enough, and stand nowhere on the page', async () => {
    const page = await keypad('my-number-pin');
    await tap(page, ['5', '6', '7']);
    expect(await dots(page)).toMatch(/4桁.*3桁/);
    await page.locator('.acts .button').first().tap({ force: true });
    expect(await chosen(page)).toBe('');
    await tap(page, ['8', '9']);
    expect(await page.content()).not.toContain('5678');
    await page.waitForTimeout(600);
    await page.locator('.acts .button').first().tap();
    expect(await chosen(page)).toBe('pin:5,6,7,8');
    expect(await dots(page)).toMatch(/4桁.*0桁/);
    await page.close();
  });

  it('can be typed on a keyboard, and taken back', async () => {
    const page = await keypad('my-number-pin');
    for (const key of ['1', '2', '3', 'Enter', 'Backspace', 'Backspace', '9', '0', '4', 'Enter']) await page.keyboard.press(key);
    expect(await chosen(page)).toBe('pin:1,9,0,4');
    await page.close();
  });

  it('have a mixed order on demand; a key is the digit that stands on it', async () => {
    const page = await keypad('my-number-pin');
    const keys = () => page.locator('.pad .key:not(.word) > b').allTextContents();
    const before = await keys();
    await page.getByRole('button', { name: /並/ }).tap();
    const mixed = await keys();
    expect(mixed).not.toEqual(before);
    expect([...mixed].sort()).toEqual([...before].sort());
    await page.waitForTimeout(600);
    await tap(page, ['4', '2', '7', '1']);
    await page.keyboard.press('Tab');
    await page.locator('.acts .button').first().press('Enter');
    expect(await chosen(page)).toBe('pin:4,2,7,1');
    await page.close();
  });

  it('that are printed on the card are asked for one number after the other, and the picture says where', async () => {
    const page = await keypad('my-number-pin-printed');
    await page.getByRole('button', { name: /どこ/ }).tap();
    expect(await page.locator('.front').isVisible()).toBe(true);
    // Enter belongs to the button that has the focus.
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    for (const digits of ['250103', '2035', '1234']) for (const key of [...digits, 'Enter']) await page.keyboard.press(key);
    expect(await chosen(page)).toBe('pin:2,5,0,1,0,3,2,0,3,5,1,2,3,4');
    await page.close();
  });

  it.each([{ busy: false }, { busy: true }])('that tremble are one digit; another key at once is the next, and so is the first one after it (heard of late: $busy)', async ({ busy }) => {
    const page = await keypad('my-number-pin');
    const [five, six] = ['5', '6'].map((name) => page.getByRole('button', { name, exact: true })) as [Locator, Locator];
    if (busy) await keepBusy(page);
    await touch(page, [five, five, five]);
    expect(await dots(page)).toMatch(/4桁.*1桁/);
    await touch(page, [six, five]);
    expect(await dots(page)).toMatch(/4桁.*3桁/);
    await page.close();
  });
});

describe('the sound of the window', () => {
  it('wakes for a touch, and is asleep when nothing has been heard for a while', async () => {
    const { page } = await openGallery(FULL);
    await page.addInitScript(() => {
      const heard = { outputs: [] as AudioContext[], notes: 0 };
      Object.assign(window, { heard });
      window.AudioContext = class extends AudioContext {
        constructor() {
          super();
          heard.outputs.push(this);
        }
        override createOscillator() {
          heard.notes += 1;
          return super.createOscillator();
        }
      };
    });
    await page.reload();
    await show(page, 'fixture=my-number-pin');
    const heard = () => page.evaluate(() => {
      const { outputs, notes } = (window as unknown as { heard: { outputs: AudioContext[]; notes: number } }).heard;
      return { states: outputs.map(({ state }) => state), notes };
    });
    const key = (name: string) => page.getByRole('button', { name, exact: true });
    // Heard is the second: browsers keep sound back until the first touch is over.
    await touch(page, [key('5'), key('6')]);
    await expect.poll(heard).toMatchObject({ states: ['running'] });
    await expect.poll(heard, { timeout: 15_000 }).toMatchObject({ states: ['suspended'] });
    const { notes } = await heard();
    await touch(page, [key('7')]);
    await expect.poll(heard).toEqual({ states: ['running'], notes: notes + 1 });
    await page.close();
  });
});
