/**
 * Cards that prove themselves, through the real pcscd: the DESFire card that holds its value, and the FeliCa card that mirrors it. What
 * the glass says, what is on the card, what the kiosk's ledger has and what the town's books have must be the same.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { DesfireCard } from '../../hardware/simulator/virtual-card-desfire.ts';
import { Album } from '../support/album.ts';
import { Town, until } from '../support/town.ts';

const VALUE_FILE_OF_FIRST_POCKET = 1;

describe('a card that proves itself', () => {
  const album = new Album('town-card');
  let town: Town;

  beforeAll(async () => {
    town = await Town.start({ slipsDir: album.slips, printer: { rowsPerSecond: 1_500 } });
    await town.openWindow();
    await town.screen('start');
  });
  afterAll(() => town?.close());
  afterEach(async () => {
    await town.link.restore();
    await town.putRight();
    expect((await town.kiosk()).audit.faults).toEqual([]);
  });

  const value = (card: DesfireCard): number => {
    const file = card.exportMemory().applications[0]?.files[VALUE_FILE_OF_FIRST_POCKET];
    if (file?.type !== 'value') throw new Error('The first pocket is a value file');
    return file.value;
  };
  async function seen(screen: Parameters<Town['screen']>[0], what: string): Promise<string> {
    await town.screen(screen);
    await album.picture(town.page, what);
    return town.glass();
  }
  const posted = async (type: string, count: number) =>
    until(`${count} × ${type} at the town`, async () => (await town.office()).facts.filter((fact) => fact.type === type).length === count, 60_000);

  it('has no value yet, takes the voucher, and then holds it itself', async () => {
    const card = town.insert('kazuko') as DesfireCard;
    expect(await seen('balance', 'desfire-empty')).toContain('1つ届いています');
    await town.press(/^受け取る/);
    await town.screen('confirm-load');
    await town.press(/^入れる/);
    expect(await seen('loaded', 'desfire-loaded')).toContain('5,000円');
    expect(value(card)).toBe(5_000);
    await town.press(/^紙に出す/);
    await town.screen('printed');
    await posted('value-moved', 1);
    const office = await town.office();
    const moved = office.facts.find((fact) => fact.type === 'value-moved');
    expect(moved).toMatchObject({ card: { profile: 'desfire', evidence: { kind: 'transaction-mac', counter: 1 } } });
    expect(office.anomalies).toEqual([]);
  });

  it('says the same when it is laid down again, and also while the network is cut: its keys are kept for a while', async () => {
    await town.link.cut();
    town.insert('kazuko');
    expect(await seen('balance', 'desfire-offline')).toContain('5,000円');
  });

  it('moved by hand to an earlier state is stopped, calmly, for everybody', async () => {
    const card = town.insert('setsuko') as DesfireCard;
    await town.screen('balance');
    const before = card.exportMemory();
    await town.press(/^受け取る/);
    await town.screen('offers');
    await town.press(/^物価高騰くらし応援券/);
    await town.screen('confirm-load');
    await town.press(/^入れる/);
    await town.screen('loaded');
    await posted('value-moved', 2);
    await town.leave();
    card.importMemory(before);
    town.insert('setsuko');
    const glass = await seen('card-not-usable', 'desfire-rolled-back');
    expect(glass).toContain('お金はなくなりません');
    expect(glass).toContain('職員をよんでください');
    await posted('card-suspect', 1);
    await until('the town has stopped it', async () => (await town.office()).anomalies.includes('card-suspect'));
  });

  it('of FeliCa proves itself, and the voucher is in the ledger', async () => {
    town.insert('haruo');
    expect(await seen('balance', 'felica')).toContain('1つ届いています');
    await town.press(/^受け取る/);
    await town.screen('confirm-load');
    await town.press(/^入れる/);
    expect(await seen('loaded', 'felica-loaded')).toContain('5,000円');
    await posted('value-moved', 3);
    const office = await town.office();
    expect(office.facts.filter((fact) => fact.type === 'value-moved').at(-1)).toMatchObject({ card: { profile: 'felica-lite-s', evidence: { kind: 'write-counter', counter: 1 } } });
  });
});
