/**
 * A My Number card is linked with a stored-value card: two cards, one after the other, on the one reader, through the real pcscd and the real
 * town. Then the town knows it, the kiosk does not offer it again, and the office can end it.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Album } from '../support/album.ts';
import { runProduct } from '../support/process.ts';
import { Town } from '../support/town.ts';

describe('a My Number card is linked', () => {
  const album = new Album('link');
  let town: Town;

  beforeAll(async () => {
    town = await Town.start({ slipsDir: album.slips });
    await town.openWindow();
    await town.screen('start');
  });
  afterAll(() => town?.close());
  afterEach(() => town.putRight());

  const links = async (...words: string[]) => (await runProduct(['backend/main.ts', 'links', 'list', ...words, ...town.backendPlace])).trim().split('\n').filter(Boolean);
  async function seen(screen: Parameters<Town['screen']>[0]): Promise<void> {
    await town.screen(screen);
    await album.picture(town.page, screen);
  }
  async function untilAgreed(): Promise<void> {
    town.insert('hanako');
    await town.screen('balance');
    await town.press(/^ほかのこと/);
    await town.screen('menu');
    await town.press(/^カードをつなぐ/);
    await seen('link-about');
    await town.press(/^同意してつなぐ/);
    await town.screen('my-number-place');
  }
  async function prove(): Promise<void> {
    town.remove();
    town.insert('mynumber');
    await seen('my-number-pin');
    for (const digit of '1234') await town.press(new RegExp(`^${digit}$`));
    await town.press(/^決定/);
    await town.screen('my-number-take');
    town.remove();
  }

  it('once: explained, agreed to, proved with its PIN, and back to the first card', async () => {
    await untilAgreed();
    await prove();
    await seen('link-done');
    town.insert('hanako');
    await town.screen('balance');
    await town.press(/^ほかのこと/);
    await town.screen('menu');
    await town.page.waitForTimeout(500);
    expect(await town.glass()).not.toContain('カードをつなぐ');
    const [line, ...others] = await links();
    expect(others).toEqual([]);
    expect(line).toMatch(/^a-\S+\t\S+\tconsent 1\t\S+$/);
  });

  it('and ended at the window: then it can be linked anew', async () => {
    const [account = ''] = (await links())[0]?.split('\t') ?? [];
    await runProduct(['backend/main.ts', 'links', 'end', '--account', account, '--staff', 's-1', '--reason', 'asked at the window', ...town.backendPlace]);
    expect(await links()).toEqual([]);
    await untilAgreed();
    await prove();
    await town.screen('link-done');
    expect(await links('--all')).toHaveLength(2);
  });

  it('not while the network is cut: nothing changes, and no PIN is asked for', async () => {
    const [account = ''] = (await links())[0]?.split('\t') ?? [];
    await runProduct(['backend/main.ts', 'links', 'end', '--account', account, '--staff', 's-1', '--reason', 'asked at the window', ...town.backendPlace]);
    town.insert('hanako');
    await town.screen('balance');
    await town.press(/^ほかのこと/);
    await town.screen('menu');
    await town.press(/^カードをつなぐ/);
    await town.screen('link-about');
    await town.link.cut();
    await town.press(/^同意してつなぐ/);
    await seen('link-not-done');
    expect(await town.glass()).toContain('なにも変わっていません');
    await town.link.restore();
  });
});
