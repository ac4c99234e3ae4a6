/**
 * What can be done at the window besides receiving: asking for a certificate with a My Number card and without any, points, past records, an
 * emergency in the middle, and what is left of a person in the window's memory. On the real town, with pictures in out/journeys/flows.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KAKUU_HANAKO } from '../../hardware/simulator/my-number/holder.ts';
import { TEST_SECRETS } from '../../hardware/simulator/my-number/secrets.ts';
import { Album } from '../support/album.ts';
import { runProduct } from '../support/process.ts';
import { Town, until } from '../support/town.ts';

const FOUR_DIGITS = TEST_SECRETS['text-pin'];
/** The same key pressed again sooner than this is taken for a tremor. */
const SAME_KEY_MS = 550;

/** Everything the window's own memory holds as text, after the rubbish was taken out. */
async function memoryOf(page: Page): Promise<string> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  return (JSON.parse(chunks.join('')) as { strings: string[] }).strings.join('\n');
}

describe('at the window', () => {
  const album = new Album('flows');
  const files = mkdtempSync(path.join(tmpdir(), 'kazasu-flows-'));
  let town: Town;

  const seen = async (screen: Parameters<Town['screen']>[0], what: string = screen): Promise<string> => {
    await town.screen(screen);
    await album.picture(town.page, what);
    return town.glass();
  };
  const digits = async (text: string) => {
    for (const [place, digit] of [...text].entries()) {
      if (digit === text[place - 1]) await town.page.waitForTimeout(SAME_KEY_MS);
      await town.page.getByRole('button', { name: digit, exact: true }).click();
    }
  };
  const office = (...words: string[]) => runProduct(['backend/main.ts', ...words, ...town.backendPlace]);
  const put = (content: unknown): string => {
    const file = path.join(files, 'notice.json');
    writeFileSync(file, JSON.stringify(content));
    return file;
  };

  beforeAll(async () => {
    town = await Town.start({ slipsDir: album.slips });
    await town.openWindow();
  });
  afterAll(async () => {
    await town?.close();
    rmSync(files, { recursive: true, force: true });
  });

  /** One of several, on whichever page it stands. */
  async function choose(label: string): Promise<void> {
    const wanted = town.page.getByRole('button', { name: label });
    await town.page.locator('main .chooser .button').first().waitFor();
    for (let page = 0; page < 10 && (await wanted.count()) === 0; page += 1) await town.press(/^ほかを見る/);
    await wanted.click();
  }

  /** Answers every question as whoever takes the first of everything, and leaves out what need not be said. */
  async function answerAll(name: string): Promise<void> {
    for (let question = 0; question < 30 && (await town.shown()) === 'question'; question += 1) {
      const { page } = town;
      // A screen that comes rests for a moment.
      await page.waitForTimeout(300);
      if ((await town.shown()) !== 'question') return;
      const before = await town.glass();
      await album.picture(page, `${name}-question`);
      const leaveOut = page.getByRole('button', { name: '答えない' });
      const usual = page.locator('main .chooser .wanted');
      if (await usual.count()) await usual.first().click();
      else if (await page.locator('main .chooser .button').count()) await page.locator('main .chooser .button').first().click();
      else if (await leaveOut.count()) await leaveOut.click();
      else if (await page.locator('main .keys.kana').count()) {
        for (const kana of ['ト', 'マ']) await town.press(kana);
        await town.press('決定');
      } else if (await page.locator('main .keys.digits').count()) {
        await digits(/電話/.test(before) ? '0164641234' : '3');
        await town.press('決定');
      } else await town.press('決定');
      await until('the next question', async () => (await town.glass()) !== before);
    }
  }

  it('a certificate is asked for without any card, question by question; what the slip leaves to be written is said', async () => {
    await town.press(/^申込みの紙を作る/);
    await seen('procedures');
    await choose('住民票の写し');
    expect(await seen('my-number-place', 'no-card-place')).toContain('個人番号（12桁）は読みません');
    await town.press(/^カードを使わない/);
    await town.screen('question');
    await answerAll('no-card');
    expect(await seen('request-review', 'no-card-review')).toContain('これでよろしいですか');
    while (await town.page.getByRole('button', { name: /^つぎを見る/ }).count()) await town.press(/^つぎを見る/);
    await town.press(/^紙を作る/);
    const glass = await seen('printed', 'no-card-printed');
    expect(glass).toMatch(/お取りください/);
    const [slip] = town.printer.slips;
    const text = (slip?.text ?? '').replaceAll(/[ \u3000]+/g, '');
    expect(text).toContain('住民票の写し');
    expect(text).toMatch(/役場1-\d{4}/);
    await town.press(/^取り消す/);
    expect(await seen('withdraw-request')).toContain('この申込みを取り消しますか');
    await town.press(/^取り消さない/);
    expect(await seen('printed', 'kept-after-all')).toMatch(/お取りください/);
    await town.press(/^終わる/);
    await town.screen('start');
    await until('the office has the request', async () => (await office('requests', 'list')).includes('residence-certificate'));
  });

  it('what was asked for can be taken back at once: the office is told, and is not asked for it', async () => {
    const waiting = async () => (await office('requests', 'list')).split('\n').filter((line) => line.includes('seal-certificate')).length;
    await town.press(/^申込みの紙を作る/);
    await town.screen('procedures');
    await choose('印鑑登録証明書');
    await town.screen('my-number-place');
    await town.press(/^カードを使わない/);
    await town.screen('question');
    await answerAll('withdrawn');
    await town.screen('request-review');
    while (await town.page.getByRole('button', { name: /^つぎを見る/ }).count()) await town.press(/^つぎを見る/);
    await town.press(/^紙を作る/);
    await town.screen('printed');
    await until('the office has the request', async () => (await waiting()) === 1);
    await town.press(/^取り消す/);
    await town.screen('withdraw-request');
    await town.press(/^取り消す/);
    expect(await seen('request-withdrawn')).toMatch(/取り消しました[\s\S]*役場1-\d{4}[\s\S]*職員にお渡しください/);
    await until('the office has heard that it was taken back', async () => (await waiting()) === 0);
    await town.press(/^ほかの紙も作る/);
    await town.screen('procedures');
    await town.press(/^やめる/);
    await seen('leave-questions');
    await town.press(/^やめる/);
    await town.screen('start');
  });

  it('with a My Number card its four digits are entered once, and name and address need not be written', async () => {
    await town.press(/^申込みの紙を作る/);
    await town.screen('procedures');
    await choose('住民票の写し');
    await town.screen('my-number-place');
    const card = town.insert('mynumber');
    const glass = await seen('my-number-pin', 'card-pin');
    expect(glass).toContain('あと3回ためせます');
    await digits(FOUR_DIGITS);
    await town.press('決定');
    expect(await seen('my-number-read', 'card-read')).not.toContain(KAKUU_HANAKO.name);
    await town.press(/^読んだものを見る/);
    await album.picture(town.page, 'card-shown');
    expect(await town.glass()).toContain(KAKUU_HANAKO.name.replaceAll(/[\s\u3000]/g, ''));
    // What is shown can be found, so that not finding it later says something.
    expect(await memoryOf(town.page)).toContain(KAKUU_HANAKO.name);
    await town.press(/^かくす/);
    await town.press(/^つづける/);
    await seen('my-number-take', 'card-take');
    town.remove();
    await town.screen('question');
    await answerAll('card');
    const review = await seen('request-review', 'card-review');
    expect(review).toContain('これでよろしいですか');
    while (await town.page.getByRole('button', { name: /^つぎを見る/ }).count()) await town.press(/^つぎを見る/);
    await town.press(/^紙を作る/);
    await seen('printed', 'card-printed');
    expect((town.printer.slips.at(-1)?.text ?? '').replaceAll(/[ \u3000]+/g, '')).toContain(KAKUU_HANAKO.name.replaceAll(/[\s\u3000]/g, ''));
    expect(card.alarms).toEqual([]);
    await town.press(/^終わる/);
    await town.screen('start');
  });

  it('digits that do not match are told with the tries that are left; before the last it is said; a card that is stopped opens by the numbers printed on it', async () => {
    const wrong = async () => {
      await town.screen('my-number-pin');
      await digits('8642');
      await town.press('決定');
    };
    await town.press(/^申込みの紙を作る/);
    await town.screen('procedures');
    await choose('住民票の写し');
    await town.screen('my-number-place');
    const card = town.insert('mynumber');
    await wrong();
    expect(await seen('my-number-wrong-pin')).toMatch(/番号が合いませんでした[\s\S]*あと2回ためせます/);
    await town.press(/^もう一度/);
    await wrong();
    expect(await seen('my-number-wrong-pin', 'my-number-wrong-twice')).toContain('あと1回ためせます');
    await town.press(/^もう一度/);
    expect(await seen('my-number-last-try')).toMatch(/ためせるのはあと1回です[\s\S]*窓口での手続きが要ります/);
    await town.press(/^最後の1回/);
    await wrong();
    expect(await seen('my-number-locked')).toMatch(/いま止まっています[\s\S]*役場の窓口で、また使えるようになります/);
    await town.press(/^カードの数字を使う/);
    const { birth, expiry, code } = /^(?<birth>.{6})(?<expiry>.{4})(?<code>.{4})$/.exec(KAKUU_HANAKO.printedNumber)?.groups ?? {};
    await seen('my-number-pin', 'my-number-printed');
    for (const [number, end] of [[birth, /^つぎの/], [expiry, /^つぎの/], [code, '決定']] as const) {
      await digits(number ?? '');
      await town.press(end);
    }
    await seen('my-number-read', 'read-by-printed-numbers');
    expect(card.alarms).toEqual([]);
    await town.press(/^つづける/);
    await town.screen('my-number-take');
    town.remove();
    await town.screen('question');
    await town.press(/^やめる/);
    await town.screen('leave-questions');
    await town.press(/^やめる/);
    await town.screen('start');
  });

  it('nothing of that person is left in the window: not in its memory, not on the page', async () => {
    // What the window drew a moment ago is let go with its screen; the last snapshot of it with the next.
    await town.page.waitForTimeout(500);
    const memory = await memoryOf(town.page);
    expect(memory).toContain('カードをここに');
    expect(memory).not.toContain(KAKUU_HANAKO.name);
    expect(memory).not.toContain('0164641234');
    expect(memory).not.toContain('トマ');
    expect(memory).not.toContain(KAKUU_HANAKO.address);
  });

  it('points become a voucher, and some are given: before and after are said, and the records show it', async () => {
    town.insert('haruo');
    await town.screen('balance');
    await town.press(/^ほかのこと/);
    expect(await seen('menu')).toContain('ポイントや券を使う');
    await town.press(/^ポイントや券を使う/);
    await seen('points');
    await town.page.locator('main .choices .button').first().click();
    await seen('exchange-amount');
    await town.page.locator('main .choices .button').first().click();
    expect(await seen('exchange-confirm')).toContain('600');
    await town.press(/^かえる/);
    expect(await seen('moved', 'exchanged')).toMatch(/40ポイント/);
    await town.press(/^つづける/);
    await town.screen('balance');
    await town.press(/^ほかのこと/);
    await town.screen('menu');
    await town.press(/^ポイントや券を使う/);
    await town.screen('points');
    await town.page.locator('main .choices .button').filter({ hasText: '寄付' }).first().click();
    await seen('give-where');
    await town.page.locator('main .choices .button').first().click();
    await seen('give-amount');
    await town.page.locator('main .choices .button').first().click();
    await seen('give-confirm');
    await town.press(/^寄付する/);
    await seen('moved', 'given');
    await town.press(/^つづける/);
    await town.screen('balance');
    await town.press(/^ほかのこと/);
    await town.screen('menu');
    await town.press(/^これまでの記録/);
    const records = await seen('history');
    expect(records).toContain('かえた');
    expect(records).toContain('寄付した');
  });

  it('tickets come out as paper by themselves, each cut off from the next, when they have left the card', async () => {
    const slips = town.printer.slips.length;
    await town.press(/^戻る/);
    await town.screen('menu');
    await town.press(/^ポイントや券を使う/);
    await town.screen('points');
    await town.press(/^紙にする/);
    await seen('paper-amount');
    await town.press(/^2枚/);
    expect(await seen('paper-confirm')).toMatch(/12枚[\s\S]*10枚[\s\S]*カードから出て、紙になります/);
    await town.press(/^紙にする/);
    expect(await seen('paper-out')).toContain('紙は大切にお持ちください');
    const tickets = town.printer.slips.slice(slips).map(({ text }) => text.replaceAll(/[ \u3000]+/g, ''));
    expect(tickets.map((text) => /役場1-(\d{4})([12])\/2/.exec(text)?.[2])).toEqual(['1', '2']);
    for (const text of tickets) expect(text).toMatch(/高齢者タクシー券[\s\S]*1枚[\s\S]*使える最後の日/);
    await town.press(/^つづける/);
    expect(await seen('balance', 'tickets-left')).toContain('10枚');
    await town.press(/^ほかのこと/);
    await town.screen('menu');
    await town.press(/^これまでの記録/);
    await town.screen('history');
  });

  it('an emergency is told to whoever is in the middle of something, takes the idle screen, and goes when it is ended', async () => {
    const id = 'quake';
    await office('notices', 'put', put({ id, level: 'emergency', title: '地震がありました', text: '海から離れて、高い所へ行ってください', firstDay: '2020-01-01', lastDay: '2099-12-31' }));
    await town.page.getByText('緊急のお知らせがあります').waitFor({ timeout: 60_000 });
    expect(await seen('history', 'emergency-in-the-middle')).toContain('これまでの記録');
    await town.leave();
    await town.screen('start');
    const glass = await seen('start', 'emergency');
    expect(glass).toContain('地震がありました');
    expect(glass).toContain('高い所へ行ってください');
    town.insert('hanako');
    expect(await seen('balance', 'balance-in-an-emergency')).toContain('320ポイント');
    await town.leave();
    await office('notices', 'end', id);
    await town.page.locator('.emergency-words').waitFor({ state: 'detached', timeout: 60_000 });
    expect(await seen('start', 'emergency-over')).toContain('カードをここに置いてください');
  });

  it('the books balance, and neither log says who was here', async () => {
    const books = await town.books();
    expect(books).toContain('The books balance.');
    const said = [...town.agent.lines, ...town.backend.lines].map((line) => JSON.stringify(line)).join('\n') + town.agent.said + town.backend.said;
    expect(said).not.toMatch(new RegExp(`${KAKUU_HANAKO.name}|${KAKUU_HANAKO.address}|0164641234|トマ`));
    expect(said).not.toContain(`"${FOUR_DIGITS}"`);
  });
});
