/**
 * Vouchers are bought for cash, through the real pcscd and the built window: the buyer's card, the card of staff and its PIN, the cash, the buyer's card
 * again. What the glass says, what is on the card, what the kiosk's ledger has and what the town's books have must be the same.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_STAFF } from '../../backend/seed/demo-town.ts';
import { Album } from '../support/album.ts';
import { Town, until } from '../support/town.ts';

describe('vouchers that are bought', () => {
  const album = new Album('purchase');
  let town: Town;

  beforeAll(async () => {
    town = await Town.start({ slipsDir: album.slips, printer: { rowsPerSecond: 1_500 } });
    await town.openWindow();
    await town.screen('start');
    await town.untilSynced();
  });
  afterAll(() => town?.close());
  afterEach(async () => {
    await town.putRight();
    expect((await town.kiosk()).audit.faults).toEqual([]);
  });

  async function seen(screen: Parameters<Town['screen']>[0], what: string): Promise<string> {
    await town.screen(screen);
    // Its words may still be under way the first time.
    await until('the words of the screen', async () => !(await town.glass()).startsWith('準備しています'));
    await album.picture(town.page, what);
    return town.glass();
  }
  const posted = async (type: string, count: number) =>
    until(`${count} × ${type} at the town`, async () => (await town.office()).facts.filter((fact) => fact.type === type).length === count, 60_000);
  /** One set is wanted, and somebody of the staff has signed in and sees what is to be counted. */
  async function counting(): Promise<void> {
    town.insert('kazuko');
    await town.screen('balance');
    await town.press(/^商品券を買う/);
    expect(await seen('buy-how-many', 'how-many')).toContain('13,000円分使えます');
    await town.press(/^1つ/);
    expect(await seen('buy-confirm', 'confirm')).toMatch(/払うお金10,000円[\s\S]*もらえる券13,000円[\s\S]*お支払いの分10,000円分[\s\S]*おまけの分3,000円分/);
    await town.press(/^買う$/);
    expect(await seen('buy-call-staff', 'called')).toContain('職員が来たら');
    town.remove();
    town.insert(DEMO_STAFF.card);
    expect(await seen('staff-pin', 'pin')).toContain('あと5回');
    for (const digit of DEMO_STAFF.pin) await town.page.getByRole('button', { name: digit, exact: true }).click();
    expect(await town.page.content()).not.toContain(DEMO_STAFF.pin);
    await town.press(/^決定/);
    expect(await seen('buy-count-cash', 'count')).toContain('10,000円');
  }

  it('come to the card when staff have counted the cash, and are said and printed', async () => {
    await counting();
    await town.press(/^受け取りました/);
    expect(await seen('buy-put-card', 'recorded')).toContain('お金を記録しました');
    town.remove();
    await town.screen('buy-put-card');
    town.insert('kazuko');
    expect(await seen('bought', 'bought')).toMatch(/13,000円[\s\S]*買う前0円分/);
    await town.press(/^紙に出す/);
    await town.screen('printed');
    await posted('cash-moved', 1);
    await posted('value-moved', 1);
    expect((await town.office()).anomalies).toEqual([]);
  });

  it('wait for their buyer, who went with the card, and come by themselves at the next visit', async () => {
    await counting();
    await town.press(/^受け取りました/);
    await town.screen('buy-put-card');
    await town.press(/^あとにする/);
    expect(await seen('buy-waits', 'waits')).toMatch(/お預かりした現金10,000円[\s\S]*役場1-預\d+/);
    await town.leave();
    town.insert('kazuko');
    expect(await seen('bought', 'came-by-itself')).toMatch(/26,000円[\s\S]*買う前13,000円分/);
    await posted('cash-moved', 2);
    await posted('value-moved', 2);
    expect((await town.office()).anomalies).toEqual([]);
  });

  it('are not bought when staff have no cash', async () => {
    await counting();
    await town.press(/^受け取っていません/);
    expect(await seen('buy-stopped', 'stopped')).toContain('なにも変わっていません');
    expect((await town.kiosk()).facts.filter(({ type }) => type === 'cash-moved')).toHaveLength(2);
  });
});
