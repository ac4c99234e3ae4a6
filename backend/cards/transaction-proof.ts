/**
 * Checks what a DESFire card put under a transaction: its MAC (TMV), made with a key that only the card and the backend have, over
 * everything the transaction did (TMI). So a kiosk cannot make a movement up, nor report another amount than the card took. Pure.
 *
 * Source: MF2DL(H)x0, 10.3 (session key, TMV, TMI); vector of AN12343. Every command stands in the input as it was sent: its
 * parameters, then the plain data, each filled up with zeros to whole blocks of 16.
 */
import { timingSafeEqual } from 'node:crypto';
import { cmac } from '@noble/ciphers/aes.js';
import { diversifiedKey } from '../../contract/diversified-key.ts';
import type { OperationId } from '../../contract/ids.ts';

export interface TransactionMac {
  /** TMC as the commit answered it: one more than before. */
  readonly transactionCounter: number;
  /** TMV, 8 bytes. */
  readonly value: Uint8Array;
  /** TMI. */
  readonly input: Uint8Array;
}

const BLOCK = 16;
const SESSION_MAC_LABEL = 0x5a;

/** SesTMMACKey. @param identifier UID, 7 bytes */
export function transactionSessionKey(transactionMacKey: Uint8Array, transactionCounter: number, identifier: Uint8Array): Uint8Array {
  const input = Buffer.alloc(9);
  input.set([SESSION_MAC_LABEL, 0x00, 0x01, 0x00, 0x80]);
  input.writeUInt32LE(transactionCounter, 5);
  return cmac(Uint8Array.from([...input, ...identifier]), transactionMacKey);
}

/** TMV: every second byte of the CMAC, from the second on. */
export function transactionMacValue(sessionKey: Uint8Array, input: Uint8Array): Uint8Array {
  return cmac(input, sessionKey).filter((_, index) => index % 2 === 1);
}

/** True when this card made `mac`. @param master one of the town's master keys */
export function isMacOfCard(mac: TransactionMac, master: Uint8Array, identifier: Uint8Array): boolean {
  const sessionKey = transactionSessionKey(diversifiedKey(master, 'transaction-mac', identifier), mac.transactionCounter, identifier);
  const expected = transactionMacValue(sessionKey, mac.input);
  return expected.length === mac.value.length && timingSafeEqual(expected, mac.value);
}

export interface TransactionContent {
  /** Sums of the values that went on and off the card. */
  readonly credited: number;
  readonly debited: number;
  /** What was written into records, in order. */
  readonly records: readonly Uint8Array[];
}

/** Native command codes. Reading is in the input too. */
const INS = { credit: 0x0c, debit: 0xdc, limitedCredit: 0x1c, getValue: 0x6c, readData: 0xad, writeData: 0x8d, writeRecord: 0x8b } as const;

/** @returns undefined when the bytes are not the input of a transaction of our cards */
export function contentOf(input: Uint8Array): TransactionContent | undefined {
  const bytes = Buffer.from(input);
  const records: Uint8Array[] = [];
  let [credited, debited, position] = [0, 0, 0];
  while (position < bytes.length) {
    if (bytes.length - position < BLOCK) return undefined;
    const command = bytes.subarray(position, position + BLOCK);
    position += BLOCK;
    switch (command[0]) {
      case INS.credit:
      case INS.limitedCredit:
        credited += command.readUInt32LE(2);
        break;
      case INS.debit:
        debited += command.readUInt32LE(2);
        break;
      case INS.getValue:
        break;
      case INS.readData:
      case INS.writeData:
      case INS.writeRecord: {
        const length = command.readUIntLE(5, 3);
        if (length === 0 || bytes.length - position < length) return undefined;
        if (command[0] === INS.writeRecord) records.push(Uint8Array.from(bytes.subarray(position, position + length)));
        position += Math.ceil(length / BLOCK) * BLOCK;
        break;
      }
      default:
        return undefined;
    }
  }
  return position === bytes.length ? { credited, debited, records } : undefined;
}

/**
 * True when the transaction is this operation: it wrote one record of the card's log, which begins with the operation's id (16 bytes) and the
 * counter after it (u32 LE), and put on exactly `credited`.
 */
export function isTransactionOf(input: Uint8Array, operation: { readonly operationId: OperationId; readonly counter: number; readonly credited: number }): boolean {
  const content = contentOf(input);
  const [record, ...further] = content?.records ?? [];
  if (!content || !record || further.length > 0 || record.length < 20) return false;
  const view = Buffer.from(record);
  return (
    view.toString('hex', 0, 16) === operation.operationId.replaceAll('-', '') &&
    view.readUInt32LE(16) === operation.counter &&
    content.credited === operation.credited &&
    content.debited === 0
  );
}
