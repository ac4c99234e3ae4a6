import { expect, test } from 'vitest';
import { an10922, diversifiedKey, identifierBytesFor, type KeyPurpose } from './diversified-key.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (of: Uint8Array) => Buffer.from(of).toString('hex');
const MASTER = bytes('00112233445566778899aabbccddeeff');
const UID = bytes('04782e21801d80');
const IDM = bytes('0101061265a1c801');
const PURPOSES: KeyPurpose[] = ['card-master', 'application-master', 'spend', 'load', 'reserved-a', 'reserved-b', 'transaction-mac', 'felica-card'];
const identifierFor = (use: KeyPurpose) => (identifierBytesFor(use) === 7 ? UID : IDM);

test('the example of AN10922', () => {
  expect(hex(an10922(MASTER, bytes('04782e21801d803042f54e585020416275')))).toBe('a8dd63a3b89d54b37ca802473fda9175');
});

test('cards that are out keep their keys', () => {
  expect(hex(diversifiedKey(MASTER, 'spend', UID))).toBe(hex(an10922(MASTER, Uint8Array.of(...UID, 0x4b, 0x5a, 0x53, ...Buffer.from('kazasu spend')))));
  expect(PURPOSES.map((use) => hex(diversifiedKey(MASTER, use, identifierFor(use))))).toMatchInlineSnapshot(`
    [
      "b8fec2fe4f5131b202604c0331390b92",
      "49673aebbc23006681f472278671fbab",
      "953cebb22c7e0ef08eb2560408efb905",
      "537d41b19c3151a4187abc2def490fd0",
      "1208362d2a55bdf52226f8ae7ab5040f",
      "1c124e8081e1ee1c12a3765fe97993b7",
      "d08be0f1da7f3653e798cd23f890bbb2",
      "c5e9fd141294adb0002b7a78cc1a5da5",
    ]
  `);
});

test('every purpose, every card and every master key has a key of its own', () => {
  const keys = PURPOSES.flatMap((use) => {
    const identifier = identifierFor(use);
    const other = Uint8Array.from(identifier, (byte, index) => (index === 6 ? byte ^ 1 : byte));
    return [diversifiedKey(MASTER, use, identifier), diversifiedKey(MASTER, use, other), diversifiedKey(MASTER.toReversed(), use, identifier)].map(hex);
  });
  expect(new Set(keys).size).toBe(3 * PURPOSES.length);
});

test('an identifier or a master key of another length makes no key', () => {
  expect(() => diversifiedKey(MASTER, 'spend', UID.subarray(0, 4))).toThrow('7 bytes, not 4');
  expect(() => diversifiedKey(MASTER, 'felica-card', UID)).toThrow('8 bytes, not 7');
  expect(() => diversifiedKey(MASTER.subarray(1), 'spend', UID)).toThrow('16 bytes, not 15');
  expect(() => an10922(MASTER, new Uint8Array(15))).toThrow('16 to 31');
  expect(() => an10922(MASTER, new Uint8Array(32))).toThrow('16 to 31');
});
