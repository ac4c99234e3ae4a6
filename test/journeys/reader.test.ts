/**
 * The reader is pulled out, its service killed, and cards are put down badly, on the real pcscd: each ends on its own calm screen, heals
 * by itself, and moves value once or not at all. `agent/session/kiosk.test.ts` says the same of every state on a simulated clock.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ScreenName } from '../../contract/kiosk.ts';
import { Album } from '../support/album.ts';
import { Town, until } from '../support/town.ts';

const SAFE = 'お金はなくなりません';
const CALL_STAFF = '職員をよんでください';

describe('the reader', () => {
  const album = new Album('reader');
  let town: Town;
  /** Cards with something to receive, one a visit. */
  let next = 0;
  const freshCard = () => `resident-${++next}`;
  let loadsExpected = 0;

  beforeAll(async () => {
    town = await Town.start({ slipsDir: album.slips, printer: { rowsPerSecond: 1_500 } });
    await town.openWindow();
    await town.screen('start');
  });
  afterAll(async () => {
    await town?.close();
  });
  /** What one journey leaves broken, all that follow would wait for in vain. */
  let broken = false;
  beforeEach(() => {
    if (broken) throw new Error('An earlier journey left the kiosk broken: nothing more can be seen with it.');
  });
  afterEach(async ({ task }) => {
    if (broken) return;
    broken = true;
    await town.putRight();
    const { loads, intents, audit } = await town.kiosk();
    expect(audit.faults).toEqual([]);
    expect(loads).toHaveLength(loadsExpected);
    expect(intents.filter(({ state }) => state !== 'committed' && state !== 'aborted')).toEqual([]);
    broken = task.result?.state === 'fail';
  });

  async function seen(screen: ScreenName, what: string = screen): Promise<string> {
    await town.screen(screen);
    await album.picture(town.page, what);
    return town.glass();
  }
  async function toBalance(card = freshCard()): Promise<string> {
    town.insert(card);
    await town.screen('balance');
    return card;
  }
  async function toConfirm(): Promise<string> {
    const card = await toBalance();
    await town.press(/^受け取る/);
    await town.screen('confirm-load');
    return card;
  }
  async function toLoaded(): Promise<string> {
    const card = await toConfirm();
    await town.press(/^入れる/);
    await town.screen('loaded');
    loadsExpected += 1;
    return card;
  }
  async function expectOut(number: number, options: { readonly interrupted: boolean; readonly picture: string }): Promise<void> {
    await town.screen('out-of-service');
    // pcscd may take a moment to know that a reader that fails is gone.
    await until(`number ${number}`, async () => (await town.glass()).endsWith(`番号${number}`), 40_000);
    await album.picture(town.page, options.picture);
    const glass = await town.glass();
    expect(glass).toContain(CALL_STAFF);
    expect(glass.startsWith(SAFE)).toBe(options.interrupted);
  }
  /**
   * Takes the card, plugs the reader in again, and sees the kiosk serve by itself. As a person would who looks at the plug: pcscd 1.9.9 needs one or
   * two seconds to let go of a reader, and one that comes back before may be without a slot until it is pulled out again.
   */
  async function heals(): Promise<void> {
    town.remove();
    await until('pcscd has let go of the reader', () => town.pcscd.readerIsGone, 30_000);
    town.pcscd.replugReader();
    await until('pcscd has the reader again', () => town.pcscd.readerIsUp, 30_000);
    await town.screen('start', 30_000);
  }

  describe('unplugged', () => {
    it('while nobody is there: number 202, and back by itself', async () => {
      town.pcscd.unplugReader();
      await expectOut(202, { interrupted: false, picture: 'unplugged-at-start' });
      await heals();
    });

    it('while the card is being read: nothing was lost, nothing is loaded', async () => {
      const card = town.holdAnswers();
      town.insert(freshCard());
      await card.asked;
      await town.screen('reading');
      town.pcscd.unplugReader();
      card.release();
      await expectOut(202, { interrupted: true, picture: 'unplugged-while-reading' });
      await heals();
    });

    it('on the balance: nothing was lost, and the voucher is offered again', async () => {
      const card = await toBalance();
      town.pcscd.unplugReader();
      await expectOut(202, { interrupted: true, picture: 'unplugged-on-balance' });
      await heals();
      await toBalance(card);
      expect(await town.glass()).toContain('1つ届いています');
    });

    it('before 入れる: nothing is loaded, and the voucher is offered again', async () => {
      const card = await toConfirm();
      town.pcscd.unplugReader();
      await expectOut(202, { interrupted: true, picture: 'unplugged-on-confirm' });
      await heals();
      await toBalance(card);
      expect(await town.glass()).toContain('1つ届いています');
    });

    it('while the voucher goes in: it did not, which the next tap shows', async () => {
      const name = await toConfirm();
      const card = town.holdAnswers();
      await town.press(/^入れる/);
      await card.asked;
      await town.screen('writing');
      await album.picture(town.page, 'writing');
      town.pcscd.unplugReader();
      // The reader has gone with the answer.
      town.remove();
      card.release();
      await expectOut(202, { interrupted: true, picture: 'unplugged-while-writing' });
      await heals();
      await toBalance(name);
      expect(await town.glass()).toContain('1つ届いています');
      expect((await town.kiosk()).intents.at(-1)?.state).toBe('aborted');
    });

    it.each(['loaded', 'printing', 'printed'] as const)('on %s: what needs no card goes on to its end', async (at) => {
      await toLoaded();
      const slips = town.printer.slips.length;
      const unplugged = async () => {
        const from = town.agent.lines.length;
        town.pcscd.unplugReader();
        await town.agent.event('reader-status', { from, where: (line) => line['status'] === 'absent' });
      };
      if (at === 'loaded') await unplugged();
      else await town.press(/^紙に出す/);
      if (at === 'printing') {
        await town.screen('printing');
        await unplugged();
      }
      if (at !== 'loaded') await town.screen('printed');
      if (at === 'printed') await unplugged();
      await album.picture(town.page, `unplugged-on-${at}`);
      expect(await town.shown()).toBe(at === 'loaded' ? 'loaded' : 'printed');
      expect(town.printer.slips).toHaveLength(at === 'loaded' ? slips : slips + 1);
      await town.press('終わる');
      await expectOut(202, { interrupted: false, picture: `after-${at}` });
      await heals();
    });

    it('while it asks for the card again, or says that a card cannot be used', async () => {
      await toBalance();
      town.remove();
      expect(await seen('card-moved')).toContain('なにも変わっていません');
      town.pcscd.unplugReader();
      await expectOut(202, { interrupted: true, picture: 'unplugged-on-card-moved' });
      await heals();
      town.insert('guest');
      await town.screen('card-not-usable');
      town.pcscd.unplugReader();
      await expectOut(202, { interrupted: false, picture: 'unplugged-on-card-not-usable' });
      await heals();
    });

    it('during the farewell', async () => {
      await toBalance();
      await town.press('終わる');
      await town.screen('farewell');
      town.pcscd.unplugReader();
      await expectOut(202, { interrupted: false, picture: 'unplugged-on-farewell' });
      await heals();
    });
  });

  describe('its service', () => {
    it('killed in the middle of a visit: number 201; started again, the card that still lies there is read anew', async () => {
      await toConfirm();
      await town.pcscd.stop('SIGKILL');
      await expectOut(201, { interrupted: true, picture: 'service-killed' });
      await town.pcscd.start();
      await town.screen('balance', 30_000);
      expect(await town.glass()).toContain('1つ届いています');
    });

    it('killed while the voucher goes in: it did not', async () => {
      await toConfirm();
      const card = town.holdAnswers();
      await town.press(/^入れる/);
      await card.asked;
      await town.pcscd.stop('SIGKILL');
      card.release();
      await expectOut(201, { interrupted: true, picture: 'service-killed-while-writing' });
      await town.pcscd.start();
      await town.screen('balance', 30_000);
      expect(await town.glass()).toContain('1つ届いています');
    });

    it('frozen: number 203 instead of a frozen kiosk, and back by itself', async () => {
      await toBalance();
      town.pcscd.freeze();
      await town.press(/^受け取る/);
      await town.screen('confirm-load');
      await town.press(/^入れる/);
      await town.screen('writing');
      await expectOut(203, { interrupted: true, picture: 'service-frozen' });
      town.pcscd.thaw();
      await town.screen('balance', 30_000);
      expect(await town.glass()).toContain('1つ届いています');
    });
  });

  describe('a card', () => {
    it('taken while it is read: asked for again; put back, it goes on', async () => {
      const held = town.holdAnswers();
      const card = freshCard();
      town.insert(card);
      await held.asked;
      town.remove();
      held.release();
      expect(await seen('card-moved', 'taken-while-reading')).toContain('もう一度、同じカードを置いてください');
      await toBalance(card);
    });

    it('taken while the voucher goes in: looked at when it is back, and it did not go in', async () => {
      const card = await toConfirm();
      const held = town.holdAnswers();
      await town.press(/^入れる/);
      await held.asked;
      town.remove();
      held.release();
      const glass = await seen('card-moved', 'taken-while-writing');
      expect(glass.startsWith(SAFE)).toBe(true);
      expect(glass).toContain('入ったかどうかをカードで確かめます');
      await toBalance(card);
      expect(await town.glass()).toContain('1つ届いています');
    });

    it('exchanged while the voucher goes in: neither card gets it', async () => {
      const first = await toConfirm();
      const held = town.holdAnswers();
      await town.press(/^入れる/);
      await held.asked;
      town.remove();
      held.release();
      town.insert('kiyoshi');
      await town.screen('balance');
      expect(await town.glass()).not.toContain('届いています');
      town.remove();
      await town.screen('card-moved');
      await toBalance(first);
      expect(await town.glass()).toContain('1つ届いています');
    });

    it('lifted while it is powered: nothing wrong is said of it, and put down again it is read', async () => {
      const from = town.agent.lines.length;
      town.slots[0].faults.failNext('lifted-during-power-up');
      const card = freshCard();
      town.insert(card);
      await until('the card has been lifted', () => town.slots[0].card === undefined);
      await toBalance(card);
      const screens = town.agent.lines.slice(from).flatMap((line) => (line['event'] === 'session-screen' ? [line['screen']] : []));
      // pcscd may be too slow to have seen it at all.
      expect(new Set([...screens, 'start', 'card-moved'])).toEqual(new Set(['start', 'card-moved', 'reading', 'balance']));
    });

    it('that does not power up: asked to be put down once more; then it is read', async () => {
      town.slots[0].faults.failRepeatedly('mute');
      const sent = town.slots[0].commands.length;
      town.insert(freshCard());
      const glass = await seen('card-not-usable', 'mute');
      expect(glass).toContain('カードを置きなおしてください');
      expect(town.slots[0].commands).toHaveLength(sent);
      town.slots[0].faults.clear();
      town.remove();
      await toBalance();
    });

    it('whose answer is lost in the air while it is read: nothing wrong is shown, and it is read again', async () => {
      town.slots[0].faults.failNext('lost-answer');
      town.insert(freshCard());
      await town.screen('balance', 30_000);
      expect(await town.glass()).toContain('1つ届いています');
    });
  });

  it('has told the backend of everything, once', async () => {
    await town.putRight();
    const kiosk = await town.kiosk();
    await until('all is acknowledged', () => town.agent.lines.findLast((line) => line['event'] === 'sync-pushed')?.['acknowledgedSeq'] === kiosk.facts.length, 30_000);
    const office = await town.office();
    expect(office.facts).toEqual(kiosk.facts);
    expect(office.loads).toHaveLength(loadsExpected);
    expect(loadsExpected).toBe(3);
    expect(town.agent.said).toBe('');
  });
});
