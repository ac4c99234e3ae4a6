import { expect, test } from 'vitest';
import { transactionKeys, transactionMacValue } from './test-support/checked-transaction.ts';
import { macInput } from './transaction-mac.ts';
import { truncatedMac } from './secure-messaging.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex').toUpperCase();
const KEY = bytes('66A8CB93269DC9BC2885B7A91B9C697B');
const UID = bytes('04010203040506');

test('the keys of a transaction are those of AN12343: from the counter that the transaction will have', () => {
  const keys = transactionKeys(KEY, 9, UID);
  expect([hex(keys.mac), hex(keys.encryption)]).toEqual(['7C1AD2D9C5C08154A0A4914B401A6598', '119B902A07B18A865B8E1B0060594784']);
});

test('the value is the MAC over the input under the key of that transaction', () => {
  const input = bytes('0C01F4010000'.padEnd(32, '0'));
  expect(hex(transactionMacValue(KEY, 9, UID, input))).toBe(hex(truncatedMac(bytes('7C1AD2D9C5C08154A0A4914B401A6598'), input)));
});

test('parameters and data are each filled up with zeros to whole blocks', () => {
  expect(hex(macInput(bytes('8D000000000A0000'), bytes('11'.repeat(10))))).toBe(`8D000000000A0000${'00'.repeat(8)}${'11'.repeat(10)}${'00'.repeat(6)}`);
  expect(hex(macInput(bytes('0C01F4010000')))).toBe('0C01F4010000'.padEnd(32, '0'));
});
