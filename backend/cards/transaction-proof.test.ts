import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { OperationId, SchemeId } from '../../contract/ids.ts';
import { contentOf, isTransactionOf, transactionMacValue, transactionSessionKey } from './transaction-proof.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (of: Uint8Array) => Buffer.from(of).toString('hex');
const OPERATION = OperationId.parse('019a0000-0000-7000-8000-0123456789ab');
const KURASHI = SchemeId.parse('kurashi-2026');
const POINTS = SchemeId.parse('points-2026');
/** One row of a record: the pocket's reference, its slot, 00 for a credit and 01 for a debit, the amount. */
const row = (scheme: string, slot: string, kind: string, amount: string) => `${createHash('sha256').update(scheme).digest('hex').slice(0, 16)}${slot}${kind}${amount}`;
const record = (operationId: string, counter: string, ...rows: string[]) =>
  `8b0a000000500000${'00'.repeat(8)}${`${operationId.replaceAll('-', '')}${counter}010${rows.length}0000${rows.join('')}`.padEnd(160, '0')}`;
const value = (code: string, amount: string, file = '01') => `${code}${file}${amount}${'00'.repeat(10)}`;
const data = (code: string) => `${code}00000000680000${'00'.repeat(8)}${'22'.repeat(104)}${'00'.repeat(8)}`;
const CREDIT = row(KURASHI, '00', '00', '88130000');
const LOAD = `${data('ad')}${value('6c', '00000000')}${value('0c', '88130000')}${data('8d')}${record(OPERATION, '07000000', CREDIT)}`;
const operation = { operationId: OPERATION, counter: 7, changes: new Map([[KURASHI, 5_000]]) };

test('the session key of AN12343', () => {
  const key = bytes('66a8cb93269dc9bc2885b7a91b9c697b');
  expect(hex(transactionSessionKey(key, 9, bytes('04010203040506')))).toBe('7c1ad2d9c5c08154a0a4914b401a6598');
});

test('the value has every second byte of the CMAC, from the second on', () => {
  // RFC 4493, example 2: 070a16b4 6b4d4144 f79bdd9d d04a287c.
  expect(hex(transactionMacValue(bytes('2b7e151628aed2a6abf7158809cf4f3c'), bytes('6bc1bee22e409f96e93d7e117393172a')))).toBe('0ab44d449b9d4a7c');
});

test('what a transaction did is read out of its input', () => {
  expect(contentOf(bytes(LOAD))).toMatchObject({ changes: [{ file: 1, amount: 5_000 }] });
  expect(contentOf(bytes(`${value('dc', '0a000000')}${value('1c', '01000000', '02')}`))).toEqual({ changes: [{ file: 1, amount: -10 }, { file: 2, amount: 1 }], records: [] });
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
  expect(isTransactionOf(bytes(LOAD), { ...operation, changes: new Map([[KURASHI, 4_999]]) })).toBe(false);
  expect(isTransactionOf(bytes(LOAD + value('0c', '01000000')), operation)).toBe(false);
  expect(isTransactionOf(bytes(LOAD + value('dc', '01000000')), operation)).toBe(false);
  expect(isTransactionOf(bytes(LOAD + record(OPERATION, '07000000', CREDIT)), operation)).toBe(false);
  expect(isTransactionOf(bytes(value('0c', '88130000')), operation)).toBe(false);
});

test('a transaction is that of an operation only when it changes each pocket as the operation does, in the file of that pocket', () => {
  const rows = [row(POINTS, '03', '01', '64000000'), row(KURASHI, '00', '00', '32000000')];
  const moves = [value('dc', '64000000', '04'), value('0c', '32000000', '01')];
  const input = (of: { readonly rows?: string[]; readonly moves?: string[] } = {}) => bytes(`${data('ad')}${(of.moves ?? moves).join('')}${data('8d')}${record(OPERATION, '07000000', ...(of.rows ?? rows))}`);
  const exchange = { operationId: OPERATION, counter: 7, changes: new Map([[KURASHI, 50], [POINTS, -100]]) };
  expect(isTransactionOf(input(), exchange)).toBe(true);
  expect(isTransactionOf(input(), { ...exchange, changes: new Map([[KURASHI, 50]]) })).toBe(false);
  expect(isTransactionOf(input(), { ...exchange, changes: new Map([[KURASHI, 50], [POINTS, 100]]) })).toBe(false);
  expect(isTransactionOf(input(), { ...exchange, changes: new Map([[KURASHI, -100], [POINTS, 50]]) })).toBe(false);
  // The log says the one, the value files another.
  expect(isTransactionOf(input({ moves: [value('dc', '64000000', '01'), value('0c', '32000000', '04')] }), exchange)).toBe(false);
  expect(isTransactionOf(input({ moves: [moves[0] ?? '', value('0c', '33000000', '01')] }), exchange)).toBe(false);
  expect(isTransactionOf(input({ moves: [...moves, value('0c', '01000000', '05')] }), exchange)).toBe(false);
  expect(isTransactionOf(input({ rows: [rows[0] ?? '', rows[0] ?? ''] }), exchange)).toBe(false);
  expect(isTransactionOf(input({ rows: [rows[0] ?? ''] }), exchange)).toBe(false);
});
