/** A town card's memory as it is when the card was just issued, made without a single command: what tests start from. */
import { EMPTY_STATE, encodeState } from '../../card/desfire/card-state.ts';
import {
  APPLICATION_ID,
  APPLICATION_NAME,
  COMMUNICATION,
  KEY,
  KEY_COUNT,
  LOG_FILE,
  POCKET_SLOTS,
  STATE_FILE,
  TRANSACTION_MAC_FILE,
  VALUE_FILES,
  type FileAccess,
} from '../../card/desfire/layout.ts';
import { concatenated, hexOf } from '../virtual-card-answers.ts';
import { ZERO_KEY, type CommunicationMode, type DesfireMemory, type FileMemory, type KeyMemory } from './memory.ts';

/** 16 bytes each. */
export interface IssuedKeys {
  readonly version: number;
  readonly spend: Uint8Array;
  readonly load: Uint8Array;
  readonly transactionMac: Uint8Array;
}

export function issuedMemory({ version, spend, load, transactionMac }: IssuedKeys): DesfireMemory {
  const key = (value: string): KeyMemory => ({ type: 'aes', value, version });
  const keys = Array.from({ length: KEY_COUNT }, () => key(ZERO_KEY));
  keys[KEY.spend] = key(hexOf(spend));
  keys[KEY.load] = key(hexOf(load));
  const state = concatenated(encodeState(EMPTY_STATE), new Uint8Array(STATE_FILE.size - STATE_FILE.used));
  const limits = { lower: VALUE_FILES.lowerLimit, upper: VALUE_FILES.upperLimit, value: 0, limitedCreditEnabled: false, limitedCredit: 0 };
  const values = Array.from({ length: POCKET_SLOTS }, (_, slot): [number, FileMemory] => [
    VALUE_FILES.first + slot,
    { ...settingsOf(VALUE_FILES), type: 'value', ...limits },
  ]);
  const files: [number, FileMemory][] = [
    [STATE_FILE.number, { ...settingsOf(STATE_FILE), type: 'backup', data: hexOf(state) }],
    ...values,
    [LOG_FILE.number, { ...settingsOf(LOG_FILE), type: 'cyclic', recordSize: LOG_FILE.recordSize, maximum: LOG_FILE.maxRecords, records: [] }],
    [
      TRANSACTION_MAC_FILE.number,
      { ...settingsOf(TRANSACTION_MAC_FILE), type: 'transaction-mac', key: key(hexOf(transactionMac)), counter: 0, value: '00'.repeat(8), readerId: '00'.repeat(16) },
    ],
  ];
  const application = { aid: hexOf(APPLICATION_ID), name: hexOf(APPLICATION_NAME), keySettings: 0x0b, isoFileIds: false, keys, files: Object.fromEntries(files) };
  return { masterKey: key(ZERO_KEY), keySettings: 0x0f, applications: [application] };
}

const COMMUNICATION_MODES: Readonly<Record<number, CommunicationMode>> = { [COMMUNICATION.plain]: 'plain', [COMMUNICATION.mac]: 'mac', [COMMUNICATION.full]: 'full' };

function settingsOf(file: { readonly communication: number; readonly access: FileAccess }): { readonly communication: CommunicationMode; readonly access: number } {
  const { read, write, readWrite, change } = file.access;
  return { communication: COMMUNICATION_MODES[file.communication]!, access: (read << 12) | (write << 8) | (readWrite << 4) | change };
}
