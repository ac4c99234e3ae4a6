/**
 * The transaction MAC of a DESFire EV2/EV3 application: what each data command adds to its input (TMI), and the value (TMV) that a
 * commit makes of it (MF2DLHX0, section 10.3). Reading counts too: ReadData, GetValue and ReadRecords since the transaction began are in
 * the input, with what they answered. The transaction begins with the selection, an authentication, a commit or an abort; so
 * a terminal that does not want its reading in the proof sends AbortTransaction between reading and writing.
 */
import { aesCbcEncrypt, aesCmac } from '../../card/crypto.ts';
import { concatenated } from '../virtual-card-answers.ts';
import { littleEndian } from './byte-fields.ts';
import { truncatedMac } from './session.ts';

const BLOCK_BYTES = 16;

function zeroPadded(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = concatenated(...parts);
  return concatenated(bytes, new Uint8Array((BLOCK_BYTES - (bytes.length % BLOCK_BYTES)) % BLOCK_BYTES));
}

/** One command's part of the input: the parameters filled up to whole blocks with zeros, then the plain data likewise. */
export function macInput(parameters: Uint8Array, data: Uint8Array = new Uint8Array()): Uint8Array {
  return concatenated(zeroPadded(parameters), zeroPadded(data));
}

/** CommitReaderID puts both reader identifiers behind its code, and fills up once. */
export function readerIdInput(instruction: number, current: Uint8Array, encryptedPrevious: Uint8Array): Uint8Array {
  return zeroPadded(Uint8Array.of(instruction), current, encryptedPrevious);
}

function transactionKey(label: number, key: Uint8Array, counter: number, uid: Uint8Array): Uint8Array {
  return aesCmac(key, concatenated(Uint8Array.of(label, 0x00, 0x01, 0x00, 0x80), littleEndian(counter, 4), uid));
}

/** @param counter TMC after the commit: that of this transaction @returns TMV, 8 bytes */
export function transactionMac(key: Uint8Array, counter: number, uid: Uint8Array, input: Uint8Array): Uint8Array {
  return truncatedMac(aesCmac(transactionKey(0x5a, key, counter, uid), input));
}

/** @param counter TMC that this transaction will have @returns EncTMRI: the reader identifier of the transaction before, 16 bytes */
export function encryptedReaderId(key: Uint8Array, counter: number, uid: Uint8Array, previous: Uint8Array): Uint8Array {
  return aesCbcEncrypt(transactionKey(0xa5, key, counter, uid), new Uint8Array(BLOCK_BYTES), previous);
}
