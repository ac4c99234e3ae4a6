/** Commands that make, describe and delete the files of the selected application. */
import { concatenated, hexOf } from '../virtual-card-answers.ts';
import { accessIsPossible } from './access.ts';
import { ByteFields, littleEndian } from './byte-fields.ts';
import { fileOf, replaceApplication, requireMasterKey, selectedApplication, type CardState } from './card-state.ts';
import type { CommunicationMode, DataFileMemory, FileMemory, RecordFileMemory } from './memory.ts';
import { Refusal, requireThat } from './status.ts';

const FILE_NUMBER_MAX = 0x1f;
const NOTHING = new Uint8Array();
const AES_TRANSACTION_KEY = 0x02;
/** File type in GetFileSettings. */
const TYPE_CODE: Readonly<Record<FileMemory['type'], number>> = { standard: 0, backup: 1, value: 2, linear: 3, cyclic: 4, 'transaction-mac': 5 };
const COMMUNICATION_CODE: Readonly<Record<CommunicationMode, number>> = { plain: 0, mac: 1, full: 3 };

function communicationOf(code: number): CommunicationMode {
  switch (code) {
    case 0:
    case 2:
      return 'plain';
    case 1:
      return 'mac';
    case 3:
      return 'full';
    default:
      throw new Refusal('parameterError');
  }
}

interface NewFile {
  readonly number: number;
  readonly communication: CommunicationMode;
  readonly access: number;
}

/** What every Create command begins with: number, (ISO identifier,) communication, access rights. */
function newFile(state: CardState, fields: ByteFields, isoIdentified: boolean): NewFile {
  const application = selectedApplication(state);
  requireMasterKey(state, 'creatingFree');
  const number = fields.byte();
  if (isoIdentified && application.isoFileIds) fields.take(2);
  const communication = communicationOf(fields.byte());
  const access = fields.unsigned(2);
  requireThat(number <= FILE_NUMBER_MAX && accessIsPossible(access, application), 'parameterError');
  requireThat(application.files[number] === undefined, 'duplicate');
  return { number, communication, access };
}

function add(state: CardState, number: number, file: FileMemory): Uint8Array {
  const application = selectedApplication(state);
  replaceApplication(state, { ...application, files: { ...application.files, [number]: file } });
  return NOTHING;
}

export function createDataFile(type: DataFileMemory['type']) {
  return (state: CardState, _instruction: number, _header: Uint8Array, data: Uint8Array): Uint8Array => {
    const fields = new ByteFields(data);
    const { number, communication, access } = newFile(state, fields, true);
    const size = fields.unsigned(3);
    fields.end();
    requireThat(size > 0, 'parameterError');
    return add(state, number, { type, communication, access, data: hexOf(new Uint8Array(size)) });
  };
}

export function createValueFile(state: CardState, _instruction: number, _header: Uint8Array, data: Uint8Array): Uint8Array {
  const fields = new ByteFields(data);
  const { number, communication, access } = newFile(state, fields, false);
  const [lower, upper, value] = [fields.signed(), fields.signed(), fields.signed()];
  const options = fields.byte();
  fields.end();
  // Bit 0: LimitedCredit. Bit 1, GetValue for everybody, is left out.
  requireThat(lower <= value && value <= upper && options <= 1, 'parameterError');
  return add(state, number, { type: 'value', communication, access, lower, upper, value, limitedCreditEnabled: options === 1, limitedCredit: 0 });
}

export function createRecordFile(type: RecordFileMemory['type']) {
  return (state: CardState, _instruction: number, _header: Uint8Array, data: Uint8Array): Uint8Array => {
    const fields = new ByteFields(data);
    const { number, communication, access } = newFile(state, fields, true);
    const [recordSize, maximum] = [fields.unsigned(3), fields.unsigned(3)];
    fields.end();
    requireThat(recordSize > 0 && maximum >= (type === 'cyclic' ? 2 : 1), 'parameterError');
    return add(state, number, { type, communication, access, recordSize, maximum, records: [] });
  };
}

/** Always needs the application's master key, because the key of the transaction MACs comes with it. */
export function createTransactionMacFile(state: CardState, _instruction: number, header: Uint8Array, data: Uint8Array): Uint8Array {
  requireThat(state.session?.keyNumber === 0, 'authenticationError');
  const fields = new ByteFields(header);
  const { number, communication, access } = newFile(state, fields, false);
  requireThat(fields.byte() === AES_TRANSACTION_KEY, 'parameterError');
  // Nobody writes it but the card.
  requireThat(((access >> 8) & 0xf) === 0xf, 'parameterError');
  requireThat(data.length === 17, 'lengthError');
  requireThat(Object.values(selectedApplication(state).files).every((file) => file.type !== 'transaction-mac'), 'duplicate');
  const key = { type: 'aes', value: hexOf(data.slice(0, 16)), version: data[16]! } as const;
  return add(state, number, { type: 'transaction-mac', communication, access, key, counter: 0, value: '00'.repeat(8), readerId: '00'.repeat(16) });
}

export function deleteFile(state: CardState, _instruction: number, _header: Uint8Array, data: Uint8Array): Uint8Array {
  const application = selectedApplication(state);
  requireMasterKey(state, 'creatingFree');
  requireThat(data.length === 1, 'lengthError');
  const deleted = fileOf(application, data[0]!);
  // The file that holds a key is deleted with the master key only.
  if (deleted.type === 'transaction-mac') requireMasterKey(state, 'nothing');
  const left = Object.entries(application.files).filter(([number]) => Number(number) !== data[0]);
  replaceApplication(state, { ...application, files: Object.fromEntries(left) });
  return NOTHING;
}

export function getFileIds(state: CardState): Uint8Array {
  const { files } = selectedApplication(state);
  requireMasterKey(state, 'listingFree');
  return Uint8Array.from(Object.keys(files), Number);
}

export function getFileSettings(state: CardState, _instruction: number, _header: Uint8Array, data: Uint8Array): Uint8Array {
  const application = selectedApplication(state);
  requireMasterKey(state, 'listingFree');
  requireThat(data.length === 1, 'lengthError');
  const file = fileOf(application, data[0]!);
  const common = concatenated(Uint8Array.of(TYPE_CODE[file.type], COMMUNICATION_CODE[file.communication]), littleEndian(file.access, 2));
  return concatenated(common, ...ownSettings(file));
}

function ownSettings(file: FileMemory): Uint8Array[] {
  switch (file.type) {
    case 'standard':
    case 'backup':
      return [littleEndian(file.data.length / 2, 3)];
    case 'value':
      return [littleEndian(file.lower, 4), littleEndian(file.upper, 4), littleEndian(file.limitedCredit, 4), Uint8Array.of(file.limitedCreditEnabled ? 1 : 0)];
    case 'linear':
    case 'cyclic':
      return [littleEndian(file.recordSize, 3), littleEndian(file.maximum, 3), littleEndian(file.records.length, 3)];
    case 'transaction-mac':
      return [Uint8Array.of(AES_TRANSACTION_KEY, file.key.version)];
  }
}
