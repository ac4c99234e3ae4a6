/** The use case on a simulated My Number card: what is asked of it, how often a PIN goes to it, and what is known afterwards. */
import { describe, expect, it } from 'vitest';
import { PinEntry } from '../../hardware/card/mynumber/pin-entry.ts';
import { DirectReader, type Tear } from '../../hardware/simulator/direct-reader.ts';
import { TEST_SECRETS } from '../../hardware/simulator/my-number/secrets.ts';
import { KAKUU_HANAKO } from '../../hardware/simulator/my-number/holder.ts';
import { MyNumberCard, type MyNumberCardOptions } from '../../hardware/simulator/virtual-card-my-number.ts';
import { PaymentCard } from '../../hardware/simulator/virtual-card-payment.ts';
import { NO_CARD_KEYS } from '../test-support/no-card-keys.ts';
import { createSeededRandomness } from '../test-support/seeded-randomness.ts';
import { lookAtMyNumberCard, readMyNumberCard, type WayToOpen } from './read-my-number-card.ts';

/** A town that knows none of the cards here. */
const NO_TOWN = { cardKeys: NO_CARD_KEYS, cardKey: new Uint8Array(32), randomness: createSeededRandomness(1), ledger: { lookupCard: () => ({ kind: 'unknown' as const }) } };

const VERIFY = /^00200080(?!$)/;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').toUpperCase();

function layDown(options: MyNumberCardOptions = {}) {
  const card = new MyNumberCard('hanako', options);
  const reader = new DirectReader(card);
  const presence = reader.presence();
  if (presence.kind !== 'present') throw new Error(presence.kind);
  return { card, reader, presence, pinsSent: () => reader.sent.map(hex).filter((command) => VERIFY.test(command)) };
}

const digitsOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'ascii'));
const made = (text: string, way: WayToOpen = 'pin', warnedOfLastTry = false) => ({ way, entry: new PinEntry(digitsOf(text)), warnedOfLastTry });
const RIGHT = TEST_SECRETS['text-pin'];
const KNOWN = { name: '架空　花子', address: { written: '架空県見本市仮町１－２－３' }, birthday: '1950-01-03' };

describe('looking at the card', () => {
  it('says how often each way may still be tried, and sends no PIN', async () => {
    const { card, reader, presence, pinsSent } = layDown();
    expect(await lookAtMyNumberCard(presence, 'attributes', { reader, ...NO_TOWN })).toEqual({ kind: 'my-number', ways: { pin: 3, printed: 10 } });
    expect(await lookAtMyNumberCard(presence, 'link', { reader, ...NO_TOWN })).toEqual({ kind: 'my-number', ways: { pin: 3 } });
    expect(pinsSent()).toEqual([]);
    expect(card.given.filter((file) => !file.endsWith('0006'))).toEqual([]);
    expect(card.alarms).toEqual([]);
  });

  it('tells a way that is blocked from one that is open', async () => {
    const { reader, presence } = layDown();
    for (let time = 0; time < 3; time += 1) await readMyNumberCard(presence, made('0000', 'pin', true), { reader });
    expect(await lookAtMyNumberCard(presence, 'attributes', { reader, ...NO_TOWN })).toEqual({ kind: 'my-number', ways: { pin: 'blocked', printed: 10 } });
  });

  it.each(['JPKIAPICCTOKEN', 'JPKIAPGPSETOKEN'] as const)('takes %s for another card', async (tokenLabel) => {
    const { reader, presence } = layDown({ oddities: { tokenLabel } });
    expect(await lookAtMyNumberCard(presence, 'attributes', { reader, ...NO_TOWN })).toEqual({ kind: 'other-card' });
  });

  it('asks a bank card nothing more than what told that it is one', async () => {
    const reader = new DirectReader();
    const presence = reader.insert(new PaymentCard('bank', Uint8Array.from([1, 2, 3, 4])));
    expect(await lookAtMyNumberCard(presence, 'attributes', { reader, ...NO_TOWN })).toEqual({ kind: 'other-card' });
    expect(reader.sent).toHaveLength(2);
  });
});

