import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GET_IDENTIFIER, commandApdu, parseResponse, selectByName, wasSelected, type StatusWord } from './apdu.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();
const byte = fc.integer({ min: 0, max: 255 });

test('the identifier is asked for with FF CA 00 00 00', () => {
  expect(hex(GET_IDENTIFIER)).toBe('FFCA000000');
});

test('SELECT asks for the control information with Le, or for nothing with P2 = 0C', () => {
  const name = Uint8Array.of(0xa0, 0, 0, 0, 1);
  expect(hex(selectByName(name, 'fci'))).toBe('00A4040005A00000000100');
  expect(hex(selectByName(name, 'nothing'))).toBe('00A4040C05A000000001');
});

test('a command holds exactly what was put in, in the order of ISO 7816-4', () => {
  fc.assert(
    fc.property(byte, byte, byte, byte, fc.uint8Array({ maxLength: 255 }), fc.option(fc.integer({ min: 1, max: 256 })), (cla, ins, p1, p2, data, le) => {
      const command = commandApdu({ cla, ins, p1, p2, data, ...(le === null ? {} : { le }) });
      expect([...command.slice(0, 4)]).toEqual([cla, ins, p1, p2]);
      const lc = data.length > 0 ? 1 : 0;
      expect(command.length).toBe(4 + lc + data.length + (le === null ? 0 : 1));
      if (lc) expect(command[4]).toBe(data.length);
      expect(hex(command.slice(4 + lc, 4 + lc + data.length))).toBe(hex(data));
      if (le !== null) expect(command.at(-1)).toBe(le % 256);
    }),
  );
});

test('what does not fit is a bug of the caller and is refused', () => {
  const header = { cla: 0, ins: 0, p1: 0, p2: 0 };
  expect(() => commandApdu({ ...header, cla: 256 })).toThrow(RangeError);
  expect(() => commandApdu({ ...header, data: new Uint8Array(256) })).toThrow(RangeError);
  expect(() => commandApdu({ ...header, le: 0 })).toThrow(RangeError);
  expect(() => selectByName(new Uint8Array(4), 'fci')).toThrow(RangeError);
});

test('an answer is data and status word, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const parsed = parseResponse(bytes);
      const sw1 = bytes.at(-2) ?? 0;
      if (parsed.kind === 'response') {
        expect(hex(parsed.data) + parsed.status.toString(16).toUpperCase()).toBe(hex(bytes));
      } else {
        expect(bytes.length < 2 || sw1 < 0x61 || (sw1 > 0x6f && sw1 < 0x90) || sw1 > 0x9f).toBe(true);
      }
    }),
  );
});

test.each([
  [0x9000, true],
  [0x6110, true],
  [0x6283, true],
  [0x6a82, false],
  [0x6d00, false],
  [0x6e00, false],
  [0x6985, false],
])('status %i means selected: %s', (status, selected) => {
  expect(wasSelected(status as StatusWord)).toBe(selected);
});
