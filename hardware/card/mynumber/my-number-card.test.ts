import { X509Certificate, randomBytes, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { issueIdentity, testHierarchy } from '../../simulator/my-number/card-identity.ts';
import { DirectReader } from '../../simulator/direct-reader.ts';
import { MyNumberCard, type MyNumberCardOptions } from '../../simulator/virtual-card-my-number.ts';
import { GuardedChannel } from './apdu-guard.ts';
import { OpenedMyNumberCard } from './my-number-card.ts';
import { PinEntry } from './pin-entry.ts';
import { FIRST_GENERATION, type PinName } from './profile.ts';
import { SELECT_JPKI, SELECT_TEXT, ScriptedCard, hexOf, selectFileOf, type ScriptedAnswer } from './test-support/scripted-card.ts';

const IDENTITY = issueIdentity(testHierarchy());
const CERTIFICATE = new X509Certificate(IDENTITY.authentication.certificate);
const CHALLENGE = Uint8Array.from(randomBytes(32));

function layDown(options: MyNumberCardOptions = { identity: IDENTITY }) {
  const virtual = new MyNumberCard('hanako', options);
  const reader = new DirectReader(virtual);
  const presence = reader.presence();
  if (presence.kind !== 'present') throw new Error(presence.kind);
  return { virtual, reader, card: new OpenedMyNumberCard(new GuardedChannel(reader, presence.generation, FIRST_GENERATION), FIRST_GENERATION) };
}

function scripted(...answers: readonly ScriptedAnswer[]) {
  const script = new ScriptedCard(...answers);
  return { script, card: new OpenedMyNumberCard(script.channel, FIRST_GENERATION) };
}

const enter = (card: OpenedMyNumberCard, which: PinName, digits: string) =>
  card.verifyPin(which, new PinEntry(Uint8Array.from(Buffer.from(digits, 'ascii'))), { warnedOfLastTry: false });

test.each([160, 20] as const)('a My Number card is known by its application and a label in %i bytes', async (tokenInformationBytes) => {
  const { virtual, card } = layDown({ identity: IDENTITY, oddities: { tokenInformationBytes } });
  expect(await card.detect()).toEqual({ kind: 'my-number' });
  expect(virtual.alarms).toEqual([]);
});

test.each(['JPKIAPICCTOKEN', 'JPKIAPGPSETOKEN', 'JPKIAPIOSTOKEN'] as const)('a card or telephone with the label %s is not one', async (tokenLabel) => {
  expect(await layDown({ oddities: { tokenLabel } }).card.detect()).toEqual({ kind: 'other-kind' });
});

test.each<[object, readonly ScriptedAnswer[]]>([
  [{ kind: 'not-on-card' }, ['6A82']],
  [{ kind: 'not-on-card' }, ['9000', '6A82']],
  [{ kind: 'card-moved' }, ['9000', '9000', { kind: 'card-moved' }]],
  [{ kind: 'reader-lost' }, [{ kind: 'reader-lost' }]],
  [{ kind: 'refused', status: 0x6f00 }, ['6F00']],
  // A SELECT that answers more than it was asked for leaves open what is current.
  [{ kind: 'refused', status: 0x9000 }, ['6F009000']],
])('detection ends in %j', async (outcome, answers) => {
  expect(await scripted(...answers).card.detect()).toEqual(outcome);
});

const HANAKO = { name: '架空　花子', address: '架空県見本市仮町１－２－３', birthDate: '1950-01-03', sex: 'female' };

test.each<[PinName, string]>([
  ['attributes-pin', '5678'],
  ['verification-number-b', '25010320351234'],
])('after %s the four attributes are read, and nothing else is', async (which, digits) => {
  const { virtual, card } = layDown();
  expect(await card.readAttributes()).toEqual({ kind: 'locked' });
  expect(await enter(card, which, digits)).toEqual({ kind: 'verified' });
  expect(await card.readAttributes()).toEqual({ kind: 'attributes', attributes: HANAKO });
  expect(new Set(virtual.given)).toEqual(new Set(['券面事項入力補助 0002']));
  expect(virtual.alarms).toEqual([]);
});

test('照合番号B leaves the number locked in the card itself', async () => {
  const { virtual, card } = layDown();
  await enter(card, 'verification-number-b', '25010320351234');
  // Past the guard, as no kiosk can: the card says no.
  for (const command of [SELECT_TEXT, selectFileOf('0001')]) virtual.respond(Uint8Array.from(Buffer.from(command, 'hex')));
  expect(hexOf(virtual.respond(Uint8Array.of(0x00, 0xb0, 0x00, 0x00, 0x00)))).toBe('6982');
  expect(virtual.alarms).not.toEqual([]);
});

test.each([256, 200, 100, 17])('certificates are read whole from a card that gives %i bytes at a time', async (longestRead) => {
  for (const shortRead of [0x9000, 0x6282] as const) {
    const { virtual, card } = layDown({ identity: IDENTITY, oddities: { longestRead, shortRead } });
    expect(await card.readCertificate()).toEqual({ kind: 'read', bytes: IDENTITY.authentication.certificate });
    expect(await card.readAuthority()).toEqual({ kind: 'read', bytes: IDENTITY.authentication.authority });
    expect(virtual.alarms).toEqual([]);
  }
});

test('a card without certificates says so', async () => {
  const { card } = layDown({});
  expect(await card.detect()).toEqual({ kind: 'my-number' });
  expect(await card.readCertificate()).toEqual({ kind: 'not-on-card' });
});

const TO_CERTIFICATE = [SELECT_JPKI, selectFileOf('000A')];
/** What the files of the next test hold. */
const WHOLE = { kind: 'read', bytes: Uint8Array.of(0x30, 3, 0xaa, 0xbb, 0xcc) };
const read = (offset: string, le: string) => `00B0${offset}${le}`;

test.each<[string, readonly ScriptedAnswer[], readonly string[], object]>([
  ['in one piece', ['3003AABBCCFFFF9000'], [read('0000', '00')], WHOLE],
  ['in two', ['3003AA9000', 'BBCC9000'], [read('0000', '00'), read('0003', '02')], WHOLE],
  ['with a warning at the file’s end', ['3003AABBCC6282'], [read('0000', '00')], WHOLE],
  ['with another length', ['6C05', '3003AABBCC9000'], [read('0000', '00'), read('0000', '05')], WHOLE],
  ['with another length, of 256', ['6C00', '3003AABBCC9000'], [read('0000', '00'), read('0000', '00')], WHOLE],
  ['as the rest of an answer', ['30036103', 'AABBCC9000'], [read('0000', '00'), '00C0000003'], WHOLE],
  ['with a length named twice', ['6C05', '6C05'], [read('0000', '00'), read('0000', '05')], { kind: 'refused', status: 0x6c05 }],
  ['from an empty file', ['9000'], [read('0000', '00')], { kind: 'malformed' }],
  ['from a file that ends too early', ['3003AA9000', '6B00'], [read('0000', '00'), read('0003', '02')], { kind: 'malformed' }],
  ['from a file that gives nothing more', ['3003AA9000', '9000'], [read('0000', '00'), read('0003', '02')], { kind: 'malformed' }],
  ['with more than was asked for', ['3003AA9000', 'BBCCDDEE9000'], [read('0000', '00'), read('0003', '02')], WHOLE],
  ['with a length nobody believes', ['308320000000009000'], [read('0000', '00')], { kind: 'malformed' }],
  ['from a locked file', ['6982'], [read('0000', '00')], { kind: 'locked' }],
  ['from a card that leaves', ['3003AA9000', { kind: 'card-moved' }], [read('0000', '00'), read('0003', '02')], { kind: 'card-moved' }],
  ['from a card that answers half', ['3003AA9000', 'BB'], [read('0000', '00'), read('0003', '02')], { kind: 'card-moved' }],
])('a file read %s', async (_how, answers, commands, outcome) => {
  const { script, card } = scripted('9000', '9000', ...answers);
  expect(await card.readCertificate()).toEqual(outcome);
  expect(script.sent).toEqual([...TO_CERTIFICATE, ...commands]);
});

test('an application that is current is not selected again: whether that would lock it is disputed', async () => {
  const { script, card } = scripted('9000', '9000', '63C3', '9000', '9000', '6982');
  expect(await enter(card, 'attributes-pin', '5678')).toEqual({ kind: 'verified' });
  await card.readAttributes();
  expect(script.sent.filter((command) => command.startsWith('00A4'))).toEqual([SELECT_TEXT, selectFileOf('0011'), selectFileOf('0002')]);
});

test('a card that never stops announcing more is not listened to for ever', async () => {
  const { script, card } = scripted('9000', '9000', ...Array.from({ length: 100 }, () => '30036101'));
  expect((await card.readCertificate()).kind).toBe('refused');
  expect(script.sent.length).toBeLessThan(50);
});

test('attributes that are not well-formed are refused', async () => {
  expect(await scripted('9000', '9000', 'FF2003DF21019000').card.readAttributes()).toEqual({ kind: 'malformed' });
});

test('after its PIN the card signs a challenge, which OpenSSL confirms with the certificate', async () => {
  const { virtual, card } = layDown();
  expect(await card.signChallenge(CHALLENGE, CERTIFICATE)).toEqual({ kind: 'locked' });
  expect(await enter(card, 'authentication-pin', '1234')).toEqual({ kind: 'verified' });
  const outcome = await card.signChallenge(CHALLENGE, CERTIFICATE);
  if (outcome.kind !== 'signed') throw new Error(outcome.kind);
  expect(outcome.signature).toHaveLength(256);
  expect(verify('sha256', CHALLENGE, CERTIFICATE.publicKey, outcome.signature)).toBe(true);
  expect(virtual.alarms).toEqual([]);
});

test('a signature by another key than the certificate’s is not genuine', async () => {
  const { card } = layDown();
  await enter(card, 'authentication-pin', '1234');
  const another = new X509Certificate(IDENTITY.signature.certificate);
  expect(await card.signChallenge(CHALLENGE, another)).toEqual({ kind: 'not-genuine' });
});

test.each<[object, ScriptedAnswer]>([
  [{ kind: 'not-genuine' }, `${'AB'.repeat(256)}9000`],
  [{ kind: 'malformed' }, `${'AB'.repeat(255)}9000`],
  [{ kind: 'malformed' }, '9000'],
  [{ kind: 'locked' }, '6982'],
  [{ kind: 'refused', status: 0x6a86 }, '6A86'],
  [{ kind: 'refused', status: 0x6c80 }, '6C80'],
  [{ kind: 'card-moved' }, { kind: 'card-moved' }],
  [{ kind: 'reader-lost' }, { kind: 'reader-lost' }],
])('a challenge ends in %j, and is sent once', async (outcome, answer) => {
  const { script, card } = scripted('9000', '9000', answer);
  expect(await card.signChallenge(CHALLENGE, CERTIFICATE)).toEqual(outcome);
  expect(script.sent).toHaveLength(3);
});

test('the card gets only the hash of a challenge, in a DigestInfo', async () => {
  const { script, card } = scripted('9000', '9000', '6982');
  await card.signChallenge(Buffer.from('abc', 'ascii'), CERTIFICATE);
  // SHA-256 of "abc": FIPS 180-4.
  const hash = 'BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD';
  expect(script.sent).toEqual([SELECT_JPKI, selectFileOf('0017'), `802A0080333031300D060960864801650304020105000420${hash}00`]);
});

test('a signature that comes in two pieces is put together', async () => {
  const { script, card } = scripted('9000', '9000', `${'AB'.repeat(128)}6180`, `${'AB'.repeat(128)}9000`);
  expect(await card.signChallenge(CHALLENGE, CERTIFICATE)).toEqual({ kind: 'not-genuine' });
  expect(script.sent.at(-1)).toBe('00C0000080');
});
