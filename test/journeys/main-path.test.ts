/**
 * The way the kiosk is for: a card is put down, its balance is shown, a voucher is received, a slip is printed, and the town's books
 * show it once. On real processes, pcscd, pseudo-terminal and browser, with the backend on each of its two databases.
 */
import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { privateDatabase, type PrivateDatabase } from '../../backend/test-support/private-postgres.ts';
import { Album } from '../support/album.ts';
import { runProduct } from '../support/process.ts';
import { Town, until } from '../support/town.ts';

const OFFERED = 5_000;
/** What hanako holds besides, in the order of the screen. */
const HELD = ['プレミアム地域振興券', '8,500円'] as const;

/** How the window and the slip say the last day of the voucher. */
function lastDays(): { readonly onGlass: string; readonly onSlip: string } {
  const year = Number(new Intl.DateTimeFormat('en', { timeZone: 'Asia/Tokyo', year: 'numeric' }).format());
  return { onGlass: '来年2月28日まで', onSlip: `${year + 1}年2月28日` };
}

/** Everything a window could keep of a person; the clock is left out, and whether the glass still rests from the last touch. */
async function leftovers(page: Page) {
  return page.evaluate(async () => ({
    document: document.documentElement.outerHTML.replace(/<p class="clock">.*?<\/p>/, '').replaceAll(' aria-disabled="true"', ''),
    title: document.title,
    local: { ...localStorage },
    session: { ...sessionStorage },
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    history: [history.length, history.state as unknown, location.href],
  }));
}
type Leftovers = Awaited<ReturnType<typeof leftovers>>;

describe.each(['sqlite', 'postgres'] as const)('the main path, with the books in %s', (engine) => {
  const album = new Album(`main-path-${engine}`);
  let postgres: PrivateDatabase | undefined;
  let town: Town;
  let account: string;
  let untouched: Leftovers;

  const seen = async (screen: Parameters<Town['screen']>[0], what: string = screen): Promise<string> => {
    await town.screen(screen);
    await album.picture(town.page, what);
    return town.glass();
  };

  beforeAll(async () => {
    if (engine === 'postgres') postgres = await privateDatabase('template0');
    town = await Town.start({ slipsDir: album.slips, ...(postgres ? { databaseUrl: postgres.url } : {}) });
    await town.openWindow();
    account = await town.account('hanako');
  });
  afterAll(async () => {
    await town?.close();
    await postgres?.drop();
  });

  it('shows what the card holds and what may be received, to the yen', async () => {
    expect(await seen('start')).toContain('カードをここに置いてください');
    untouched = await leftovers(town.page);
    town.insert('hanako');
    const glass = await seen('balance');
    for (const text of HELD) expect(glass).toContain(text);
    expect(glass).toContain('320ポイント');
    expect(glass).toContain('4枚');
    expect(glass).toContain('1つ届いています');
    expect(glass).not.toContain('くらし応援券');
  });

  it('says before and after, and changes nothing until 入れる', async () => {
    await town.press(/^受け取る/);
    const glass = await seen('confirm-load');
    expect(glass).toContain('いま0円');
    expect(glass).toContain('入れたあと5,000円');
    expect(glass).toContain(lastDays().onGlass);
    expect((await town.kiosk()).intents).toEqual([]);
    expect((await town.office()).loads).toEqual([]);
  });

  it('puts the voucher in, once', async () => {
    await town.press(/^入れる/);
    const glass = await seen('loaded');
    expect(glass).toContain('入れました');
    expect(glass).toContain('いま使えるもの5,000円');
    expect((await town.kiosk()).loads).toEqual([expect.objectContaining({ account, amount: OFFERED })]);
  });

  it('prints the slip, and says so only when the printer has', async () => {
    await town.press(/^紙に出す/);
    expect(await seen('printed')).toContain('入れた記録を印刷しました');
    expect(town.printer.complaints).toEqual([]);
    expect(town.printer.slips).toHaveLength(1);
    const [slip] = town.printer.slips;
    const text = (slip?.text ?? '').replaceAll(/[ \u3000]+/g, '');
    for (const wanted of ['お受け取りの控え', '物価高騰くらし応援券', '受け取った額', '5,000円', 'いまの残高', lastDays().onSlip, '役場1-0001']) {
      expect(text).toContain(wanted);
    }
    expect(text).not.toContain('浜野');
    expect(existsSync(slip?.png ?? '')).toBe(true);
    expect((await town.kiosk()).slips).toEqual([{ number: 1, state: 'printed' }]);
  });

  it('shows the new balance, and offers it no more', async () => {
    await town.press(/^つづける/);
    const glass = await seen('balance', 'balance-after');
    expect(glass).toContain('物価高騰くらし応援券');
    expect(glass).toContain('5,000円');
    for (const text of HELD) expect(glass).toContain(text);
    expect(glass).not.toContain('届いています');
    await expect(town.page.getByRole('button', { name: /^受け取る/ }).count()).resolves.toBe(0);
  });

  it('says goodbye, and keeps nothing of the person in the window', async () => {
    await town.press('終わる');
    expect(await seen('survey')).toContain('とてもよい');
    await town.press(/^よい$/);
    expect(await seen('farewell')).toContain('カードをお取りください');
    town.remove();
    await town.screen('start');
    await album.picture(town.page, 'start-again');
    expect(await leftovers(town.page)).toEqual(untouched);
  });

  it('is in the town’s books exactly once', async () => {
    await until('the end of the session is in the books', async () => (await town.office()).facts.some(({ type }) => type === 'session-ended'));
    const office = await town.office();
    expect(office.loads).toEqual((await town.kiosk()).loads);
    expect(office.loads).toEqual([expect.objectContaining({ account, amount: OFFERED })]);
    expect(office.takenEntitlements).toEqual([office.loads[0]?.entitlement]);
    expect(office.facts.map(({ type }) => type)).toEqual(['value-moved', 'slip-settled', 'session-ended']);
    const books = await town.books();
    expect(books).toContain('The books balance.');
    expect(books).toMatch(new RegExp(`pocket/${account}/lot-${office.loads[0]?.operation}\tdebit 0\tcredit ${OFFERED}\n`));
    expect(books).toContain('0 open anomalies');
  });

  it('tells nobody: neither log names the card, the holder or an amount', async () => {
    const lines = [...town.agent.lines, ...town.backend.lines];
    expect(lines.length).toBeGreaterThan(20);
    const said = lines.map((line) => JSON.stringify(line)).join('\n') + town.agent.said + town.backend.said;
    expect(said).not.toContain(account);
    expect(said.toLowerCase()).not.toContain('0101061265a1c801');
    expect(said).not.toMatch(/浜野|花子|応援券|振興券/);
    const amounts = new Set([5_000, 8_500, 13_500, 320]);
    // How much of the feed came, and up to where, is no amount.
    const counted = new Set(['cursor', 'changes']);
    const figures = lines.flatMap((line) => Object.entries(line).filter(([name]) => line['event'] !== 'sync-pulled' || !counted.has(name)));
    expect(figures.filter(([, value]) => typeof value === 'number' && amounts.has(value))).toEqual([]);
  });

  it('leaves a journal that verifies', async () => {
    expect(await town.agent.stop()).toBe(0);
    expect(await runProduct(['scripts/journal.ts', 'verify', town.ledgerFile])).toContain('Everything verifies.');
    expect(town.agent.said).toBe('');
  });
});
