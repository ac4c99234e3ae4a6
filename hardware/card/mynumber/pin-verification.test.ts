import { expect, test, vi } from 'vitest';
import { MyNumberCard, type MyNumberCardOptions } from '../../simulator/virtual-card-my-number.ts';
import { DirectReader } from '../../simulator/direct-reader.ts';
import { GuardedChannel } from './apdu-guard.ts';
import { PinEntry } from './pin-entry.ts';
import { triesLeft, verifyPin } from './pin-verification.ts';
import { FIRST_GENERATION, type PinName } from './profile.ts';
import { ASK_TRIES, SELECT_JPKI, SELECT_NEUTRAL, SELECT_TEXT, ScriptedCard, hexOf, selectFileOf, type ScriptedAnswer } from './test-support/scripted-card.ts';

/** What the holder is told: where to go. */
const BLOCKED_PIN = { kind: 'blocked', unblockedAt: 'municipal-office' } as const;

const UNWARNED = { warnedOfLastTry: false };
const WARNED = { warnedOfLastTry: true };
const digitsOf = (text: string) => Uint8Array.from(Buffer.from(text, 'utf8'));
const entryOf = (text: string) => new PinEntry(digitsOf(text));
const ask = (channel: GuardedChannel, which: PinName = 'authentication-pin') => triesLeft(channel, FIRST_GENERATION, which);
const verify = (channel: GuardedChannel, digits: string, options = UNWARNED, which: PinName = 'authentication-pin') =>
  verifyPin(channel, FIRST_GENERATION, which, entryOf(digits), options);

/** A virtual card on a reader of this process; every command that reached it. */
function layDown(options: MyNumberCardOptions = {}) {
  const card = new MyNumberCard('hanako', options);
  const reader = new DirectReader(card);
  const presence = reader.presence();
  if (presence.kind !== 'present') throw new Error(presence.kind);
  const channel = new GuardedChannel(reader, presence.generation, FIRST_GENERATION);
  return { card, channel, verifications: () => reader.sent.filter((command) => command[1] === 0x20 && command.length > 4).map(hexOf) };
}

test.each<[PinName, string, number]>([
  ['authentication-pin', '1234', 3],
  ['attributes-pin', '5678', 3],
  ['verification-number-b', '25010320351234', 10],
])('%s is verified, and the tries before it are told', async (which, digits, tries) => {
  const { card, channel, verifications } = layDown();
  expect(await ask(channel, which)).toEqual({ kind: 'left', tries });
  expect(await verify(channel, digits, UNWARNED, which)).toEqual({ kind: 'verified' });
  expect(verifications()).toHaveLength(1);
  expect(card.alarms).toEqual([]);
});

test('each wrong entry costs one try, and the last one is used only after a warning was accepted', async () => {
  const { channel, verifications } = layDown();
  expect(await verify(channel, '0000')).toEqual({ kind: 'wrong', tries: 2 });
  expect(await verify(channel, '0000')).toEqual({ kind: 'wrong', tries: 1 });
  expect(await verify(channel, '1234')).toEqual({ kind: 'last-try' });
  expect(verifications()).toHaveLength(2);
  expect(await verify(channel, '1234', WARNED)).toEqual({ kind: 'verified' });
  expect(await ask(channel)).toEqual({ kind: 'left', tries: 3 });
});

test.each([0x6984, 0x6983] as const)('a wrong entry at the last try blocks, and nothing is sent to a blocked card (%i)', async (blocked) => {
  const { channel, verifications } = layDown({ oddities: { blocked } });
  for (const tries of [2, 1]) expect(await verify(channel, '0000')).toEqual({ kind: 'wrong', tries });
  expect(await verify(channel, '0000', WARNED)).toEqual(BLOCKED_PIN);
  expect(await ask(channel)).toEqual(BLOCKED_PIN);
  expect(await verify(channel, '1234', WARNED)).toEqual(BLOCKED_PIN);
  expect(verifications()).toHaveLength(3);
});

const TO_PIN = [SELECT_JPKI, selectFileOf('0018'), ASK_TRIES];
const VERIFY_1234 = '002000800431323334';

test.each([
  ['63C3', { kind: 'left', tries: 3 }],
  ['63CF', { kind: 'left', tries: 15 }],
  ['63C0', BLOCKED_PIN],
  ['6983', BLOCKED_PIN],
  ['6984', BLOCKED_PIN],
  ['9000', { kind: 'verified' }],
  // "Unlimited" on other cards: here it would be a card nobody knows.
  ['6300', { kind: 'refused', status: 0x6300 }],
  ['6F00', { kind: 'refused', status: 0x6f00 }],
])('tries answered by %s are %j', async (status, tries) => {
  const card = new ScriptedCard('9000', '9000', status);
  expect(await ask(card.channel)).toEqual(tries);
  expect(card.sent).toEqual(TO_PIN);
});

