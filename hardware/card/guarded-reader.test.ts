/** What the reader lets through to which card, and that every profile works behind it. */
import { describe, expect, it } from 'vitest';
import { issuedMemory } from '../simulator/desfire/issued-memory.ts';
import { CARD_KEYS, TRANSACTION_MAC_KEY, UID } from '../simulator/desfire/town-card.ts';
import { DirectReader } from '../simulator/direct-reader.ts';
import { issuedFelicaCard, random } from '../simulator/felica-lite-s/issued-card.ts';
import { issueIdentity, testHierarchy } from '../simulator/my-number/card-identity.ts';
import { DesfireCard } from '../simulator/virtual-card-desfire.ts';
import { MyNumberCard } from '../simulator/virtual-card-my-number.ts';
import { virtualCardOf, type VirtualCard } from '../simulator/virtual-card.ts';
import { guardedReader } from './guarded-reader.ts';
import { withMyNumberSession } from './mynumber/my-number-session.ts';
import { PinEntry } from './mynumber/pin-entry.ts';
import { generatedSequence, seededRandom } from './mynumber/test-support/generated-commands.ts';
import { recogniseCard, type RecogniseOptions } from './recognise-card.ts';

const OPTIONS: RecogniseOptions = {
  cardKeys: { keysOf: async () => ({ kind: 'keys', keys: CARD_KEYS }) },
  pocketNames: () => ['points'],
  profileOf: () => undefined,
  random,
};
const SELECT_TOWN = '00A4040C08F04B415A41535531';
const SELECT_TEXT = '00A4040C0AD3921000310001010408';
const GET_VERSION = '9060000000';
const FRAME = 'FF00000002D44A';
const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

function lay(card: VirtualCard) {
  const direct = new DirectReader();
  const presence = direct.insert(card);
  const reader = guardedReader(direct);
  const send = (hex: string) => reader.transmit(presence.generation, bytes(hex));
  return { direct, presence, reader, send };
}
const townCard = () => new DesfireCard({ name: 'town', uid: UID, memory: issuedMemory({ ...CARD_KEYS, transactionMac: TRANSACTION_MAC_KEY }) });
const plain = () => virtualCardOf({ name: 'plain', model: 'iso-identifier', uid: '04a1b2c3d4e5f6' });
const felica = () => virtualCardOf({ name: 'felica', model: 'felica-lite-s', uid: '0101061265a1c803' });

