/**
 * The transaction MAC: what a card puts under everything that one transaction read and wrote, with a key that only the card and the
 * backend know. Here is the input (TMI), which the kiosk writes down as evidence; the backend checks it (backend/cards/transaction-proof.ts).
 *
 * Source of the input's form: MF2DL(H)x0, 10.3.4.2 (the public sheet of DESFire Light), and NXP's reader library for EV1 to EV3, which
 * collects the same. Reading counts: ReadData, GetValue and ReadRecords of every file but the transaction MAC file are in it, in the
 * order in which they were sent, always with plain data, since the authentication. Each command's parameters, and its data, are filled
 * up with zeros to whole blocks of 16.
 *
 * Measured here: the session keys (vector of AN12343). Not measured on a real card, for no full vector is public: (1) TMV itself; (2) that
 * authentication empties the input, as it aborts the transaction; (3) that the code of ISO-chained commands (AD, 8D, 8B) stands in the
 * input as it was sent; (4) the zeros after data that is not whole blocks, which the sheet has for data files and NXP's library for
 * records as well (our records are whole blocks). CommitReaderID would add C8, the reader's 16 bytes and the answer's 16 bytes, filled up
 * once; our file does not allow it, because the operation id already says whose transaction it is.
 */
import { concatenated } from './native-commands.ts';

const BLOCK = 16;

/** One command's part of the input. @param parameters code and parameters as sent @param data what was written, or what was answered */
export function macInput(parameters: Uint8Array, data: Uint8Array = new Uint8Array()): Uint8Array {
  return concatenated(filledUp(parameters), filledUp(data));
}

function filledUp(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / BLOCK) * BLOCK);
  whole.set(bytes);
  return whole;
}