test.each(['63C0', '6983', '6984', '6300', '6F00', '6A82'])('while the card does not say that tries are left (%s) no PIN is sent', async (status) => {
  const card = new ScriptedCard('9000', '9000', status);
  await verify(card.channel, '1234', WARNED);
  expect(card.sent).toEqual(TO_PIN);
});

test.each<[string, ScriptedAnswer, object]>([
  ['success', '9000', { kind: 'verified' }],
  ['tries left', '63C2', { kind: 'wrong', tries: 2 }],
  ['no tries left', '63C0', BLOCKED_PIN],
  ['blocked', '6983', BLOCKED_PIN],
  ['blocked, in other words', '6984', BLOCKED_PIN],
  ['the failure of a first command', '6F00', { kind: 'unknown' }],
  ['a warning without a number', '6300', { kind: 'unknown' }],
  ['a half answer', '90', { kind: 'unknown' }],
  ['garbled bytes', '6FFFAB', { kind: 'unknown' }],
  ['a card that left', { kind: 'card-moved' }, { kind: 'unknown' }],
  ['a reader that is gone', { kind: 'reader-lost' }, { kind: 'unknown' }],
])('a PIN that was answered by %s is sent once', async (_what, answer, outcome) => {
  const card = new ScriptedCard('9000', '9000', '63C3', answer);
  expect(await verify(card.channel, '1234')).toEqual(outcome);
  expect(card.sent).toEqual([...TO_PIN, VERIFY_1234]);
});

test.each<[number, ScriptedAnswer, object]>([
  [0, { kind: 'card-moved' }, { kind: 'card-moved' }],
  [1, { kind: 'reader-lost' }, { kind: 'reader-lost' }],
  [2, { kind: 'card-moved' }, { kind: 'card-moved' }],
  [0, '6A82', { kind: 'not-on-card' }],
  [1, '6A82', { kind: 'not-on-card' }],
  [0, '6F00', { kind: 'refused', status: 0x6f00 }],
])('when command %i before the PIN ends in %j, the PIN is not sent', async (index, answer, outcome) => {
  const card = new ScriptedCard(...['9000', '9000'].slice(0, index), answer);
  expect(await verify(card.channel, '1234')).toEqual(outcome);
  expect(card.sent).toEqual(TO_PIN.slice(0, index + 1));
});

test.each(['', '123', '12345', '12a4', '１'])('an entry that cannot be a PIN ("%s") is not sent', async (digits) => {
  const card = new ScriptedCard('9000', '9000', '63C3');
  expect(await verify(card.channel, digits)).toEqual({ kind: 'not-possible' });
  expect(card.sent).toEqual(TO_PIN);
});

test('what another entry verified says nothing for this one: the card must forget it first', async () => {
  const { channel, verifications } = layDown({ oddities: { queryWhenVerified: 'ok' } });
  expect(await verify(channel, '1234')).toEqual({ kind: 'verified' });
  expect(await ask(channel)).toEqual({ kind: 'verified' });
  expect(await verify(channel, '0000')).toEqual({ kind: 'wrong', tries: 2 });
  expect(verifications()).toHaveLength(2);
});

test('a card that cannot be made to forget is sent no PIN', async () => {
  const card = new ScriptedCard('9000', '9000', '9000', '9000', '9000', '9000', '9000');
  expect(await verify(card.channel, '1234')).toEqual({ kind: 'refused', status: 0x9000 });
  expect(card.sent).toEqual([...TO_PIN, SELECT_NEUTRAL, ...TO_PIN]);
});

test('an entry is zeroed whatever became of it, and so is the command that held it', async () => {
  const scripts: readonly (readonly ScriptedAnswer[])[] = [
    [{ kind: 'card-moved' }],
    ['9000', '9000', '63C0'],
    ['9000', '9000', '63C1'],
    ['9000', '9000', '63C3', '9000'],
    ['9000', '9000', '63C3', '63C2'],
    ['9000', '9000', '63C3', { kind: 'card-moved' }],
  ];
  for (const script of scripts) {
    const card = new ScriptedCard(...script);
    const digits = digitsOf('1234');
    const entry = new PinEntry(digits);
    const transmit = vi.spyOn(card.channel, 'transmit');
    await verifyPin(card.channel, FIRST_GENERATION, 'authentication-pin', entry, UNWARNED);
    expect([...digits]).toEqual([0, 0, 0, 0]);
    const withPin = transmit.mock.calls.map(([command]) => command).filter((command) => command.length === 9);
    for (const command of [...withPin, ...card.arrays]) expect([...command].every((byte) => byte === 0)).toBe(true);
    await expect(entry.take(async () => undefined)).rejects.toThrow(/used already/);
  }
});

test('照合番号B goes to its own file as 14 digits', async () => {
  const card = new ScriptedCard('9000', '9000', '63CA', '9000');
  expect(await verify(card.channel, '55021720352285', UNWARNED, 'verification-number-b')).toEqual({ kind: 'verified' });
  expect(card.sent).toEqual([SELECT_TEXT, selectFileOf('0015'), ASK_TRIES, `002000800E${Buffer.from('55021720352285', 'ascii').toString('hex')}`]);
});