describe('the reader behind its guard', () => {
  it('recognises every kind of card', async () => {
    const kinds: string[] = [];
    for (const card of [townCard(), plain(), felica(), virtualCardOf({ name: 'bank', model: 'payment', uid: '08a55e31' }), new MyNumberCard('mynumber')]) {
      const { reader, presence } = lay(card);
      const recognised = await recogniseCard(reader, presence, OPTIONS);
      kinds.push(recognised.kind === 'stored-value' ? recognised.card.profile : recognised.kind);
    }
    expect(kinds).toEqual(['desfire', 'plain-identifier', 'plain-identifier', 'payment', 'my-number']);
  });

  it('lets value move on the town’s card', async () => {
    const { reader, presence } = lay(townCard());
    const recognised = await recogniseCard(reader, presence, OPTIONS);
    if (recognised.kind !== 'stored-value') throw new Error(recognised.kind);
    const operation = { operationId: '019a0000-0000-7000-8000-000000000001', movements: [{ pocket: 'points', kind: 'credit', amount: 5 }] } as const;
    expect((await recognised.card.apply(operation)).kind).toBe('committed');
    expect(await recognised.card.read()).toMatchObject({ pockets: new Map([['points', 5]]) });
  });

  it('tells who still speaks to a card that has gone, and sends the card that lies there now nothing of it', async () => {
    for (const make of [townCard, felica]) {
      const { reader, direct, presence, send } = lay(make());
      await send(SELECT_TOWN);
      direct.remove();
      expect(await send(make === felica ? FRAME : GET_VERSION)).toEqual({ kind: 'card-moved' });
      const next = direct.insert(townCard());
      const ours = (command: string) => reader.transmit(next.generation, bytes(command));
      expect(await ours(SELECT_TOWN)).toMatchObject({ kind: 'answered' });
      const before = direct.sent.length;
      expect(await reader.transmit(presence.generation, bytes(GET_VERSION))).toEqual({ kind: 'card-moved' });
      expect(direct.sent.length).toBe(before);
      // What was known of the card that lies there is still known.
      expect(await ours(GET_VERSION)).toMatchObject({ kind: 'answered' });
      direct.unplug();
      expect(await ours(GET_VERSION)).toEqual({ kind: 'reader-lost' });
    }
  });

  it('lets a FeliCa card prove itself', async () => {
    const idm = bytes('0101061265a1c803');
    const issued = await issuedFelicaCard(idm, new Uint8Array(16).fill(3));
    const { reader, presence } = lay(issued.card);
    const options: RecogniseOptions = { ...OPTIONS, cardKeys: issued.keys, profileOf: () => 'felica-lite-s', felicaReaders: [{ nameHas: 'direct', style: 'direct' }] };
    const recognised = await recogniseCard(reader, presence, options);
    expect(recognised.kind === 'stored-value' && (await recognised.card.read()).kind).toBe('read');
  });

  it('lets a My Number session run, with a PIN, and touches nothing that is not listed', async () => {
    const card = new MyNumberCard('mynumber', { identity: issueIdentity(testHierarchy()) });
    const { reader, presence } = lay(card);
    const done = await withMyNumberSession(reader, presence, async (opened) => {
      const verified = await opened.verifyPin('attributes-pin', new PinEntry(Uint8Array.from(Buffer.from('5678', 'ascii'))), { warnedOfLastTry: false });
      return [verified.kind, (await opened.readAttributes()).kind, (await opened.readCertificate()).kind];
    });
    expect(done).toEqual({ kind: 'done', value: ['verified', 'attributes', 'read'] });
    expect(card.alarms).toEqual([]);
  });

  it.each([
    ['the town’s commands before its application was selected', townCard, [], GET_VERSION],
    ['the town’s commands to a card without its application', plain, [SELECT_TOWN], GET_VERSION],
    ['the town’s commands after another application was selected', townCard, [SELECT_TOWN, SELECT_TEXT], GET_VERSION],
    ['the town’s commands after the payment directory was asked for', townCard, [SELECT_TOWN, '00A404000E325041592E5359532E444446303100'], GET_VERSION],
    ['a reader’s pass-through to a card with applications, which would carry anything', plain, [], FRAME],
    ['a writing command of another kind of storage card', felica, [], 'FFD4000000'],
    ['an identifier asked for in another shape', plain, [], 'FFCA010000'],
    ['an application that nobody listed', plain, [], '00A4040007A000000003101000'],
    ['reading, with nothing selected', plain, [], '00B0000000'],
    ['the number’s file', () => new MyNumberCard('mynumber'), [SELECT_TEXT], '00A4020C020001'],
    ['the number’s file by its short name', () => new MyNumberCard('mynumber'), [SELECT_TEXT], '00B0810000'],
    ['a file of an application that was selected before another', () => new MyNumberCard('mynumber'), [SELECT_TEXT, SELECT_TOWN], '00A4020C020002'],
  ])('never sends %s', async (_what, card, before, command) => {
    const { direct, send } = lay(card());
    for (const each of before) await send(each);
    const sent = direct.sent.length;
    await expect(send(command)).rejects.toThrow('blocked');
    expect(direct.sent).toHaveLength(sent);
  });

  it('forgets what it knew of a card when another lies there, and when its power was cut', async () => {
    const { direct, reader, presence, send } = lay(townCard());
    await send(SELECT_TOWN);
    expect((await send(GET_VERSION)).kind).toBe('answered');
    await reader.disconnect(presence.generation, 'power-off');
    await expect(send(GET_VERSION)).rejects.toThrow('blocked');
    await send(SELECT_TOWN);
    const other = direct.insert(plain());
    await expect(reader.transmit(other.generation, bytes(GET_VERSION))).rejects.toThrow('blocked');
  });

  it('lets nothing through to a My Number card that raises an alarm, whatever it is asked to send', async () => {
    const random_ = seededRandom(20_261_121);
    let [sent, blocked] = [0, 0];
    for (let sequence = 0; sequence < 5_000; sequence += 1) {
      const card = new MyNumberCard('generated');
      const { direct, send } = lay(card);
      for (const command of generatedSequence(random_, () => undefined)) await send(Buffer.from(command).toString('hex')).catch(() => (blocked += 1));
      sent += direct.sent.length;
      expect(card.alarms).toEqual([]);
    }
    expect(sent).toBeGreaterThan(5_000);
    expect(blocked).toBeGreaterThan(5_000);
  });
});
