/** The built page in a real browser, opened from a disk as the clerk does: what a scanner types is opened, and nothing leaves or stays. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type CDPSession, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RequestId } from '../../contract/ids.ts';
import { requestCode } from '../../contract/procedure/request-code.ts';
import { sealedRequestCode } from '../../contract/procedure/sealed-code.ts';
import type { SealedContent } from '../../contract/procedure/sealed-content.ts';
import { bytesOfParts, partsOfBytes, readPart } from '../../contract/procedure/sealed-parts.ts';
import { deviceKeysOf, newKiosk, newOffice, sealedContent } from '../../contract/test-support/sealed-request.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const PICTURES = path.join(ROOT, 'out/clerk');
const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-clerk-'));
const file = (name: string) => path.join(directory, name);

const OFFICE = newOffice();
const KIOSK = newKiosk();
const REQUEST = sealedContent({
  lines: [
    { label: '申請する人', value: '本人' },
    { label: 'のせる人', value: '世帯の一部の人' },
    { label: 'のせる人の名前', value: 'ハマノ　タロウ、ハマノ　ジロウ' },
    { label: '本籍・筆頭者', value: '載せない' },
    { label: 'マイナンバー', value: '載せない' },
    { label: '使いみち', value: '免許・資格の手続き' },
    { label: '必要な通数', value: '2通' },
    { label: '氏名', value: '髙橋 﨑子' },
    { label: 'フリガナ', value: 'タカハシ　サキコ' },
    { label: '住所', value: '北海道苫前郡苫前町字苫前172番地の1' },
    { label: '生年月日', value: '昭和22年3月4日' },
    { label: '電話番号', value: '090-1234-5678' },
    { label: '提出先', value: null },
  ],
});
const codesOf = async (content: SealedContent, kiosk = KIOSK) => (await sealedRequestCode(OFFICE.x ?? '', content, kiosk)) ?? [];
const [FIRST = '', SECOND = '', ...MORE] = await codesOf(REQUEST);
const OTHER = await codesOf(sealedContent({ ...REQUEST, requestId: RequestId.parse('01900000-0000-7000-8000-000000000002'), number: '役場1-0043', procedureName: '印鑑登録証明書' }));
const SHORT = await codesOf(sealedContent({ lines: [{ label: '場所', value: '字苫前172番地の1' }] }));

let browser: Browser;
let context: BrowserContext;
let page: Page;
let keyboard: CDPSession;
let requested: string[];
let complaints: string[];

beforeAll(async () => {
  execFileSync(process.execPath, [path.join(ROOT, 'scripts/clerk-page.ts'), file('clerk.html')]);
  writeFileSync(file('office-key.json'), `${JSON.stringify(OFFICE)}\n`);
  writeFileSync(file('other-key.json'), `${JSON.stringify(newOffice())}\n`);
  writeFileSync(file('device-keys.json'), JSON.stringify(deviceKeysOf(KIOSK)));
  writeFileSync(file('stopped.json'), JSON.stringify(deviceKeysOf(KIOSK, 'revoked')));
  writeFileSync(file('strangers.json'), JSON.stringify(deviceKeysOf(newKiosk())));
  mkdirSync(PICTURES, { recursive: true });
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
  context = await browser.newContext({ viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce', locale: 'ja-JP' });
  page = await context.newPage();
  keyboard = await context.newCDPSession(page);
  requested = [];
  complaints = [];
  page.on('request', (request) => requested.push(request.url()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => complaints.push(message.text()));
  await page.goto(pathToFileURL(file('clerk.html')).href);
  await expect.poll(title).toContain('役場の鍵のファイルを出してください');
});
afterEach(async () => {
  expect(complaints).toEqual([]);
  expect(requested).toEqual([pathToFileURL(file('clerk.html')).href]);
  await context.close();
});

const title = () => page.locator('h1').innerText();
const sheet = () => page.locator('.sheet').innerText();
const remark = () => page.getByRole('status').innerText();
const choose = (...names: readonly string[]) => page.locator('input[type=file]').setInputFiles(names.map(file));
const picture = (name: string) => page.screenshot({ path: path.join(PICTURES, `${name}.png`) });

/** Keys as fast as a scanner sends them. */
async function scan(text: string, end = 'Enter'): Promise<void> {
  await Promise.all([...text].map((letter) => keyboard.send('Input.dispatchKeyEvent', { type: 'keyDown', text: letter, key: letter, code: placeOf(letter) })));
  if (end !== '') await page.keyboard.press(end);
}
const placeOf = (letter: string) => (/[a-z]/i.test(letter) ? `Key${letter.toUpperCase()}` : /\d/.test(letter) ? `Digit${letter}` : '');

