/**
 * Checks what a DESFire card put under a transaction: its MAC (TMV), made with a key that only the card and the backend have, over
 * everything the transaction did (TMI). So a kiosk cannot make a movement up, nor report another amount than the card took. Pure.
 *
 * Source: MF2DL(H)x0, 10.3 (session key, TMV, TMI); vector of AN12343. Every command stands in the input as it was sent: its
 * parameters, then the plain data, each filled up with zeros to whole blocks of 16.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { cmac } from '@noble/ciphers/aes.js';
import { diversifiedKey } from '../../contract/diversified-key.ts';
import type { OperationId, SchemeId } from '../../contract/ids.ts';

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

/** What checking a card's transactions takes, of one version of its keys. */
export interface TransactionKey {
  /** Made of one of the town's master keys. */
  readonly key: Uint8Array;
  /** UID, 7 bytes. */
  readonly identifier: Uint8Array;
}

export const transactionKeyOf = (master: Uint8Array, identifier: Uint8Array): TransactionKey => ({ key: diversifiedKey(master, 'transaction-mac', identifier), identifier });

/** True when this card made `mac`. */
export function isMacOfCard(mac: TransactionMac, { key, identifier }: TransactionKey): boolean {
  const sessionKey = transactionSessionKey(key, mac.transactionCounter, identifier);
  const expected = transactionMacValue(sessionKey, mac.input);
  return expected.length === mac.value.length && timingSafeEqual(expected, mac.value);
}

/** One command that changed a value file. */
export interface ValueChange {
  /** Number of the value file. */
  readonly file: number;
  /** More than nothing for a credit, less for a debit. */
  readonly amount: number;
}

export interface TransactionContent {
  /** In order. */
  readonly changes: readonly ValueChange[];
  /** What was written into records, in order. */
  readonly records: readonly Uint8Array[];
}

/** Native command codes. Reading is in the input too. */
const INS = { credit: 0x0c, debit: 0xdc, limitedCredit: 0x1c, getValue: 0x6c, readData: 0xad, writeData: 0x8d, writeRecord: 0x8b } as const;

/** @returns undefined when the bytes are not the input of a transaction of our cards */
export function contentOf(input: Uint8Array): TransactionContent | undefined {
  const bytes = Buffer.from(input);
  const records: Uint8Array[] = [];
  const changes: ValueChange[] = [];
  let position = 0;
  while (position < bytes.length) {
    if (bytes.length - position < BLOCK) return undefined;
    const command = bytes.subarray(position, position + BLOCK);
    position += BLOCK;
    switch (command[0]) {
      case INS.credit:
      case INS.limitedCredit:
        changes.push({ file: command.readUInt8(1), amount: command.readUInt32LE(2) });
        break;
      case INS.debit:
        changes.push({ file: command.readUInt8(1), amount: -command.readUInt32LE(2) });
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
  return position === bytes.length ? { changes, records } : undefined;
}

/** A record of the card's log: operation (16 bytes), counter (u32 LE), format, number of changes, then one row of 14 bytes for each. */
const RECORD = { counter: 16, format: 20, count: 21, rows: 24, rowSize: 14, reference: 8, slot: 8, kind: 9, amount: 10, formatVersion: 1 } as const;
/** The value file of a pocket's slot 0; the others follow. */
const FIRST_VALUE_FILE = 0x01;
const DEBIT = 1;

/**
 * True when the transaction is this operation: it wrote one record of the card's log, with the operation's id and the counter after it; the record
 * names exactly `changes`, and the value files of the pockets that it names were changed by exactly these amounts.
 *
 * @param operation `changes`: by scheme, in its unit; more than nothing for what came onto the card
 */
export function isTransactionOf(
  input: Uint8Array,
  operation: { readonly operationId: OperationId; readonly counter: number; readonly changes: ReadonlyMap<SchemeId, number> },
): boolean {
  const content = contentOf(input);
  const [bytes, ...further] = content?.records ?? [];
  if (!content || !bytes || further.length > 0 || bytes.length < RECORD.rows) return false;
  const record = Buffer.from(bytes);
  const count = record.readUInt8(RECORD.count);
  const isOperation = record.toString('hex', 0, RECORD.counter) === operation.operationId.replaceAll('-', '') && record.readUInt32LE(RECORD.counter) === operation.counter;
  if (!isOperation || record[RECORD.format] !== RECORD.formatVersion || record.length < RECORD.rows + count * RECORD.rowSize) return false;
  if (count !== operation.changes.size || count !== content.changes.length) return false;
  const wanted = new Map([...operation.changes].map(([scheme, change]) => [pocketReference(scheme), change]));
  const done = new Map(content.changes.map(({ file, amount }) => [file, amount]));
  if (done.size !== count) return false;
  for (let row = 0; row < count; row += 1) {
    const start = RECORD.rows + row * RECORD.rowSize;
    const reference = record.toString('hex', start, start + RECORD.reference);
    const amount = record.readUInt32LE(start + RECORD.amount);
    const change = (record.readUInt8(start + RECORD.kind) & 0x0f) === DEBIT ? -amount : amount;
    if (wanted.get(reference) !== change || done.get(FIRST_VALUE_FILE + record.readUInt8(start + RECORD.slot)) !== change) return false;
    wanted.delete(reference);
  }
  return true;
}

/** How the card names a pocket: the first eight bytes of SHA-256 of the scheme's id, in hexadecimal digits. */
function pocketReference(scheme: SchemeId): string {
  return createHash('sha256').update(scheme, 'utf8').digest('hex').slice(0, 2 * RECORD.reference);
}
