import { expect, test } from 'vitest';
import { DirectReader } from '../../simulator/direct-reader.ts';
import { aesCbcDecrypt, aesCbcEncrypt, aesCmac, padded } from '../crypto.ts';
import { concatenated } from './native-commands.ts';
import { SecureSession, authenticate, sessionKeys, truncatedMac, type SessionCommand, type SessionKeys } from './secure-messaging.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex').toUpperCase();
const NO_KEY = '00'.repeat(16);

/** A card that answers what it is told to, in turn. */
function answering(...answers: readonly string[]) {
  const left = [...answers];
  const respond = () => bytes(left.shift()!);
  const reader = new DirectReader({ name: 'scripted', atr: bytes('3B8180018080'), alarms: [], powerOn() {}, powerOff() {}, reset() {}, respond });
  return { reader, link: { reader, generation: 1 } };
}

function session(given: { readonly encryption: string; readonly mac: string; readonly identifier: string; readonly counter: number }, ...answers: readonly string[]) {
  const { reader, link } = answering(...answers);
  const keys: SessionKeys = { encryption: bytes(given.encryption), mac: bytes(given.mac) };
  return { reader, session: new SecureSession(link, keys, bytes(given.identifier), given.counter) };
}

test.each([
  ['AN12343', NO_KEY, 'B04D0787C93EE0CC8CACC8E86F16C6FE', 'FA659AD0DCA738DD65DC7DC38612AD81', '63DC07286289A7A6C0334CA31C314A04', '774F26743ECE6AF5033B6AE8522946F6'],
  [
    'Proxmark3',
    '00112233445566778899AABBCCDDEEFF',
    '0123456789ABCDEF0123456789ABCDEF',
    'FEDCBA9876543210FEDCBA9876543210',
    '195428119C8528D59580A73C7C96C6A3',
    '0AF00F6E39F904C4A6388C812D53DC94',
  ],
])('session keys are those of %s', (_, key, randomA, randomB, encryption, mac) => {
  const keys = sessionKeys(bytes(key), bytes(randomA), bytes(randomB));
  expect([hex(keys.encryption), hex(keys.mac)]).toEqual([encryption, mac]);
});

/** AN12343, page 55: WriteData enciphered as the first command of a session, then ReadData. */
const PAGE_55 = { encryption: 'FFBCFE1F41840A09C9A88D0A4B10DF05', mac: '37E7234B11BEBEFDE41A8F290090EF80', identifier: 'CD73D8E5', counter: 0 };
const WRITE_25 = { ins: 0x8d, header: bytes('00000000190000'), data: bytes('22'.repeat(25)), protection: 'full' } as const;

test('an enciphered command is, byte for byte, that of AN12343', async () => {
  const { session: ours, reader } = session(PAGE_55, '91AE');
  await ours.transact(WRITE_25);
  expect(hex(reader.sent[0]!)).toBe('908D00002F00000000190000D7446FBC912580C0A65E738D28B609E43ADBB8FB2B4CA68744D1BBEBB37EBD32700ADF7BB9F62A6C00');
});

test('the next command of the same session is, byte for byte, that of AN12343', async () => {
  const { session: ours, reader } = session({ ...PAGE_55, counter: 1 }, '91AE');
  await ours.transact({ ins: 0xad, header: bytes('00000000300000') });
  expect(hex(reader.sent[0]!)).toBe('90AD00000F000000003000007CF94F122B3DB05F00');
});

test('the counter goes on by itself from one command to the next', async () => {
  // What the card answers to the first command: nothing but a MAC over 00, the counter as it is then, and the session.
  const answered = `${hex(truncatedMac(bytes(PAGE_55.mac), bytes(`000100${PAGE_55.identifier}`)))}9100`;
  const { session: ours, reader } = session(PAGE_55, answered, '91AE');
  expect(await ours.transact(WRITE_25)).toEqual({ kind: 'ok', data: bytes('') });
  await ours.transact({ ins: 0xad, header: bytes('00000000300000') });
  expect(hex(reader.sent[1]!)).toBe('90AD00000F000000003000007CF94F122B3DB05F00');
});

test('an enciphered key travels as in AN12343, page 83', async () => {
  const given = { encryption: 'CFD5F757E422144FE831842694AF69AF', mac: NO_KEY, identifier: 'B350F7C9', counter: 1 };
  const { session: ours, reader } = session(given, '91AE');
  await ours.transact({ ins: 0xce, header: bytes('0F0310F002'), data: bytes('F7D23E0C44AFADE542BFDF2DC5C6AE0200'), protection: 'full' });
  expect(hex(reader.sent[0]!.slice(10, 42))).toBe('E64CF1262C6B798B95C950FD7353EA8764B1F4F4C69C4068F513715C486E18B3');
});

test('an enciphered answer is opened with the vector of AN12343, page 15', async () => {
  const given = { encryption: 'C1D7BD9F60034D8432F9AF3403D573D0', mac: NO_KEY, identifier: '569D4B24', counter: 0 };
  const body = aesCbcEncrypt(bytes(given.encryption), bytes('5A42ECB2111A9267FA5F2682523229AC'), padded(bytes('CAFE')));
  const mac = truncatedMac(bytes(NO_KEY), concatenated(bytes('000100569D4B24'), body));
  const { session: ours } = session(given, `${hex(body)}${hex(mac)}9100`);
  expect(await ours.transact({ ins: 0x51, protection: 'full' })).toEqual({ kind: 'ok', data: bytes('CAFE') });
});

