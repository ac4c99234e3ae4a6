/**
 * The printer fails before and in the middle of a slip: the voucher stays, the person is told with a number, nothing is printed a second
 * time by itself, and the next slip comes out when the printer is in order again.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PrinterFault } from '../../hardware/simulator/virtual-printer-faults.ts';
import { Album } from '../support/album.ts';
import { Town, until } from '../support/town.ts';

describe('the printer', () => {
  const album = new Album('printer');
  let town: Town;
  let visits = 0;
  let slipsExpected = 0;

  beforeAll(async () => {
    town = await Town.start({ slipsDir: album.slips });
    await town.openWindow();
    await town.screen('start');
  });
  afterAll(() => town?.close());
  afterEach(async () => {
    await town.putRight();
    const { loads, slips, audit } = await town.kiosk();
    expect(audit.faults).toEqual([]);
    expect(loads).toHaveLength(visits);
    expect(slips).toHaveLength(slipsExpected);
    expect(town.printer.complaints).toEqual([]);
  });

  async function toLoaded(): Promise<void> {
    visits += 1;
    town.insert(`resident-${visits}`);
    await town.screen('balance');
    await town.press(/^受け取る/);
    await town.screen('confirm-load');
    await town.press(/^入れる/);
    await town.screen('loaded');
  }
  const printButton = () => town.page.getByRole('button', { name: /^紙に出す/ });

  /**
   * The printer is put right: nothing comes out by itself, and the balance can be printed then.
   * @param torn a piece of the slip hangs in the printer: it comes off first, marked as void
   */
  async function expectTheNextSlipOnlyWhenAskedFor(torn: boolean): Promise<void> {
    const from = town.agent.lines.length;
    const cut = town.printer.slips.length;
    town.printer.putRight();
    await town.printer.replug();
    await town.press(/^つづける/);
    await town.screen('balance');
    expect(await town.glass()).toContain('5,000円');
    await printButton().waitFor();
    expect(town.printer.slips).toHaveLength(cut);
    await printButton().click();
    await town.screen('printed');
    slipsExpected += 1;
    const came = town.printer.slips.slice(cut).map(({ text }) => text);
    expect(came.at(-1)).toContain('残高のお知らせ');
    expect(came.slice(0, -1)).toEqual(torn ? [expect.stringContaining('無効')] : []);
    expect((await town.kiosk()).slips.at(-1)?.state).toBe('printed');
    expect(town.agent.lines.slice(from).filter((line) => line['event'] === 'print-started')).toHaveLength(1);
  }

  async function expectTrouble(number: number, outcome: 'failed' | 'unknown', what: string): Promise<void> {
    await town.screen('print-trouble', 30_000);
    slipsExpected += 1;
    await album.picture(town.page, what);
    const glass = await town.glass();
    expect(glass.startsWith('お金はなくなりませんカードには入っています')).toBe(true);
    expect(glass).toContain('職員をよんでください');
    expect(glass).toContain(`番号${number}`);
    const kiosk = await town.kiosk();
    expect(kiosk.slips.at(-1)?.state).toBe(outcome);
    expect(kiosk.loads).toHaveLength(visits);
  }

  describe('in the middle of a slip', () => {
    it.each<[string, PrinterFault, number, 'failed' | 'unknown', string]>([
      ['runs out of paper', 'paper-out-mid-slip', 303, 'failed', '紙がなくなりました'],
      ['has its cover opened', 'cover-open', 304, 'failed', '紙のふたが開いています'],
      ['jams at the cut', 'cutter-error', 307, 'failed', '紙を切る刃が止まりました'],
      ['falls silent', 'silent', 306, 'unknown', '紙が出たか確かめられません'],
      ['is switched off and on', 'power-cycle', 311, 'unknown', '印刷の途中で機械の電源が切れました'],
      ['is pulled out', 'unplug-mid-slip', 312, 'unknown', '印刷の途中で機械との線が外れました'],
    ])('it %s: the voucher is in, the slip is said to be missing, and is not printed again by itself', async (_, fault, number, outcome, sentence) => {
      await toLoaded();
      const cut = town.printer.slips.length;
      town.printer.faults.failNext(fault);
      await printButton().click();
      await expectTrouble(number, outcome, fault);
      expect(await town.glass()).toContain(sentence);
      expect(town.printer.slips).toHaveLength(cut);
      await expectTheNextSlipOnlyWhenAskedFor(true);
    });
  });

  describe('before a slip', () => {
    it('has no paper when the slip begins: 303', async () => {
      await toLoaded();
      town.printer.faults.failNext('paper-out');
      const before = town.printer.slips.length;
      await printButton().click();
      await expectTrouble(303, 'failed', 'no-paper-at-the-beginning');
      expect(town.printer.slips).toHaveLength(before);
      await expectTheNextSlipOnlyWhenAskedFor(true);
    });

    it('does not answer when the finger is on the button: 302, and not a byte of the slip was sent', async () => {
      await toLoaded();
      const before = town.printer.slips.length;
      const box = await printButton().boundingBox();
      if (!box) throw new Error('There is no print button');
      await until('the glass rests no more', async () => (await printButton().getAttribute('aria-disabled')) === null);
      await town.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await town.page.mouse.down();
      town.printer.faults.failRepeatedly('silent');
      await town.page.mouse.up();
      await expectTrouble(302, 'failed', 'silent-when-pressed');
      expect(town.printer.slips).toHaveLength(before);
      await expectTheNextSlipOnlyWhenAskedFor(false);
    });

    it('cannot print: vouchers go on, paper is not offered, it is said why, and it comes back by itself', async () => {
      town.printer.openCover();
      await until('the start screen says it', async () => {
        const glass = await town.glass();
        return glass.includes('いまは紙に出せません') && glass.includes('紙のふたが開いています');
      });
      await album.picture(town.page, 'start-with-an-open-cover');
      await toLoaded();
      const cannot = [
        ['open-cover', () => undefined, '紙のふたが開いています'],
        ['no-paper', () => town.printer.faults.failRepeatedly('paper-out'), '紙がなくなっています'],
        ['no-answer', () => town.printer.faults.failRepeatedly('silent'), '紙を出す機械の返事がありません'],
        ['no-cable', () => town.printer.unplug(), '紙を出す機械がつながっていません'],
      ] as const;
      for (const [what, fault, sentence] of cannot) {
        await fault();
        await until(`the glass says ${what}`, async () => (await town.glass()).includes(sentence));
        await expect(printButton().count()).resolves.toBe(0);
        await album.picture(town.page, `loaded-with-${what}`);
        town.printer.putRight();
        await town.printer.replug();
        await printButton().waitFor();
      }
    });
  });

  it('has printed with numbers that were given once each, and told the backend what became of every slip', async () => {
    const kiosk = await town.kiosk();
    expect(kiosk.slips.map(({ number }) => number)).toEqual(kiosk.slips.map((_, index) => index + 1));
    await until('all is acknowledged', () => town.agent.lines.findLast((line) => line['event'] === 'sync-pushed')?.['acknowledgedSeq'] === kiosk.facts.length, 30_000);
    const { facts } = await town.office();
    const outcomes = facts.flatMap((fact) => (fact.type === 'slip-settled' ? [fact.outcome] : []));
    expect(outcomes).toEqual(kiosk.slips.map(({ state }) => state));
    expect(town.agent.said).toBe('');
  });
});