/** As a scanner’s keys arrive while a Japanese input method is on: the keys’ places are told, the text is what the method makes of them. */
async function scanThroughInputMethod(text: string, made: (text: string) => string): Promise<void> {
  await Promise.all(
    [...text].flatMap((letter, index) => [
      keyboard.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Process', code: placeOf(letter), windowsVirtualKeyCode: 229 }),
      ...(index % 20 === 0 ? [keyboard.send('Input.imeSetComposition', { text: made(text.slice(0, index + 1)), selectionStart: 0, selectionEnd: 0 })] : []),
    ]),
  );
  await keyboard.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key: 'Process', code: 'Enter', windowsVirtualKeyCode: 229 });
  await keyboard.send('Input.insertText', { text: made(text) });
}

async function axeFaults(): Promise<string[]> {
  // Not by a script element: the page's policy lets none in.
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run(context: Document, options: object): Promise<{ violations: Array<{ id: string; nodes: Array<{ html: string }> }> }> } }).axe;
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
}

describe('the clerk’s page', () => {
  it('shows a request that was scanned from paper, and who made it', async () => {
    expect(MORE).toEqual([]);
    await picture('01-no-key');
    expect(await axeFaults()).toEqual([]);
    await choose('office-key.json', 'device-keys.json');
    await expect.poll(title).toBe('票のコードを読み取ってください');
    await picture('02-waiting');
    expect(await axeFaults()).toEqual([]);
    await scan(SECOND);
    await expect.poll(title).toBe('あと1つ読み取ってください');
    await picture('03-one-more');
    expect(await axeFaults()).toEqual([]);
    await scan(FIRST);
    await expect.poll(title).toBe('窓口機「役場1」が出した票です');
    const shown = await sheet();
    for (const said of ['住民票の写し', '役場1-0042', '2026年11月22日(日) 10時05分', '髙橋 﨑子', '昭和22年3月4日', '第3版', REQUEST.requestId]) expect(shown).toContain(said);
    expect(shown).toMatch(/提出先\s+紙に手書き/);
    expect(shown.match(/申請する人/g)).toHaveLength(1);
    await picture('04-opened');
    expect(await axeFaults()).toEqual([]);
  });

  it('opens codes that came before the key, and tells the maker when the list comes', async () => {
    await scan(FIRST);
    await scan(SECOND);
    await expect.poll(title).toContain('役場の鍵のファイルを出してください');
    await choose('office-key.json');
    await expect.poll(title).toBe('どの窓口機が出したかは、確かめていません');
    await picture('05-maker-unknown');
    expect(await sheet()).toContain('髙橋 﨑子');
    await choose('device-keys.json');
    await expect.poll(title).toBe('窓口機「役場1」が出した票です');
    await choose('stopped.json');
    await expect.poll(title).toBe('使用を止めた窓口機「役場1」の票です');
  });

  it.each<readonly [string, (text: string) => Promise<void>]>([
    ['with small letters', (text) => scan(text.toLowerCase())],
    ['and Tab after it', (text) => scan(text, 'Tab')],
    ['and nothing after it', (text) => scan(text, '')],
    ['into an input method that makes full-width letters', (text) => scanThroughInputMethod(text, (typed) => typed.replace(/[A-Z0-9]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0)))],
    ['into an input method that makes kana of it', (text) => scanThroughInputMethod(text, (typed) => typed.replace(/[A-Z]/g, 'か'))],
    ['pasted', async (text) => {
      await page.locator('.scan input').focus();
      await keyboard.send('Input.insertText', { text });
    }],
  ])('reads a code typed %s', async (_how, typing) => {
    await choose('office-key.json', 'device-keys.json');
    for (const [at, text] of [FIRST, SECOND].entries()) {
      await typing(text);
      await expect.poll(title).toBe(at === 0 ? 'あと1つ読み取ってください' : '窓口機「役場1」が出した票です');
      expect(await page.locator('.scan input').inputValue()).toBe('');
    }
    expect(await sheet()).toContain('髙橋 﨑子');
  });

  it('reads a code also when a button was pressed before, and presses nothing by it', async () => {
    await choose('office-key.json', 'device-keys.json');
    await scan(FIRST);
    await expect.poll(title).toContain('あと1つ');
    await page.getByRole('button', { name: '次の票' }).focus();
    await scan(SECOND);
    await expect.poll(title).toBe('窓口機「役場1」が出した票です');
  });

  it('does no harm by a code read twice, one of another slip, half a code or a number', async () => {
    await choose('office-key.json', 'device-keys.json');
    await scan(FIRST);
    await expect.poll(title).toContain('あと1つ');
    for (const [text, said] of [[FIRST, '読み取ってあります'], [OTHER[0] ?? '', '別の票のコード'], [SECOND.slice(0, 80), 'もう一度読み取って'], [requestCode(REQUEST.requestId, KIOSK), '番号のコード']] as const) {
      await scan(text);
      await expect.poll(remark).toContain(said);
      expect(await title()).toContain('あと1つ');
    }
    await picture('06-remark');
    expect(await axeFaults()).toEqual([]);
    await scan(SECOND);
    await expect.poll(sheet).toContain('髙橋 﨑子');
    await scan(SECOND);
    await expect.poll(remark).toContain('読み取ってあります');
    expect(await sheet()).toContain('髙橋 﨑子');
    // The next slip takes its place by itself.
    await scan(SHORT[0] ?? '');
    await expect.poll(sheet).toContain('字苫前172番地の1');
    expect(await page.content()).not.toContain('髙橋');
  });

  it('says of a number alone that it is to be looked up', async () => {
    await choose('office-key.json');
    await scan(requestCode(REQUEST.requestId, KIOSK));
    await expect.poll(title).toBe('番号だけのコードです');
    await picture('07-number-only');
  });

  it('shows nothing of a request for another key, of another’s signature, or that was changed', async () => {
    await choose('other-key.json', 'device-keys.json');
    await scan(FIRST);
    await scan(SECOND);
    await expect.poll(title).toBe('この鍵では開けません');
    await picture('08-other-key');
    await choose('office-key.json', 'strangers.json');
    await expect.poll(title).toBe('窓口機が出した票と確かめられません');
    await picture('09-forged');
    await page.keyboard.press('Escape');
    const bytes = await bytesOfParts((await Promise.all([FIRST, SECOND].map(readPart))).filter((part) => part !== undefined));
    if (!bytes) throw new Error('not whole');
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    // Without a list, so that the seal alone has to tell.
    await page.reload();
    requested = requested.slice(1);
    await choose('office-key.json');
    for (const text of (await partsOfBytes(bytes)) ?? []) await scan(text);
    await expect.poll(title).toBe('このコードは開けません');
    await picture('10-damaged');
    expect(await page.locator('.sheet').count()).toBe(0);
    expect(await axeFaults()).toEqual([]);
  });

  it('forgets the slip by 次の票 or Esc, and the key by 鍵をしまう', async () => {
    await choose('office-key.json', 'device-keys.json');
    for (const end of [() => page.getByRole('button', { name: '次の票' }).click(), () => page.keyboard.press('Escape')]) {
      await scan(SHORT[0] ?? '');
      await expect.poll(sheet).toContain('字苫前172番地の1');
      await end();
      await expect.poll(title).toBe('票のコードを読み取ってください');
      expect(await page.content()).not.toContain('172番地');
    }
    await scan(SHORT[0] ?? '');
    await expect.poll(sheet).toContain('字苫前172番地の1');
    await page.getByRole('button', { name: '鍵をしまう' }).click();
    await expect.poll(title).toContain('役場の鍵のファイルを出してください');
    expect(await page.content()).not.toContain('172番地');
    await scan(SHORT[0] ?? '');
    await expect.poll(title).toContain('役場の鍵のファイルを出してください');
    expect(await page.locator('.sheet').count()).toBe(0);
  });

  it('takes a key that is dropped on it, and no other file', async () => {
    const drop = async (name: string, text: string) => {
      const data = await page.evaluateHandle(([called = '', content = '']) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([content], called));
        return transfer;
      }, [name, text]);
      await page.dispatchEvent('body', 'drop', { dataTransfer: data });
    };
    await drop('notes.txt', 'anything');
    await expect.poll(remark).toContain('鍵のファイルでも');
    await drop('office-key.json', JSON.stringify(OFFICE));
    await expect.poll(title).toBe('票のコードを読み取ってください');
  });

  it('is used with the keyboard alone', async () => {
    page.on('filechooser', (chooser) => void chooser.setFiles([file('office-key.json'), file('device-keys.json')]));
    // The browser has heard that files are chosen here, not in a window of its own.
    await page.evaluate(() => undefined);
    await page.keyboard.press('Shift+Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('鍵のファイルを選ぶ');
    await page.keyboard.press('Enter');
    await expect.poll(title).toBe('票のコードを読み取ってください');
    await scan(SHORT[0] ?? '');
    await expect.poll(sheet).toContain('172番地');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('次の票');
    await page.keyboard.press('Enter');
    await expect.poll(title).toBe('票のコードを読み取ってください');
  });

  it('prints the request alone', async () => {
    await choose('office-key.json', 'device-keys.json');
    await scan(FIRST);
    await scan(SECOND);
    await expect.poll(sheet).toContain('髙橋 﨑子');
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 660, height: 940 });
    expect(await page.locator('aside').isVisible()).toBe(false);
    expect(await page.locator('.buttons').isVisible()).toBe(false);
    await picture('11-print');
    expect(await page.locator('.sheet').isVisible()).toBe(true);
  });

  it('keeps nothing: no cookie, no storage, no history of what was shown', async () => {
    await choose('office-key.json', 'device-keys.json');
    await scan(SHORT[0] ?? '');
    await expect.poll(sheet).toContain('172番地');
    expect(await page.evaluate(async () => [document.cookie, localStorage.length, sessionStorage.length, (await indexedDB.databases()).length, history.length])).toEqual(['', 0, 0, 0, 2]);
    await page.reload();
    requested = requested.slice(1);
    await expect.poll(title).toContain('役場の鍵のファイルを出してください');
    expect(await page.content()).not.toContain('172番地');
  });

  it('cannot reach anything, whatever ran in it', async () => {
    const stopped: Array<string | undefined> = [];
    page.on('requestfailed', (request) => stopped.push(request.failure()?.errorText));
    const tried = await page.evaluate(async () => {
      const blocked: string[] = [];
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => blocked.push(effectiveDirective));
      await fetch('https://town.example/').catch(() => undefined);
      const image = new Image();
      const failed = new Promise((done) => image.addEventListener('error', done));
      image.src = 'https://town.example/a.png';
      await failed;
      const script = document.createElement('script');
      script.textContent = 'document.title = "changed"';
      document.body.append(script);
      try {
        new WebSocket('wss://town.example/');
      } catch {
        // Some browsers throw, others only report.
      }
      await new Promise((done) => setTimeout(done));
      return { blocked: [...new Set(blocked)].toSorted(), title: document.title };
    });
    expect(tried.blocked).toEqual(['connect-src', 'img-src', 'script-src-elem']);
    expect(tried.title).not.toBe('changed');
    // Both are told of what was tried and stopped: that is the point here.
    expect(stopped).toEqual(['csp']);
    complaints = [];
    requested = requested.slice(0, 1);
  });

  it('stands on a narrow window and in large text', async () => {
    await page.setViewportSize({ width: 800, height: 900 });
    await choose('office-key.json', 'device-keys.json');
    await scan(FIRST);
    await scan(SECOND);
    await expect.poll(sheet).toContain('髙橋 﨑子');
    await picture('12-narrow');
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    expect(await axeFaults()).toEqual([]);
  });
});
