/** Cards that are none of the town's business: a kind sentence, and hardly a command sent. What was sent is what the cards got. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Album } from '../support/album.ts';
import { Town, until } from '../support/town.ts';

/** SELECT 2PAY.SYS.DDF01, with an answer wanted (EMV Contactless Book B, 3.3.2). */
const SELECT_TOWN_CARD = '00A4040C08F04B415A41535531';
const SELECT_PAYMENT_DIRECTORY = '00A404000E325041592E5359532E444446303100';
/** SELECT of the JPKI application, without an answer (P2 = 0C). */
const SELECT_JPKI = '00A4040C0AD392F000260100000001';
const GET_IDENTIFIER = 'FFCA000000';

describe('strangers', () => {
  const album = new Album('strangers');
  let town: Town;

  beforeAll(async () => {
    town = await Town.start({ slipsDir: album.slips });
    await town.openWindow();
    await town.screen('start');
  });
  afterAll(() => town?.close());
  beforeEach(() => {
    for (const slot of town.slots) slot.commands.length = 0;
  });
  afterEach(() => town.putRight());

  const sent = (slot: 0 | 1 = 0) => town.slots[slot].commands.map((command) => Buffer.from(command).toString('hex').toUpperCase());

  it('a bank card: not read, which is said; it was asked one thing', async () => {
    const card = town.insert('bank');
    await town.screen('card-not-usable');
    await album.picture(town.page, 'bank');
    const glass = await town.glass();
    expect(glass).toContain('このカードはこの機械では使えません');
    expect(glass).toContain('カードの中は読んでいません');
    expect(glass).toContain('町のカードを置いてください');
    expect(sent()).toEqual([SELECT_TOWN_CARD, SELECT_PAYMENT_DIRECTORY]);
    expect(card.alarms).toEqual([]);
  });

  it('a My Number card: recognised, and nothing of it is read', async () => {
    const card = town.insert('mynumber');
    await town.screen('card-not-usable');
    await album.picture(town.page, 'my-number');
    const glass = await town.glass();
    expect(glass).toContain('マイナンバーカードはここでは使いません');
    expect(glass).toContain('カードの中は読んでいません');
    expect(sent()).toEqual([SELECT_TOWN_CARD, SELECT_PAYMENT_DIRECTORY, SELECT_JPKI]);
    expect(card.alarms).toEqual([]);
  });

  it('a card the town does not know: staff can help; only its identifier was asked', async () => {
    town.insert('guest');
    await town.screen('card-not-usable');
    await album.picture(town.page, 'unknown');
    const glass = await town.glass();
    expect(glass).toContain('このカードは登録されていません');
    expect(glass).toContain('職員にお声がけください');
    expect(sent()).toEqual([GET_IDENTIFIER]);
  });

  it('a stopped card: its money is safe and staff are a touch away; its balance is not shown', async () => {
    town.insert('sachiko');
    await town.screen('card-not-usable');
    const glass = await town.glass();
    expect(glass).toContain('このカードは止められています');
    expect(glass).toContain('お金はなくなりません');
    expect(glass).toContain('職員をよんでください');
    expect(glass).not.toContain('1,200');
    expect(sent()).toEqual([SELECT_TOWN_CARD, SELECT_PAYMENT_DIRECTORY, SELECT_JPKI, GET_IDENTIFIER]);
    await town.press('職員を呼ぶ');
    await town.page.getByText(/職員を呼びました\s*番号 1/).waitFor();
    await album.picture(town.page, 'stopped-and-staff-called');
    expect((await town.kiosk()).facts).toContainEqual({ type: 'staff-called', callNumber: 1, screen: 'card-not-usable' });
  });

  it('two cards at once: neither is asked anything; the one that stays is served', async () => {
    town.insert('taro');
    await town.screen('balance');
    town.slots[0].commands.length = 0;
    town.insert('hanako', 1);
    await town.screen('card-not-usable');
    await album.picture(town.page, 'two-cards');
    expect(await town.glass()).toContain('カードを1枚だけ置いてください');
    expect([...sent(0), ...sent(1)]).toEqual([]);
    town.remove(0);
    await town.screen('balance');
    expect(await town.glass()).toContain('8,500円');
    expect(sent(1)).toEqual([GET_IDENTIFIER]);
    expect(sent(0)).toEqual([]);
  });

  it('a second card in the middle of a load: nothing is loaded on either', async () => {
    town.insert('resident-1');
    await town.screen('balance');
    await town.press(/^受け取る/);
    await town.screen('confirm-load');
    town.insert('resident-2', 1);
    await town.screen('card-not-usable');
    expect(await town.glass()).toContain('カードを1枚だけ置いてください');
    const { intents, loads } = await town.kiosk();
    expect([intents, loads]).toEqual([[], []]);
  });

  it('a card that goes before it was read: asked for again, and the next one is not given its answer', async () => {
    const held = town.holdAnswers();
    town.insert('hanako');
    await held.asked;
    town.remove();
    held.release();
    await town.screen('card-moved');
    await album.picture(town.page, 'moved-too-early');
    expect(await town.glass()).toContain('もう一度、同じカードを置いてください');
    town.insert('guest');
    await town.screen('card-not-usable');
    expect(await town.glass()).toContain('登録されていません');
    expect(sent()).toEqual([GET_IDENTIFIER, GET_IDENTIFIER]);
  });

  it('leave nothing behind but that there were visits', async () => {
    await until('the last visit is over', async () => (await town.kiosk()).facts.filter(({ type }) => type === 'session-ended').length >= 6);
    const { facts, intents, loads, slips } = await town.kiosk();
    expect(new Set(facts.map(({ type }) => type))).toEqual(new Set(['session-ended', 'staff-called']));
    expect([intents, loads, slips]).toEqual([[], [], []]);
    expect(JSON.stringify(town.agent.lines).toLowerCase()).not.toMatch(/08a55e31|08d20b47|9c3f17e2|04b7c8d9eaf102/);
    expect(town.agent.said).toBe('');
  });
});
