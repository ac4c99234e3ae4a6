/**
 * The commands that only an issuer sends: making applications and files, changing keys (MF2DL(H)x0, chapter 11; NXP AN12343). Bytes only;
 * what is sent when is decided in issue-plan.ts.
 */
import { crc32 } from 'node:zlib';
import { APPLICATION_ID, APPLICATION_NAME, KEY_COUNT, LOG_FILE, STATE_FILE, TRANSACTION_MAC_FILE, VALUE_FILES, POCKET_SLOTS, type FileAccess } from './layout.ts';
import { concatenated, littleEndian } from './native-commands.ts';
import type { SessionCommand } from './secure-messaging.ts';

export const ISSUING_INS = {
  getVersion: 0x60,
  selectApplication: 0x5a,
  getKeySettings: 0x45,
  changeKeySettings: 0x54,
  changeKey: 0xc4,
  getCardUid: 0x51,
  createApplication: 0xca,
  deleteApplication: 0xda,
  createBackupFile: 0xcb,
  createValueFile: 0xcc,
  createCyclicFile: 0xc0,
  createTransactionMacFile: 0xce,
  getFileIds: 0x6f,
  getFileSettings: 0xf5,
} as const;

/** The AID that stands for the card itself. */
export const CARD_LEVEL = new Uint8Array(3);

/**
 * Key settings, of the card and of the application alike: the master key, and these settings, may be changed; lists and creating need the
 * master key; other keys are changed with the master key (upper half 0).
 */
export const KEY_SETTINGS = 0x09;
/** Key type AES, in the second byte of key settings and in the number of the card's key. */
export const AES_KEYS = 0x80;
/** The application's ISO file identifier: a name needs one beside it, nothing selects by it. */
const ISO_FILE_ID = Uint8Array.of(0x5a, 0x4b);

export function createApplication(): SessionCommand {
  const data = concatenated(APPLICATION_ID, Uint8Array.of(KEY_SETTINGS, AES_KEYS | KEY_COUNT), ISO_FILE_ID, APPLICATION_NAME);
  return { ins: ISSUING_INS.createApplication, data };
}

export function deleteApplication(): SessionCommand {
  return { ins: ISSUING_INS.deleteApplication, data: APPLICATION_ID };
}

export function changeKeySettings(): SessionCommand {
  return { ins: ISSUING_INS.changeKeySettings, data: Uint8Array.of(KEY_SETTINGS), protection: 'full' };
}

export interface VersionedKey {
  readonly key: Uint8Array;
  readonly version: number;
}

/** Changes the key that the session was authenticated with. The card answers without a MAC and ends the session. */
export function changeOwnKey(keyNumber: number, to: VersionedKey): SessionCommand {
  const data = concatenated(to.key, Uint8Array.of(to.version));
  return { ins: ISSUING_INS.changeKey, header: Uint8Array.of(keyNumber), data, protection: 'full' };
}

/** Changes another key with the master key's session; the card takes it only from one who knows the old one. */
export function changeOtherKey(keyNumber: number, from: Uint8Array, to: VersionedKey): SessionCommand {
  const both = to.key.map((byte, index) => byte ^ from[index]!);
  const data = concatenated(both, Uint8Array.of(to.version), desfireCrc(to.key));
  return { ins: ISSUING_INS.changeKey, header: Uint8Array.of(keyNumber), data, protection: 'full' };
}

/** CRC-32 as DESFire has it: without the final inversion. */
export function desfireCrc(bytes: Uint8Array): Uint8Array {
  return littleEndian((crc32(bytes) ^ 0xffffffff) >>> 0, 4);
}

/** One of the application's files: how it is made, and what the card then says of it. */
export interface LaidOutFile {
  readonly number: number;
  /** @param transactionMac its key, which only the transaction MAC file takes */
  create(transactionMac: VersionedKey): SessionCommand;
  /** What GetFileSettings begins with; what follows changes with use. */
  readonly settings: Uint8Array;
}

function accessBytes({ read, write, readWrite, change }: FileAccess): Uint8Array {
  return littleEndian((read << 12) | (write << 8) | (readWrite << 4) | change, 2);
}

/** AES, in CreateTransactionMACFile. */
const TRANSACTION_KEY_OPTION = 0x02;
/** Type of file in GetFileSettings. */
const FILE_TYPE = { backup: 0x01, value: 0x02, cyclic: 0x04, transactionMac: 0x05 } as const;

interface FileKind {
  readonly type: number;
  readonly ins: number;
  readonly communication: number;
  readonly access: FileAccess;
}

/** @param lasting what GetFileSettings repeats @param initial what it does not */
function laidOut(number: number, { type, ins, communication, access }: FileKind, lasting: Uint8Array, initial: Uint8Array = new Uint8Array()): LaidOutFile {
  const settings = concatenated(Uint8Array.of(communication), accessBytes(access), lasting);
  return {
    number,
    create: () => ({ ins, data: concatenated(Uint8Array.of(number), settings, initial) }),
    settings: concatenated(Uint8Array.of(type), settings),
  };
}

const stateFile = { type: FILE_TYPE.backup, ins: ISSUING_INS.createBackupFile, ...STATE_FILE };
const valueFile = { type: FILE_TYPE.value, ins: ISSUING_INS.createValueFile, ...VALUE_FILES };
const valueLimits = concatenated(littleEndian(VALUE_FILES.lowerLimit, 4), littleEndian(VALUE_FILES.upperLimit, 4));
/** Nothing on it, and no limited credit. */
const valueBegins = concatenated(littleEndian(0, 4), Uint8Array.of(0));
const logFile = { type: FILE_TYPE.cyclic, ins: ISSUING_INS.createCyclicFile, ...LOG_FILE };
const logSize = concatenated(littleEndian(LOG_FILE.recordSize, 3), littleEndian(LOG_FILE.maxRecords, 3));

const { communication, access, number: transactionMacNumber } = TRANSACTION_MAC_FILE;
const transactionMacHeader = concatenated(Uint8Array.of(communication), accessBytes(access), Uint8Array.of(TRANSACTION_KEY_OPTION));
const transactionMacFile: LaidOutFile = {
  number: transactionMacNumber,
  create: ({ key, version }) => ({
    ins: ISSUING_INS.createTransactionMacFile,
    header: concatenated(Uint8Array.of(transactionMacNumber), transactionMacHeader),
    data: concatenated(key, Uint8Array.of(version)),
    protection: 'full',
  }),
  settings: concatenated(Uint8Array.of(FILE_TYPE.transactionMac), transactionMacHeader),
};

/** All files of the layout, in the order in which they are made. */
export const LAID_OUT_FILES: readonly LaidOutFile[] = [
  laidOut(STATE_FILE.number, stateFile, littleEndian(STATE_FILE.size, 3)),
  ...Array.from({ length: POCKET_SLOTS }, (_, slot) => laidOut(VALUE_FILES.first + slot, valueFile, valueLimits, valueBegins)),
  laidOut(LOG_FILE.number, logFile, logSize),
  transactionMacFile,
];
