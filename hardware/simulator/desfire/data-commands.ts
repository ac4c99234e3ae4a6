/** Commands on the content of files: data, values, records, and the commit of all of it. */
import { concatenated, hexOf } from '../virtual-card-answers.ts';
import type { Right } from './access.ts';
import { keyFor } from './access.ts';
import { ByteFields, fromHex, littleEndian } from './byte-fields.ts';
import { fileOf, replaceApplication, selectedApplication, type CardState } from './card-state.ts';
import type { DataFileMemory, FileMemory, RecordFileMemory, TransactionMacFileMemory, ValueFileMemory } from './memory.ts';
import { Refusal, requireThat } from './status.ts';
import { encryptedReaderId, macInput, readerIdInput } from './transaction-mac.ts';
import { Transaction } from './transaction.ts';

const READER_ID_BYTES = 16;
const NOTHING = new Uint8Array();

/** The rights of which one is enough, by command (MF2DLHX0, 8.2.3.3). */
export const RIGHTS = {
  read: ['read', 'read-write'],
  write: ['write', 'read-write'],
  value: ['read', 'write', 'read-write'],
  limitedCredit: ['write', 'read-write'],
  credit: ['read-write'],
} as const satisfies Record<string, readonly Right[]>;

/** The application's transaction MAC file, if it has one. */
function macFileOf(state: CardState): TransactionMacFileMemory | undefined {
  return Object.values(selectedApplication(state).files).find((file) => file.type === 'transaction-mac');
}

function noteInMac(state: CardState, parameters: Uint8Array, data?: Uint8Array): void {
  if (macFileOf(state)) state.transaction.addToMac(macInput(parameters, data));
}

const isData = (file: FileMemory): file is DataFileMemory => file.type === 'standard' || file.type === 'backup';
const isRecords = (file: FileMemory): file is RecordFileMemory => file.type === 'linear' || file.type === 'cyclic';

/** The file that a command's header names, if it is of the kind the command is for. */
function target<Kind extends FileMemory>(state: CardState, header: Uint8Array, fits: (file: FileMemory) => file is Kind): Kind {
  const file = fileOf(selectedApplication(state), header[0]!);
  requireThat(fits(file), 'permissionDenied');
  return file;
}

const transactionMacContent = (file: TransactionMacFileMemory) => concatenated(littleEndian(file.counter, 4), fromHex(file.value));

export function readData(state: CardState, instruction: number, header: Uint8Array): Uint8Array {
  const isReadable = (file: FileMemory): file is DataFileMemory | TransactionMacFileMemory => isData(file) || file.type === 'transaction-mac';
  const file = target(state, header, isReadable);
  const fields = new ByteFields(header.slice(1));
  const offset = fields.unsigned(3);
  const wanted = fields.unsigned(3);
  const content = file.type === 'transaction-mac' ? transactionMacContent(file) : fromHex(file.data);
  const length = wanted === 0 ? content.length - offset : wanted;
  requireThat(length > 0 && offset + length <= content.length, 'boundaryError');
  const data = content.slice(offset, offset + length);
  if (file.type !== 'transaction-mac') {
    noteInMac(state, concatenated(Uint8Array.of(instruction), header.slice(0, 4), littleEndian(length, 3)), data);
  }
  return data;
}

export function writeData(state: CardState, instruction: number, header: Uint8Array, data: Uint8Array): Uint8Array {
  const file = target(state, header, isData);
  const fields = new ByteFields(header.slice(1));
  const offset = fields.unsigned(3);
  requireThat(fields.unsigned(3) === data.length && data.length > 0, 'lengthError');
  const content = fromHex(file.data);
  requireThat(offset + data.length <= content.length, 'boundaryError');
  noteInMac(state, concatenated(Uint8Array.of(instruction), header), data);
  if (file.type === 'backup') {
    state.transaction.writeData(header[0]!, file, offset, data);
  } else {
    content.set(data, offset);
    const application = selectedApplication(state);
    replaceApplication(state, { ...application, files: { ...application.files, [header[0]!]: { ...file, data: hexOf(content) } } });
  }
  return NOTHING;
}

const isValue = (file: FileMemory): file is ValueFileMemory => file.type === 'value';