const READ: SessionCommand = { ins: 0xad, header: bytes('00000000020000') };
const GOOD = `CAFE${hex(truncatedMac(bytes(PAGE_55.mac), bytes(`000100${PAGE_55.identifier}CAFE`)))}9100`;

test('an answer that comes in frames is checked as one', async () => {
  const { session: ours, reader } = session(PAGE_55, `${GOOD.slice(0, 6)}91AF`, GOOD.slice(6));
  expect(await ours.transact(READ)).toEqual({ kind: 'ok', data: bytes('CAFE') });
  expect(hex(reader.sent[1]!)).toBe('90AF000000');
});

test.each([
  ['a wrong MAC', GOOD.replace('CAFE', 'CAFF'), { kind: 'wrong-proof' }],
  ['an answer without a MAC', 'CAFE9100', { kind: 'wrong-proof' }],
  ['an error', '919D', { kind: 'refused', status: 0x9d }],
  ['what is no answer of a DESFire', '6E00', { kind: 'garbled' }],
  ['what is no answer at all', '00', { kind: 'garbled' }],
])('%s ends the session', async (_, answer, failure) => {
  const { session: ours, reader } = session(PAGE_55, answer);
  expect(await ours.transact(READ)).toEqual(failure);
  await expect(ours.transact(READ)).rejects.toThrow(/ended/);
  expect(reader.sent).toHaveLength(1);
});

test('an answer that is replayed is not taken twice', async () => {
  const { session: ours } = session(PAGE_55, GOOD, GOOD);
  expect((await ours.transact(READ)).kind).toBe('ok');
  expect(await ours.transact(READ)).toEqual({ kind: 'wrong-proof' });
});

test('a card that never ends its answer is not waited for', async () => {
  const { session: ours, reader } = session(PAGE_55, ...Array.from({ length: 100 }, () => '91AF'));
  expect(await ours.transact(READ)).toEqual({ kind: 'garbled' });
  expect(reader.sent.length).toBeLessThan(40);
});

/** The card's side of the authentication of AN12343, page 33, with the key of zeros. */
const RANDOM_A = bytes('B04D0787C93EE0CC8CACC8E86F16C6FE');
const RANDOM_B = bytes('FA659AD0DCA738DD65DC7DC38612AD81');
const zeroIv = bytes(NO_KEY);
const CHALLENGE = hex(aesCbcEncrypt(bytes(NO_KEY), zeroIv, RANDOM_B));
const rotated = (data: Uint8Array) => Uint8Array.of(...data.slice(1), data[0]!);
const proofOf = (randomA: Uint8Array) => hex(aesCbcEncrypt(bytes(NO_KEY), zeroIv, concatenated(bytes('CD73D8E5'), rotated(randomA), new Uint8Array(12))));

test('authentication proves both sides in two round trips, and starts the session of both random numbers', async () => {
  const answer = hex(truncatedMac(bytes('774F26743ECE6AF5033B6AE8522946F6'), bytes('000100CD73D8E5')));
  const { reader, link } = answering(`${CHALLENGE}91AF`, `${proofOf(RANDOM_A)}9100`, `${answer}9100`);
  const started = await authenticate(link, 2, bytes(NO_KEY), () => RANDOM_A);
  if (started.kind !== 'session') throw new Error(started.kind);
  expect(hex(reader.sent[0]!)).toBe('9071000002020000');
  expect(hex(reader.sent[1]!.slice(0, 5))).toBe('90AF000020');
  expect(hex(aesCbcDecrypt(bytes(NO_KEY), zeroIv, reader.sent[1]!.slice(5, 37)))).toBe(hex(RANDOM_A) + hex(rotated(RANDOM_B)));
  expect(await started.session.transact({ ins: 0xc7 })).toEqual({ kind: 'ok', data: bytes('') });
  const mac = truncatedMac(bytes('774F26743ECE6AF5033B6AE8522946F6'), bytes('C70000CD73D8E5'));
  expect(hex(reader.sent[2]!)).toBe(`90C7000008${hex(mac)}00`);
});

test.each([
  ['a card that does not know the key', [`${CHALLENGE}91AF`, `${proofOf(RANDOM_B)}9100`], { kind: 'wrong-proof' }],
  ['a card that does not take our key', [`${CHALLENGE}91AF`, '91AE'], { kind: 'refused', status: 0xae }],
  ['a card without that key', ['9140'], { kind: 'refused', status: 0x40 }],
  ['a challenge that is too short', [`${CHALLENGE.slice(2)}91AF`], { kind: 'garbled' }],
  ['a proof that is too short', [`${CHALLENGE}91AF`, `${proofOf(RANDOM_A).slice(2)}9100`], { kind: 'garbled' }],
])('%s starts no session', async (_, answers, failure) => {
  const { link } = answering(...answers);
  expect(await authenticate(link, 1, bytes(NO_KEY), () => RANDOM_A)).toEqual(failure);
});

test('MACs are every second byte of the CMAC', () => {
  expect(hex(aesCmac(bytes(NO_KEY), bytes('')))).toHaveLength(32);
  const whole = aesCmac(bytes(NO_KEY), bytes('01'));
  expect(hex(truncatedMac(bytes(NO_KEY), bytes('01')))).toBe(hex(Uint8Array.of(...[1, 3, 5, 7, 9, 11, 13, 15].map((index) => whole[index]!))));
});