describe('reading it', () => {
  it.each([['pin', RIGHT], ['printed', KAKUU_HANAKO.printedNumber]] as const)('by the %s gives name, address and birthday, and nothing else', async (way, digits) => {
    const { card, reader, presence, pinsSent } = layDown();
    expect(await readMyNumberCard(presence, made(digits, way), { reader })).toEqual({ kind: 'read', known: KNOWN });
    expect(pinsSent()).toHaveLength(1);
    expect(card.given).toEqual(expect.arrayContaining(['券面事項入力補助 0002']));
    expect(card.alarms).toEqual([]);
  });

  it('leaves out a birthday that the register does not know', async () => {
    const { reader, presence } = layDown({ holder: { ...KAKUU_HANAKO, birth: '19500000' } });
    expect(await readMyNumberCard(presence, made(RIGHT), { reader })).toEqual({ kind: 'read', known: { name: KNOWN.name, address: KNOWN.address } });
  });

  it('counts down with each wrong entry, sends each once, and is locked after the third', async () => {
    const { reader, presence, pinsSent } = layDown();
    const results = [];
    for (const digits of ['0001', '0002', '0003', '0004']) results.push(await readMyNumberCard(presence, made(digits, 'pin', true), { reader }));
    expect(results).toEqual([{ kind: 'wrong', tries: 2 }, { kind: 'wrong', tries: 1 }, { kind: 'locked' }, { kind: 'locked' }]);
    expect(pinsSent()).toHaveLength(3);
  });

  it('sends nothing on the last try unless the person was told', async () => {
    const { reader, presence, pinsSent } = layDown();
    for (const digits of ['0001', '0002']) await readMyNumberCard(presence, made(digits), { reader });
    expect(await readMyNumberCard(presence, made(RIGHT), { reader })).toEqual({ kind: 'last-try' });
    expect(pinsSent()).toHaveLength(2);
    expect(await readMyNumberCard(presence, made(RIGHT, 'pin', true), { reader })).toMatchObject({ kind: 'read' });
  });

  it.each(['command-lost', 'answer-lost'] as const)('says that it is not sure when the PIN’s %s, and sends nothing again', async (tear: Tear) => {
    const { reader, presence, pinsSent } = layDown();
    reader.tear = (_, command) => (VERIFY.test(hex(command)) ? tear : undefined);
    expect(await readMyNumberCard(presence, made(RIGHT), { reader })).toEqual({ kind: 'unsure' });
    expect(pinsSent()).toHaveLength(1);
  });

  it('is card-moved, without a PIN, when the card was exchanged before', async () => {
    const { reader, presence, pinsSent } = layDown();
    const other = new MyNumberCard('taro');
    reader.insert(other);
    expect(await readMyNumberCard(presence, made(RIGHT), { reader })).toEqual({ kind: 'card-moved' });
    expect(pinsSent()).toEqual([]);
    expect(other.state['text-pin'].triesLeft).toBe(3);
  });

  it('is reader-lost, without a PIN, when the reader is gone', async () => {
    const { reader, presence, pinsSent } = layDown();
    reader.unplug();
    expect(await readMyNumberCard(presence, made(RIGHT), { reader })).toEqual({ kind: 'reader-lost' });
    expect(pinsSent()).toEqual([]);
  });

  it('is unreadable when what the card gives is not what belongs there', async () => {
    const { reader, presence } = layDown({ holder: { ...KAKUU_HANAKO, birth: '19501303' } });
    expect(await readMyNumberCard(presence, made(RIGHT), { reader })).toEqual({ kind: 'unreadable' });
  });

  it('is unreadable, without a PIN, while another program holds the card', async () => {
    const { reader, presence, pinsSent } = layDown();
    reader.connect = async () => 'in-use';
    expect(await readMyNumberCard(presence, made(RIGHT), { reader })).toEqual({ kind: 'unreadable' });
    expect(pinsSent()).toEqual([]);
  });

  it('leaves nothing of the entry, whatever became of it', async () => {
    const ends: Array<(reader: DirectReader) => void> = [() => undefined, (reader) => reader.unplug(), (reader) => reader.remove(), (reader) => void (reader.connect = async () => 'in-use')];
    for (const end of ends) {
      const { reader, presence } = layDown();
      const digits = digitsOf(RIGHT);
      end(reader);
      await readMyNumberCard(presence, { way: 'pin', entry: new PinEntry(digits), warnedOfLastTry: false }, { reader });
      expect([...digits]).toEqual([0, 0, 0, 0]);
    }
  });

  it('leaves nothing verified on the card', async () => {
    const { card, reader, presence } = layDown();
    await readMyNumberCard(presence, made(RIGHT), { reader });
    for (const command of ['00A4040C0AD3921000310001010408', '00A4020C020002']) card.respond(Uint8Array.from(Buffer.from(command, 'hex')));
    expect(hex(card.respond(Uint8Array.from(Buffer.from('00B0000010', 'hex'))))).toBe('6982');
  });
});