export function getValue(state: CardState, instruction: number, header: Uint8Array): Uint8Array {
  const value = littleEndian(target(state, header, isValue).value, 4);
  noteInMac(state, concatenated(Uint8Array.of(instruction), header, value));
  return value;
}

/** Credit, Debit and LimitedCredit. @param direction what the amount is multiplied with */
export function changeValue(direction: 1 | -1, how: 'free' | 'limited') {
  return (state: CardState, instruction: number, header: Uint8Array, data: Uint8Array): Uint8Array => {
    const file = target(state, header, isValue);
    const fields = new ByteFields(data);
    const amount = fields.signed();
    fields.end();
    requireThat(amount >= 0, 'parameterError');
    state.transaction.changeValue(header[0]!, file, direction * amount, how);
    noteInMac(state, concatenated(Uint8Array.of(instruction), header, data));
    return NOTHING;
  };
}

export function readRecords(state: CardState, instruction: number, header: Uint8Array): Uint8Array {
  const { records } = target(state, header, isRecords);
  const fields = new ByteFields(header.slice(1));
  const newest = fields.unsigned(3);
  const wanted = fields.unsigned(3);
  const count = wanted === 0 ? records.length - newest : wanted;
  requireThat(count > 0 && newest + count <= records.length, 'boundaryError');
  const end = records.length - newest;
  const data = concatenated(...records.slice(end - count, end).map(fromHex));
  noteInMac(state, concatenated(Uint8Array.of(instruction), header.slice(0, 4), littleEndian(count, 3)), data);
  return data;
}

export function writeRecord(state: CardState, instruction: number, header: Uint8Array, data: Uint8Array): Uint8Array {
  const file = target(state, header, isRecords);
  const fields = new ByteFields(header.slice(1));
  const offset = fields.unsigned(3);
  requireThat(fields.unsigned(3) === data.length && data.length > 0, 'lengthError');
  requireThat(offset + data.length <= file.recordSize, 'boundaryError');
  state.transaction.writeRecord(header[0]!, file, offset, data);
  noteInMac(state, concatenated(Uint8Array.of(instruction), header), data);
  return NOTHING;
}

export function clearRecords(state: CardState, instruction: number, header: Uint8Array): Uint8Array {
  target(state, header, isRecords);
  state.transaction.clearRecords(header[0]!);
  noteInMac(state, concatenated(Uint8Array.of(instruction), header));
  return NOTHING;
}

/** Everything pending becomes the memory, in one step; or nothing does. */
export function commit(state: CardState, _instruction: number, _header: Uint8Array, data: Uint8Array): Uint8Array {
  requireThat(data.length <= 1, 'lengthError');
  const option = data[0] ?? 0;
  requireThat(option <= 1, 'parameterError');
  const macFile = macFileOf(state);
  requireThat(option === 0 || macFile !== undefined, 'parameterError');
  const { transaction } = state;
  requireThat(transaction.changes || transaction.macInput.length > 0, 'noChanges');
  const readerIdNeeded = macFile !== undefined && keyFor(macFile, 'read-write') !== 0xf;
  requireThat(!readerIdNeeded || transaction.readerId !== undefined, 'permissionDenied');
  replaceApplication(state, transaction.applied(selectedApplication(state), state.uid));
  state.transaction = new Transaction();
  const after = macFileOf(state);
  return option === 1 && after ? transactionMacContent(after) : NOTHING;
}

export function abort(state: CardState): Uint8Array {
  selectedApplication(state);
  state.transaction = new Transaction();
  return NOTHING;
}

/** CommitReaderID: names the terminal in the proof; answers who was the last one, so that only the key's owner can read it. */
export function commitReaderId(state: CardState, instruction: number, _header: Uint8Array, data: Uint8Array): Uint8Array {
  requireThat(data.length === READER_ID_BYTES, 'lengthError');
  const file = macFileOf(state);
  if (!file) throw new Refusal('permissionDenied');
  const key = keyFor(file, 'read-write');
  requireThat(key !== 0xf && state.transaction.readerId === undefined, 'permissionDenied');
  requireThat(key === 0xe || key === state.session?.keyNumber, 'authenticationError');
  const previous = state.session ? encryptedReaderId(fromHex(file.key.value), file.counter + 1, state.uid, fromHex(file.readerId)) : NOTHING;
  state.transaction.readerId = data;
  state.transaction.addToMac(readerIdInput(instruction, data, previous));
  return previous;
}
