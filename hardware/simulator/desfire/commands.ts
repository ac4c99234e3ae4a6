/** The native commands: which part of each travels in the clear, how it and its answer are protected in a session, and what it does. */
import * as application from './application-commands.ts';
import { permitted, type Right } from './access.ts';
import { fileOf, selectedApplication, type CardState } from './card-state.ts';
import * as data from './data-commands.ts';
import * as file from './file-commands.ts';
import type { CommunicationMode } from './memory.ts';
import { requireThat } from './status.ts';

export interface Protection {
  readonly request: CommunicationMode;
  readonly answer: CommunicationMode;
}

export interface NativeCommand {
  /** Bytes that are never encrypted. */
  readonly headerLength: number;
  /** Length of the data that a header announces; a command may come in several frames until it is complete. */
  readonly announces?: (header: Uint8Array) => number;
  /** @throws Refusal when the session, or nobody, may do it */
  protection(state: CardState, header: Uint8Array): Protection;
  run(state: CardState, instruction: number, header: Uint8Array, data: Uint8Array): Uint8Array;
}

type Run = NativeCommand['run'];

/** Not about the content of one file: protected always in the same way. */
function administrative(run: Run, protection: Protection = { request: 'mac', answer: 'mac' }, headerLength = 0): NativeCommand {
  return { headerLength, run, protection: () => protection };
}

function rightTo(rights: readonly Right[], state: CardState, header: Uint8Array): CommunicationMode {
  requireThat(header.length > 0, 'lengthError');
  return permitted(fileOf(selectedApplication(state), header[0]!), rights, state.session?.keyNumber);
}

/** Brings data from the file: the question holds nothing to encrypt. */
function reading(rights: readonly Right[], headerLength: number, run: Run): NativeCommand {
  return {
    headerLength,
    run,
    protection: (state, header) => {
      const answer = rightTo(rights, state, header);
      return { request: answer === 'plain' ? 'plain' : 'mac', answer };
    },
  };
}

/** Brings data to the file: the answer holds nothing to encrypt. */
function writing(rights: readonly Right[], headerLength: number, run: Run): NativeCommand {
  return {
    headerLength,
    run,
    protection: (state, header) => {
      const request = rightTo(rights, state, header);
      return { request, answer: request === 'plain' ? 'plain' : 'mac' };
    },
  };
}

const announcedLength = (header: Uint8Array) => header[4]! | (header[5]! << 8) | (header[6]! << 16);
const { RIGHTS } = data;
const FULL_REQUEST = { request: 'full', answer: 'mac' } as const;
/** Clearing needs the right to read and write, and has no data: it is protected like an administrative command. */
const clearing: NativeCommand = {
  headerLength: 1,
  run: data.clearRecords,
  protection: (state, header) => {
    const mode = rightTo(RIGHTS.credit, state, header) === 'plain' ? 'plain' : 'mac';
    return { request: mode, answer: mode };
  },
};
const readData = reading(RIGHTS.read, 7, data.readData);
const writeData = { ...writing(RIGHTS.write, 7, data.writeData), announces: announcedLength };
const readRecords = reading(RIGHTS.read, 7, data.readRecords);
const writeRecord = { ...writing(RIGHTS.write, 7, data.writeRecord), announces: announcedLength };

export const INSTRUCTION = { getVersion: 0x60, selectApplication: 0x5a, authenticateFactory: 0x1a, authenticateFirst: 0x71, authenticateNonFirst: 0x77, changeKey: 0xc4 } as const;

export const COMMANDS: ReadonlyMap<number, NativeCommand> = new Map([
  [INSTRUCTION.getVersion, administrative(application.getVersion)],
  [0x51, administrative(application.getCardUid, { request: 'mac', answer: 'full' })],
  [0xca, administrative(application.createApplication)],
  [0xda, administrative(application.deleteApplication)],
  [0x6a, administrative(application.getApplicationIds)],
  [0xfc, administrative(application.formatCard)],
  [0x64, administrative(application.getKeyVersion)],
  [0x45, administrative(application.getKeySettings)],
  [0x54, administrative(application.changeKeySettings, FULL_REQUEST)],
  [INSTRUCTION.changeKey, administrative(application.changeKey, FULL_REQUEST, 1)],
  [0xcd, administrative(file.createDataFile('standard'))],
  [0xcb, administrative(file.createDataFile('backup'))],
  [0xcc, administrative(file.createValueFile)],
  [0xc1, administrative(file.createRecordFile('linear'))],
  [0xc0, administrative(file.createRecordFile('cyclic'))],
  [0xce, administrative(file.createTransactionMacFile, FULL_REQUEST, 5)],
  [0xdf, administrative(file.deleteFile)],
  [0x6f, administrative(file.getFileIds)],
  [0xf5, administrative(file.getFileSettings)],
  [0xbd, readData],
  [0xad, readData],
  [0x3d, writeData],
  [0x8d, writeData],
  [0xbb, readRecords],
  [0xab, readRecords],
  [0x3b, writeRecord],
  [0x8b, writeRecord],
  [0xeb, clearing],
  [0x6c, reading(RIGHTS.value, 1, data.getValue)],
  [0x0c, writing(RIGHTS.credit, 1, data.changeValue(1, 'free'))],
  [0xdc, writing(RIGHTS.value, 1, data.changeValue(-1, 'free'))],
  [0x1c, writing(RIGHTS.limitedCredit, 1, data.changeValue(1, 'limited'))],
  [0xc7, administrative(data.commit)],
  [0xa7, administrative(data.abort)],
  [0xc8, administrative(data.commitReaderId)],
]);
