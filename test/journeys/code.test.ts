/**
 * A town whose cards are printed: a QR code is shown to a scanner on a real serial line, a voucher is received by it, and the town's
 * books show it once. What is no card leaves no trace, and the scanner may go in the middle.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Album } from '../support/album.ts';
import { Town, until } from '../support/town.ts';

const PAPER = 'taro-paper';
const OFFERED = 5_000;
/** Stands for the QR code on a My Number card, which says its number. */
const NUMBER = '000000000000';
const PAGE = 'https://www.example.jp/';

describe('a paper card', () => {
  const album = new Album('code');
  let town: Town;
  let account: string;

  const seen = async (screen: Parameters<Town['screen']>[0], what: string = screen): Promise<string> => {
    await town.screen(screen);
    await album.picture(town.page, what);
    return town.glass();
  };

  beforeAll(async () => {
    town = await Town.start({ slipsDir: album.slips, scanner: true });
    await town.openWindow();
    account = await town.account(PAPER);
  });
  afterAll(() => town?.close());

  it('is asked for on the start screen, beside the cards that are laid down', async () => {
    const glass = await seen('start');
    expect(glass).toContain('カードをここに置いてください');
    expect(glass).toContain('QRコードのカードは、かざしてください');
  });

  it('is not mistaken for any other code: that is said kindly, and the content is kept nowhere', async () => {
    town.show(PAGE);
    const glass = await seen('card-not-usable', 'foreign');
    expect(glass).toContain('このコードはこの機械では使えません');
    expect(glass).toContain('コードの中身は残していません');
    town.show(NUMBER);
    await town.agent.event('code-scanned', { where: (line) => line['kind'] === 'foreign' });
  });

  it('that arrives garbled is asked for again', async () => {
    town.scanner?.faults.failNext('garbled');
    town.show(PAPER);
    await town.page.getByText('うまく読み取れませんでした').waitFor();
    expect(await seen('card-not-usable', 'damaged')).toContain('コードを、もう一度かざしてください');
  });

  it('shows what its holder may receive', async () => {
    town.show(PAPER);
    const glass = await seen('balance');
    expect(glass).toContain('いま使えるものはありません');
    expect(glass).toContain('1つ届いています');
  });

  it('takes the voucher in, with the scanner pulled out meanwhile', async () => {
    await town.press(/^受け取る/);
    expect(await seen('confirm-load')).toContain('入れたあと5,000円');
    await town.scanner?.unplug();
    await town.agent.event('scanner-status', { where: (line) => line['status'] === 'absent' });
    expect(await town.shown()).toBe('confirm-load');
    await town.press(/^入れる/);
    const glass = await seen('loaded');
    expect(glass).toContain('入れました');
    expect(glass).toContain('5,000円');
    expect((await town.kiosk()).loads).toEqual([expect.objectContaining({ account, amount: OFFERED })]);
  });

  it('gets its slip', async () => {
    await town.press(/^紙に出す/);
    expect(await seen('printed')).toContain('入れた記録を印刷しました');
    expect(town.printer.slips).toHaveLength(1);
  });

  it('is thanked, and nobody is asked to take a card that lies nowhere', async () => {
    await town.press('終わる');
    await town.screen('survey');
    await town.press('答えない');
    const glass = await seen('farewell');
    expect(glass).toContain('ありがとうございました');
    expect(glass).not.toContain('お取りください');
    await town.screen('start');
    expect(await seen('start', 'start-scanner-away')).toContain('いまはQRコードを使えません');
  });

  it('is served again when the scanner is back; a chip card laid down takes its turn over, on the same account', async () => {
    await town.scanner?.replug();
    await town.page.getByText('QRコードのカードは、かざしてください').waitFor();
    town.show(PAPER);
    expect(await seen('balance', 'balance-again')).toContain('5,000円');
    const from = town.agent.lines.length;
    town.insert('taro');
    await town.agent.event('card-recognised', { from, where: (line) => line['kind'] === 'plain-identifier' });
    expect(await seen('balance', 'balance-chip-card')).toContain('5,000円');
    await town.press('終わる');
    expect(await seen('farewell', 'farewell-chip-card')).toContain('カードをお取りください');
    town.remove();
    await town.screen('start');
  });

  it('is in the town’s books exactly once', async () => {
    await until('the end of the last session is in the books', async () => (await town.office()).facts.filter(({ type }) => type === 'session-ended').length === 3);
    const office = await town.office();
    expect(office.loads).toEqual([expect.objectContaining({ account, amount: OFFERED })]);
    expect(office.takenEntitlements).toEqual([office.loads[0]?.entitlement]);
    expect(await town.books()).toContain('The books balance.');
  });

  it('is in no log, nor is anything else that was shown', async () => {
    const said = [...town.agent.lines, ...town.backend.lines].map((line) => JSON.stringify(line)).join('\n') + town.agent.said + town.backend.said;
    expect(said).toContain('code-scanned');
    expect(said).not.toContain(NUMBER);
    expect(said).not.toContain(PAGE);
    expect(said.toUpperCase()).not.toMatch(/KZ1P|8F3A61D20C5BE794/);
    expect(town.scanner?.received).toBe(0);
  });
});
