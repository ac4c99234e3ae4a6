import { expect, test } from 'vitest';
import { aesCbcEncrypt, aesCmac, padded } from '../../card/crypto.ts';
import { hexOf } from '../virtual-card-answers.ts';
import { fromHex } from './byte-fields.ts';
import { Session, sessionKeys, truncatedMac } from './session.ts';
import { Refusal } from './status.ts';
import { encryptedReaderId, macInput, transactionMac } from './transaction-mac.ts';

const session = (encryption: string, mac: string, transactionId: string, counter = 0) =>
  new Session(0, { encryption: fromHex(encryption), mac: fromHex(mac) }, fromHex(transactionId), counter);

test.each([
  ['AN12343', '00'.repeat(16), 'B04D0787C93EE0CC8CACC8E86F16C6FE', 'FA659AD0DCA738DD65DC7DC38612AD81', '63DC07286289A7A6C0334CA31C314A04', '774F26743ECE6AF5033B6AE8522946F6'],
  ['Proxmark 3', '00112233445566778899AABBCCDDEEFF', '0123456789ABCDEF0123456789ABCDEF', 'FEDCBA9876543210FEDCBA9876543210', '195428119C8528D59580A73C7C96C6A3', '0AF00F6E39F904C4A6388C812D53DC94'],
])('session keys as in %s', (_source, key, a, b, encryption, mac) => {
  const keys = sessionKeys(fromHex(key), fromHex(a), fromHex(b));
  expect([hexOf(keys.encryption), hexOf(keys.mac)]).toEqual([encryption, mac]);
});

const WRITE = 'D7446FBC912580C0A65E738D28B609E43ADBB8FB2B4CA68744D1BBEBB37EBD32';
const writing = () => session('FFBCFE1F41840A09C9A88D0A4B10DF05', '37E7234B11BEBEFDE41A8F290090EF80', 'CD73D8E5');

test('the enciphered WriteData of AN12343 is opened, and the ReadData after it', () => {
  const card = writing();
  const opened = card.open(0x8d, fromHex(`00000000190000${WRITE}700ADF7BB9F62A6C`), 7, 'full');
  expect([hexOf(opened.header), hexOf(opened.data)]).toEqual(['00000000190000', '22'.repeat(25)]);
  card.close(new Uint8Array(), 'mac');
  expect(hexOf(card.open(0xad, fromHex('000000003000007CF94F122B3DB05F'), 7, 'mac').header)).toBe('00000000300000');
});

test('a command with any bit turned over is not opened', () => {
  const body = fromHex(`00000000190000${WRITE}700ADF7BB9F62A6C`);
  for (let bit = 0; bit < 8 * body.length; bit += 1) {
    const turned = body.with(bit >> 3, body[bit >> 3]! ^ (1 << (bit & 7)));
    expect(() => writing().open(0x8d, turned, 7, 'full')).toThrow(Refusal);
  }
  expect(() => writing().open(0x3d, body, 7, 'full')).toThrow(Refusal);
});

test('the key in CreateTransactionMACFile of AN12343 is deciphered', () => {
  const header = '0F011FF002';
  const cryptogram = 'E64CF1262C6B798B95C950FD7353EA8764B1F4F4C69C4068F513715C486E18B3';
  // The session's MAC key is not published; the MAC is made with one of zeros.
  const mac = truncatedMac(aesCmac(new Uint8Array(16), fromHex(`CE0100B350F7C9${header}${cryptogram}`)));
  const card = session('CFD5F757E422144FE831842694AF69AF', '00'.repeat(16), 'B350F7C9', 1);
  const opened = card.open(0xce, fromHex(header + cryptogram + hexOf(mac)), 5, 'full');
  expect(hexOf(opened.data)).toBe('F7D23E0C44AFADE542BFDF2DC5C6AE0200');
});

test('an answer is enciphered from the vector of AN12343, for the command just counted', () => {
  const encryption = 'C1D7BD9F60034D8432F9AF3403D573D0';
  const answer = session(encryption, '00'.repeat(16), '569D4B24').close(fromHex('0102030405'), 'full');
  const expected = aesCbcEncrypt(fromHex(encryption), fromHex('5A42ECB2111A9267FA5F2682523229AC'), padded(fromHex('0102030405')));
  expect(hexOf(answer.slice(0, -8))).toBe(hexOf(expected));
});

test('transaction MACs are made with the session keys of AN12343', () => {
  const key = fromHex('66A8CB93269DC9BC2885B7A91B9C697B');
  const uid = fromHex('04010203040506');
  const input = macInput(fromHex('0C0164000000'));
  expect(hexOf(transactionMac(key, 9, uid, input))).toBe(hexOf(truncatedMac(aesCmac(fromHex('7C1AD2D9C5C08154A0A4914B401A6598'), input))));
  const previous = fromHex('00112233445566778899AABBCCDDEEFF');
  const enciphered = aesCbcEncrypt(fromHex('119B902A07B18A865B8E1B0060594784'), new Uint8Array(16), previous);
  expect(hexOf(encryptedReaderId(key, 9, uid, previous))).toBe(hexOf(enciphered));
});
