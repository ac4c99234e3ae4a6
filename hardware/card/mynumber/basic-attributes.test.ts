import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBasicAttributes } from './basic-attributes.ts';
import { bytesOf } from './test-support/scripted-card.ts';

/** Of nobody: made for tests. */
const FILE = bytesOf(
  'FF2056DF2108000E0020004A0055DF220FE69EB6E7A9BAE38080E88AB1E5AD90DF2327E69EB6E7A9BAE79C8CE8A68BE69CACE5B882E4BBAEE794BAEFBC91EFBC8DEFBC92EFBC8DEFBC93DF24083139353030313033DF250132',
);
const HANAKO = { name: '架空　花子', address: '架空県見本市仮町１－２－３', birthDate: '1950-01-03', sex: 'female' };

/** The file with some bytes replaced. */
function changed(at: number, ...bytes: readonly number[]): Uint8Array {
  const file = Uint8Array.from(FILE);
  file.set(bytes, at);
  return file;
}
const ascii = (text: string) => Buffer.from(text, 'ascii');
/** A file that is right in all but what it says. */
function fileOf(name: string, address: string): Uint8Array {
  let offset = 3 + 11;
  const values = [name, address, '19500103', '2'].map((text, index) => {
    const value = [0xdf, 0x22 + index, Buffer.byteLength(text), ...Buffer.from(text)];
    offset += value.length;
    return { value, offset: offset - value.length };
  });
  const body = [0xdf, 0x21, 0x08, ...values.flatMap((entry) => [0x00, entry.offset]), ...values.flatMap((entry) => entry.value)];
  return Uint8Array.of(0xff, 0x20, body.length, ...body);
}
const BIRTH_AT = 0x4a + 3;
const SEX_AT = 0x55 + 3;

test('the four attributes are read by their tags', () => {
  expect(parseBasicAttributes(FILE)).toEqual({ kind: 'attributes', attributes: HANAKO });
});

test.each([[0x00], [0xff], [0xff, 0x00, 0xff]])('filler behind them is no part of them (%i …)', (...filler) => {
  expect(parseBasicAttributes(Uint8Array.from([...FILE, ...filler]))).toEqual({ kind: 'attributes', attributes: HANAKO });
});

test('names and addresses may have any length', () => {
  const attributes = { name: '花', address: '架空県', birthDate: '1950-01-03', sex: 'female' };
  expect(parseBasicAttributes(fileOf('花', '架空県'))).toEqual({ kind: 'attributes', attributes });
});

test('lengths may be written in the long form', () => {
  const long = Uint8Array.from([0xff, 0x20, 0x81, 0x56, ...FILE.subarray(3)]);
  // Everything stands one byte further on.
  for (const index of [1, 3, 5, 7]) long[4 + 3 + index]! += 1;
  expect(parseBasicAttributes(long)).toEqual({ kind: 'attributes', attributes: HANAKO });
});

test.each([
  ['1', 'male'],
  ['2', 'female'],
  ['0', 'not-known'],
  ['9', 'not-applicable'],
])('sex %s is %s', (digit, sex) => {
  expect(parseBasicAttributes(changed(SEX_AT, ...ascii(digit)))).toEqual({ kind: 'attributes', attributes: { ...HANAKO, sex } });
});

test.each(['19500100', '19500003', '19500000'])('a birth date that old registers know only in part (%s) is not made up', (digits) => {
  expect(parseBasicAttributes(changed(BIRTH_AT, ...ascii(digits)))).toEqual({ kind: 'attributes', attributes: { ...HANAKO, birthDate: null } });
});

test.each([
  ['nothing', new Uint8Array()],
  ['another object', changed(1, 0x30)],
  ['a length past the end', changed(2, 0x57)],
  ['a length that cuts the last value', changed(2, 0x55)],
  ['something else than filler behind it', Uint8Array.from([...FILE, 0x41])],
  ['an offset that points elsewhere', changed(7, 0x0f)],
  ['offsets of the wrong length', changed(5, 0x07)],
  ['a tag twice', Uint8Array.of(...changed(2, 0x5a), 0xdf, 0x25, 0x01, 0x31)],
  ['an empty name', fileOf('', '架空県')],
  ['an empty address', fileOf('花子', '')],
  ['a missing tag', changed(0x55, 0xdf, 0x29)],
  ['a name that is not UTF-8', changed(0x0e + 3, 0xff)],
  ['a day that does not exist', changed(BIRTH_AT, ...ascii('19500230'))],
  ['a birth date with a letter', changed(BIRTH_AT, ...ascii('S2501030'))],
  ['a sex that is none', changed(SEX_AT, ...ascii('3'))],
])('%s is malformed', (_what, file) => {
  expect(parseBasicAttributes(file)).toEqual({ kind: 'malformed' });
});

test('whatever the bytes, the answer is closed', () => {
  const damaged = fc.tuple(fc.nat({ max: FILE.length - 1 }), fc.nat({ max: 255 })).map(([at, byte]) => changed(at, byte));
  const cut = fc.nat({ max: FILE.length - 1 }).map((length) => FILE.slice(0, length));
  fc.assert(
    fc.property(fc.oneof(damaged, cut, fc.uint8Array({ maxLength: 120 })), (file) => {
      expect(['attributes', 'malformed']).toContain(parseBasicAttributes(file).kind);
    }),
  );
  fc.assert(
    fc.property(cut, (file) => {
      expect(parseBasicAttributes(file)).toEqual({ kind: 'malformed' });
    }),
  );
});
