import { expect, test } from 'vitest';
import { OperationId } from '../../contract/ids.ts';
import { contentOf, isTransactionOf, transactionMacValue, transactionSessionKey } from './transaction-proof.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (of: Uint8Array) => Buffer.from(of).toString('hex');
const OPERATION = OperationId.parse('019a0000-0000-7000-8000-0123456789ab');
const record = (operationId: string, counter: string) => `8b0a000000500000${'00'.repeat(8)}${operationId.replaceAll('-', '')}${counter}${'00'.repeat(60)}`;
const value = (code: string, amount: string) => `${code}01${amount}${'00'.repeat(10)}`;
const data = (code: string) => `${code}00000000680000${'00'.repeat(8)}${'22'.repeat(104)}${'00'.repeat(8)}`;
const LOAD = `${data('ad')}${value('6c', '00000000')}${value('0c', '88130000')}${data('8d')}${record(OPERATION, '07000000')}`;
const operation = { operationId: OPERATION, counter: 7, credited: 5_000 };

test('the session key of AN12343', () => {
  const key = bytes('66a8cb93269dc9bc2885b7a91b9c697b');
  expect(hex(transactionSessionKey(key, 9, bytes('04010203040506')))).toBe('7c1ad2d9c5c08154a0a4914b401a6598');
});

test('the value has every second byte of the CMAC, from the second on', () => {
  // RFC 4493, example 2: 070a16b4 6b4d4144 f79bdd9d d04a287c.
  expect(hex(transactionMacValue(bytes('2b7e151628aed2a6abf7158809cf4f3c'), bytes('6bc1bee22e409f96e93d7e117393172a')))).toBe('0ab44d449b9d4a7c');
});

test('what a transaction did is read out of its input', () => {
  expect(contentOf(bytes(LOAD))).toMatchObject({ credited: 5_000, debited: 0 });
  expect(contentOf(bytes(`${value('dc', '0a000000')}${value('1c', '01000000')}`))).toEqual({ credited: 1, debited: 10, records: [] });
});

test.each([
  ['a part of a block', LOAD.slice(0, -2)],
  ['data that is cut off', data('ad').slice(0, -32)],
  ['a command that our cards do not know', value('c7', '00000000')],
  ['a record of no length', `8b0a000000000000${'00'.repeat(8)}`],
])('%s is no input of a transaction', (_, input) => {
  expect(contentOf(bytes(input))).toBeUndefined();
});

test('a transaction is that of an operation only by its id, its counter and its amount, without more', () => {
  expect(isTransactionOf(bytes(LOAD), operation)).toBe(true);
  expect(isTransactionOf(bytes(LOAD), { ...operation, operationId: OperationId.parse(OPERATION.replace('ab', 'ac')) })).toBe(false);
  expect(isTransactionOf(bytes(LOAD), { ...operation, counter: 8 })).toBe(false);
  expect(isTransactionOf(bytes(LOAD), { ...operation, credited: 4_999 })).toBe(false);
  expect(isTransactionOf(bytes(LOAD + value('0c', '01000000')), operation)).toBe(false);
  expect(isTransactionOf(bytes(LOAD + value('dc', '01000000')), operation)).toBe(false);
  expect(isTransactionOf(bytes(LOAD + record(OPERATION, '07000000')), operation)).toBe(false);
  expect(isTransactionOf(bytes(value('0c', '88130000')), operation)).toBe(false);
});
