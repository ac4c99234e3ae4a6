import { expect, test } from 'vitest';
import { felicaMac, macOfRead, macOfWrite, reversedGroups, sessionKeysOf, writeCounterBytes, writeCounterIn } from './mac.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (of: Uint8Array) => Buffer.from(of).toString('hex');
const range = (from: number, count: number) => Uint8Array.from({ length: count }, (_, index) => from + index);

/** The example of nfcpy's tests. */
const CARD_KEY = Uint8Array.from(Buffer.from('0123456789abcdef', 'ascii'));
const session = sessionKeysOf(CARD_KEY, bytes('07060504030201000f0e0d0c0b0a0908'));
const ID = bytes('01020304050607080000000000000000');

test('the general MAC, with a key and with its halves exchanged', () => {
  expect(hex(felicaMac(range(0, 16), range(0, 8), range(0, 32)))).toBe('0b1268d7a4ac6932');
  expect(hex(felicaMac(Uint8Array.from([...range(8, 8), ...range(0, 8)]), range(0, 8), range(0, 32)))).toBe('18cdd33c0fb25dd7');
});

test('a card key stands in its block with each half turned round', () => {
  expect(hex(reversedGroups(CARD_KEY))).toBe('37363534333231306665646362613938');
});

test('a challenge and the card key make the session key', () => {
  expect(hex(session.forReading)).toBe('b636d955a9f0e2cc48b106f95506c3f6');
  expect(hex(session.forWriting)).toBe('48b106f95506c3f6b636d955a9f0e2cc');
});

test('the MAC of FeliCa Lite covers the data alone', () => {
  expect(hex(felicaMac(session.forReading, session.iv, ID))).toBe('91aec5b6d9b3b12d');
});

test('MAC_A of a read covers the list of the blocks as well', () => {
  expect(hex(macOfRead(session, [0x82], [ID]))).toBe('6a9c1ca386de4213');
  expect(hex(macOfRead(session, [0x00], [range(0x10, 16)]))).toBe('365605d6ff7f00c1');
});

test('MAC_A of a write covers the write counter and the block number', () => {
  const state = new Uint8Array(16);
  state[0] = 1;
  expect(hex(macOfWrite(session, 0xfffe00, 0x92, state))).toBe('17c19e3bbdc3e8bd');
  const register = new Uint8Array(16);
  new DataView(register.buffer).setUint32(0, 700, true);
  expect(hex(macOfWrite(session, 5, 0x0e, register))).toBe('670e815a420b6c24');
});

test('the write counter has three bytes, the lowest first', () => {
  expect(writeCounterBytes(0xfffe00)).toEqual([0x00, 0xfe, 0xff]);
  expect(writeCounterIn(bytes('00feff00000000000000000000000000'))).toBe(0xfffe00);
});
