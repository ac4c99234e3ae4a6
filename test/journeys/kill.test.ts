/**
 * The agent is killed (SIGKILL) at many moments and started again: the journal verifies, each voucher is either in or still offered and
 * never both, no slip is printed a second time, and both sides' books agree at the end.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Album } from '../support/album.ts';
import { runProduct } from '../support/process.ts';
import { withCopy } from '../support/records.ts';
import { Town, until } from '../support/town.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the agent killed', () => {
  const album = new Album('kill');
  let town: Town;
  let visits = 0;
  /** How many vouchers are in. */
  let loaded = 0;
  let kills = 0;

  beforeAll(async () => {
    town = await Town.start({ slipsDir: album.slips, printer: { rowsPerSecond: 1_200 } });
    await town.openWindow();
    await town.screen('start');
  });
  afterAll(() => town?.close());
  afterEach(() => town.putRight());

  async function kill(): Promise<void> {
    kills += 1;
    await town.agent.stop('SIGKILL');
  }
  /** Starts the agent again and opens its window at the new address. */
  async function startAgain(): Promise<void> {
    const before = town.address;
    await town.startAgent();
    expect(town.address).not.toBe(before);
    await town.page.goto(town.address);
  }
  async function toConfirm(): Promise<string> {
    visits += 1;
    town.insert(`resident-${visits}`);
    await town.screen('balance');
    await town.press(/^受け取る/);
    await town.screen('confirm-load');
    return town.account(`resident-${visits}`);
  }
  /** Presses 入れる without waiting for anything that follows. */
  async function pressConfirm(): Promise<void> {
    const button = town.page.getByRole('button', { name: /^入れる/ });
    await until('the glass rests no more', async () => (await button.getAttribute('aria-disabled')) === null);
    const box = await button.boundingBox();
    if (!box) throw new Error('There is no such button');
    await town.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await town.page.mouse.down();
    await town.page.mouse.up();
  }

  /** The card still lies there: it is read again, and ledger and glass agree on whether the voucher is in. */
  async function expectInOrOffered(account: string): Promise<'in' | 'offered'> {
    await town.screen('balance');
    const { audit, loads, intents } = await town.kiosk();
    expect(audit.faults).toEqual([]);
    const mine = loads.filter((load) => load.account === account);
    expect(mine.length).toBeLessThanOrEqual(1);
    expect(intents.filter(({ state }) => state === 'prepared' || state === 'unknown')).toEqual([]);
    const glass = await town.glass();
    expect(glass.includes('届いています')).toBe(mine.length === 0);
    expect(glass.includes('5,000円')).toBe(mine.length === 1);
    loaded += mine.length;
    expect(loads).toHaveLength(loaded);
    return mine.length === 1 ? 'in' : 'offered';
  }

  describe('while a voucher goes in', () => {
    it.each([0, 10, 20, 30])('%d ms after 入れる was pressed', async (ms) => {
      const account = await toConfirm();
      await pressConfirm();
      if (ms > 0) await pause(ms);
      await kill();
      await startAgain();
      await expectInOrOffered(account);
    });

    it('while the card has not answered yet: it is not in, and the window said that nothing is lost', async () => {
      const account = await toConfirm();
      const held = town.holdAnswers();
      await pressConfirm();
      await held.asked;
      await kill();
      held.release();
      await town.screen('out-of-service');
      await album.picture(town.page, 'agent-gone');
      const glass = await town.glass();
      expect(glass.startsWith('お金はなくなりません')).toBe(true);
      expect(glass).toMatch(/番号501$/);
      await startAgain();
      expect(await expectInOrOffered(account)).toBe('offered');
    });

    it.each([0, 2, 5])('%d ms after the card has answered', async (ms) => {
      const account = await toConfirm();
      const held = town.holdAnswers();
      await pressConfirm();
      await held.asked;
      held.release();
      if (ms > 0) await pause(ms);
      await kill();
      await startAgain();
      await expectInOrOffered(account);
    });
  });

  describe('while a slip is printed', () => {
    it.each(['at its first line', 'in its middle', 'when it was cut'] as const)('%s: it is unknown, not printed again, and the next slip is whole', async (when) => {
      const account = await toConfirm();
      await town.press(/^入れる/);
      await town.screen('loaded');
      const cut = town.printer.slips.length;
      const moment = new Promise<void>((resolve) => {
        if (when === 'when it was cut') town.printer.once('slip-cut', () => resolve());
        else town.printer.on('line-printed', (line) => line === (when === 'in its middle' ? 8 : 1) && resolve());
      });
      await town.press(/^紙に出す/);
      await moment;
      await kill();
      town.printer.removeAllListeners('line-printed');
      await startAgain();
      expect(await expectInOrOffered(account)).toBe('in');
      expect((await town.kiosk()).slips.at(-1)?.state).toBe('unknown');
      expect(town.printer.slips).toHaveLength(when === 'when it was cut' ? cut + 1 : cut);
      await town.press(/^紙に出す/);
      await town.screen('printed');
      const came = town.printer.slips.slice(cut).map(({ text }) => text);
      expect(came.at(-1)).toContain('残高のお知らせ');
      expect(came.at(-1)).not.toContain('お受け取りの控え');
      expect(came.filter((text) => text.includes('お受け取りの控え')).length).toBeLessThanOrEqual(1);
      expect((await town.kiosk()).slips.at(-1)?.state).toBe('printed');
    });
  });

  it.each([0, 6])('%d ms after it has pushed its journal: it pushes again, and the backend has it once', async (ms) => {
    const account = await toConfirm();
    // What the visit before left behind is sent: the next push is that of the voucher.
    await until('all is acknowledged', async () => {
      const { audit } = await town.kiosk();
      return audit.acknowledgedSeq === audit.entries;
    });
    const killed = new Promise<void>((resolve) => {
      town.tearing.onPush = () => {
        town.tearing.onPush = undefined;
        setTimeout(() => void kill().then(resolve), ms);
      };
    });
    await pressConfirm();
    await killed;
    await startAgain();
    expect(await expectInOrOffered(account)).toBe('in');
  });

  it('while it starts, again and again: the next start serves', async () => {
    for (const event of ['agent-starting', 'agent-ready', 'reader-status']) {
      await town.agent.stop('SIGKILL');
      await town.startAgent();
      await town.agent.event(event);
      kills += 1;
    }
    await kill();
    await startAgain();
    await town.screen('start');
  });

  it('fifteen times and more: the journal verifies, and the backend has everything once', async () => {
    expect(kills).toBeGreaterThanOrEqual(15);
    const entries = (await town.kiosk()).facts.length;
    await until('all is acknowledged', async () => (await town.kiosk()).audit.acknowledgedSeq >= entries, 30_000);
    const [kiosk, office] = [await town.kiosk(), await town.office()];
    expect(office.facts).toEqual(kiosk.facts);
    expect(office.loads).toEqual(kiosk.loads);
    expect(office.loads).toHaveLength(loaded);
    expect(new Set(office.takenEntitlements).size).toBe(loaded);
    expect(kiosk.slips.map(({ number }) => number)).toEqual(kiosk.slips.map((_, index) => index + 1));
    const books = await town.books();
    expect(books).toContain('The books balance.');
    expect(books).toContain('0 open anomalies');
    await withCopy(town.ledgerFile, async (copy) => expect(await runProduct(['scripts/journal.ts', 'verify', copy])).toContain('Everything verifies.'));
  });
});
