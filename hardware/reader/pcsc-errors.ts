/**
 * PC/SC error codes, sorted by what they mean for the card. Codes: pcsclite.h of pcsc-lite 1.9.9 (the same on Windows).
 */

export type PcscFailure = 'card-moved' | 'reader-lost' | 'in-use';

const FAILURE_OF_CODE: ReadonlyMap<number, PcscFailure> = new Map([
  [0x80100069, 'card-moved'], // SCARD_W_REMOVED_CARD
  [0x80100068, 'card-moved'], // SCARD_W_RESET_CARD: somebody else reset it; what it remembered of us is gone
  [0x80100067, 'card-moved'], // SCARD_W_UNPOWERED_CARD
  [0x80100066, 'card-moved'], // SCARD_W_UNRESPONSIVE_CARD
  [0x8010000c, 'card-moved'], // SCARD_E_NO_SMARTCARD
  [0x80100016, 'card-moved'], // SCARD_E_NOT_TRANSACTED: mostly a card pulled away during the command
  [0x8010000f, 'card-moved'], // SCARD_E_PROTO_MISMATCH: the card under the handle was exchanged or reset
  [0x8010000b, 'in-use'], // SCARD_E_SHARING_VIOLATION
  [0x80100017, 'reader-lost'], // SCARD_E_READER_UNAVAILABLE: unplugged
  [0x80100009, 'reader-lost'], // SCARD_E_UNKNOWN_READER
  [0x8010001d, 'reader-lost'], // SCARD_E_NO_SERVICE
  [0x8010001e, 'reader-lost'], // SCARD_E_SERVICE_STOPPED
]);

/** The code at the end of pcsclite's error text (`… (0x80100069)`; 64-bit sign extension is dropped), or undefined. */
export function pcscCode(error: Error): number | undefined {
  const digits = /\(0x([0-9a-f]{8,16})\)\s*$/i.exec(error.message)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits.slice(-8), 16);
}

/** What a failed call means. A code that is not listed is taken as `reader-lost`: nothing more may be assumed about the reader. */
export function pcscFailure(error: Error): PcscFailure {
  return FAILURE_OF_CODE.get(pcscCode(error) ?? 0) ?? 'reader-lost';
}
