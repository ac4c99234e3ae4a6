/**
 * Printers that understand ESC/POS as far as everybody's: `DLE EOT`, perhaps automatic status, but neither print markers nor a command
 * that empties the buffer. `GS r 1` is answered in its turn among the print data; its answer says that everything before it was taken up, not
 * that it is on paper, and does not say which question it answers. So it counts for little: never among noise, never after a silence,
 * and never without a clean status after it.
 */
import { AUTOMATIC_STATUS_ON, STATUS_REQUESTS, TRANSMIT_STATUS, statusRequest } from './escpos-commands.ts';
import { ReplyParser } from './escpos-status.ts';
import { escposEar, statusOfAnswers } from './epson-dialect.ts';
import { endOfAnyCommand, type PrinterDialect, type PrinterEar } from './printer-dialect.ts';

/** A strip of an image, in bytes. */
const LONGEST_COMMAND = 896;

export function genericDialect(): PrinterDialect {
  /** Questions that may still be answered. */
  let owed = 0;
  const words = escposEar(new ReplyParser('turns'));
  const counted = (listen: () => ReturnType<PrinterEar['abandon']>) => {
    const heard = listen();
    owed = Math.max(0, owed - heard.filter(({ kind }) => kind === 'mark').length);
    return heard;
  };

  return {
    ear: { feed: (bytes) => counted(() => words.feed(bytes)), abandon: () => counted(() => words.abandon()) },
    statusRequests: STATUS_REQUESTS.map(statusRequest),
    statusOf: statusOfAnswers,
    greeting: AUTOMATIC_STATUS_ON,
    proof: 'status',
    marksAreNameless: true,
    proofOfPiece() {
      owed++;
      return { request: TRANSMIT_STATUS, judge: () => 'reached', afterSilence: 'untold' };
    },
    proofOfEmptiness() {
      owed++;
      return {
        request: Buffer.concat([endOfAnyCommand(LONGEST_COMMAND), TRANSMIT_STATUS]),
        // An answer to an earlier question may come first; the last one owed is ours.
        judge: () => (owed === 0 ? 'reached' : undefined),
        afterSilence: 'untold',
      };
    },
  };
}
