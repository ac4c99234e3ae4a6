/** Epson-class printers: four real-time questions, automatic status, a buffer that can be emptied, and print markers that have names. */
import { AUTOMATIC_STATUS_ON, CLEAR_BUFFERS, STATUS_REQUESTS, printMarker, statusRequest } from './escpos-commands.ts';
import { ReplyParser, statusOfAutomatic, statusOfRealTime, type PrinterReply } from './escpos-status.ts';
import type { Heard, PrinterDialect, PrinterEar } from './printer-dialect.ts';
import type { PrinterStatus } from './slip-printer.ts';

export function epsonDialect(): PrinterDialect {
  let pieceNumber = 0;

  /** Four characters that the printer returns for a piece; small letters, so that no job's marker is like it. */
  function pieceMarker(jobMarker: string): string {
    const marker = `=${(pieceNumber++ % 36 ** 3).toString(36).padStart(3, '0')}`;
    return marker === jobMarker ? pieceMarker(jobMarker) : marker;
  }

  return {
    ear: escposEar(new ReplyParser('markers')),
    statusRequests: STATUS_REQUESTS.map(statusRequest),
    statusOf: statusOfAnswers,
    greeting: AUTOMATIC_STATUS_ON,
    throwAway: CLEAR_BUFFERS,
    proof: 'marker',
    marksAreNameless: false,
    proofOfPiece(jobMarker, last) {
      const marker = last ? jobMarker : pieceMarker(jobMarker);
      const probe = pieceMarker(jobMarker);
      return {
        request: printMarker(marker),
        // The printer answers a later marker and not ours: ours is not in it any more.
        judge: (mark) => (mark === marker ? 'reached' : mark === probe ? 'not-in-it' : undefined),
        afterSilence: printMarker(probe),
      };
    },
    proofOfEmptiness() {
      throw new Error('An Epson-class printer throws away what is left in it.');
    },
  };
}

/** What an ESC/POS printer says, as the conversation needs it. */
export function escposEar(parser: ReplyParser): PrinterEar {
  return {
    feed: (bytes) => parser.feed(bytes).flatMap(heard),
    abandon: () => parser.abandon().flatMap(heard),
  };
}

function heard(reply: PrinterReply): Heard[] {
  switch (reply.kind) {
    case 'real-time-status':
      return [{ kind: 'answer', bytes: [reply.byte] }];
    case 'automatic-status':
      return [{ kind: 'status', status: statusOfAutomatic(reply.bytes) }];
    case 'printed':
      return [{ kind: 'mark', mark: reply.marker }];
    case 'processed':
      return [{ kind: 'mark', mark: '' }];
    case 'cleared':
      return [{ kind: 'cleared' }];
    case 'stray':
      return [{ kind: 'stray' }];
    case 'flow':
      return [];
  }
}

export function statusOfAnswers(answers: ReadonlyArray<readonly number[]>): PrinterStatus {
  const [printer = 0, offline = 0, error = 0, paper = 0] = answers.map(([byte]) => byte);
  return statusOfRealTime({ 1: printer, 2: offline, 3: error, 4: paper });
}
