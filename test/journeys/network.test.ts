/** The network is cut, torn and restored, and the backend killed: the kiosk goes on within what it holds, and everything is posted once. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Album } from '../support/album.ts';
import type { Tear } from '../support/tearing-link.ts';
import { Town, until } from '../support/town.ts';

describe('the network', () => {
  const album = new Album('network');
  let town: Town;

  beforeAll(async () => {
    town = await Town.start({ slipsDir: album.slips });
    await town.openWindow();
    await town.screen('start');
  });
  afterAll(() => town?.close());
  afterEach(() => town.putRight());

  /** A whole visit: card down, voucher received, goodbye. The next card may come at once. */
  async function load(card: string, slip = false): Promise<void> {
    town.insert(card);
    await town.screen('balance');
    await town.press(/^受け取る/);
    await town.screen('confirm-load');
    await town.press(/^入れる/);
    await town.screen('loaded');
    if (slip) {
      await town.press(/^紙に出す/);
      await town.screen('printed');
    }
    await town.leave();
  }

  /** A visit that only looks; its end is one entry of the journal. */
  async function look(card: string): Promise<void> {
    town.insert(card);
    await town.screen('balance');
    await town.leave();
  }

  const amount = async () => (await town.office()).loads.reduce((sum, load) => sum + load.amount, 0);
  /** A visit that only looks wakes the kiosk's synchroniser, which otherwise waits longer each time; then everything is acknowledged. */
  async function inStep(): Promise<void> {
    await look('kiyoshi');
    const entries = (await town.kiosk()).facts.length;
    await until(`all ${entries} entries are acknowledged`, () => town.agent.lines.findLast((line) => line['event'] === 'sync-pushed')?.['acknowledgedSeq'] === entries);
  }

  async function expectTheSameOnBothSides(): Promise<void> {
    const [kiosk, office] = [await town.kiosk(), await town.office()];
    expect(kiosk.audit.faults).toEqual([]);
    expect(office.facts).toEqual(kiosk.facts);
    expect(office.loads).toEqual(kiosk.loads);
    expect(new Set(office.loads.map(({ entitlement }) => entitlement)).size).toBe(office.loads.length);
    const books = await town.books();
    expect(books).toContain('The books balance.');
    expect(books).toContain('0 open anomalies');
  }

  it('cut before the tap: the balance says from when it is, and loads and slips go on', async () => {
    // After its first large catch-up it asks once more within a second; then it rests.
    await until('the kiosk rests', () => {
      const last = town.agent.lines.findLast((line) => line['event'] === 'sync-pulled');
      return last !== undefined && Date.now() - Date.parse(String(last['time'])) > 2_500;
    });
    await town.link.cut();
    town.insert('hanako');
    await town.screen('balance');
    expect(await town.glass()).not.toContain('の残高です');
    // The kiosk notices when it has something to say: here, that staff were called.
    await town.press('職員を呼ぶ');
    await until('the hint that the balance is as of a time', async () => /午[前後]\d+時\d\d分の残高です/.test(await town.glass()));
    await album.picture(town.page, 'balance-without-network');
    await town.leave();
    await load('hanako', true);
    await load('taro', true);
    await load('resident-1');
    const kiosk = await town.kiosk();
    expect(kiosk.loads).toHaveLength(3);
    expect(kiosk.slips.map(({ state }) => state)).toEqual(['printed', 'printed']);
    expect(town.printer.slips).toHaveLength(2);
    expect(await town.office()).toEqual({ loads: [], facts: [], takenEntitlements: [], anomalies: [] });
  });

  it('restored: everything is posted, each once', async () => {
    await town.link.restore();
    await inStep();
    expect(await amount()).toBe(15_000);
    await expectTheSameOnBothSides();
    town.insert('hanako');
    await town.screen('balance');
    const glass = await town.glass();
    expect(glass).not.toContain('の残高です');
    expect(glass).not.toContain('届いています');
    expect(glass).toContain('5,000円');
    await album.picture(town.page, 'balance-with-network-again');
  });

  it('torn in the middle of a push, ten times and three ways: still exactly once', async () => {
    const tears: Tear[] = Array.from({ length: 10 }, (_, index) => (['before-answer', 'in-request', 'in-answer'] as const)[index % 3] ?? 'in-request');
    for (const tear of tears) town.tearing.tearNext(tear);
    let visits = 0;
    while (town.tearing.torn.length < tears.length) {
      // Each visit wakes the push, which otherwise waits longer each time; the first ones move value.
      if (visits < 4) await load(`resident-${2 + visits}`);
      else await look('kiyoshi');
      visits += 1;
      expect(visits).toBeLessThan(30);
    }
    expect(town.tearing.torn).toEqual(tears);
    await inStep();
    expect(await amount()).toBe(35_000);
    await expectTheSameOnBothSides();
  });

  it('the backend killed while it posts: restarted, it has everything once', async () => {
    for (const [index, afterMs] of [0, 4, 12].entries()) {
      const killed = new Promise((resolve) => {
        town.tearing.onPush = () => {
          town.tearing.onPush = undefined;
          // Later each time: while the request is read, while it is posted, while it is answered.
          setTimeout(() => resolve(town.backend.stop('SIGKILL')), afterMs);
        };
      });
      await load(`resident-${6 + index}`);
      await killed;
      await town.startBackend();
    }
    await inStep();
    expect(await amount()).toBe(50_000);
    await expectTheSameOnBothSides();
  });
});
