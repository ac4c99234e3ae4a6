/**
 * Star line mode: one real-time question is answered with everything at once, with a counter in it that grows when what came before an
 * `ETB` has been printed. That is as good a proof as a marker, as long as it is known where the counter stood: 0 is what a printer says
 * that was switched off, so no piece is ever proved by it.
 */
import { endOfAnyCommand, type Heard, type PrinterDialect } from './printer-dialect.ts';
import { STAR_AUTOMATIC_STATUS_OFF, STAR_COUNT, STAR_COUNTER_RESET, STAR_COUNTER_TURN, STAR_STATUS_REQUEST } from './star-commands.ts';
import { StarReplyParser, counterOf, statusOfStar, type StarReply } from './star-status.ts';

/** A strip of 24 rows over the whole width of 80 mm paper, in bytes. */
const LONGEST_COMMAND = 1_792;

export function starDialect(): PrinterDialect {
  const parser = new StarReplyParser();
  let counter = 0;

  const heard = (reply: StarReply): Heard[] => {
    if (reply.kind === 'stray') return [{ kind: 'stray' }];
    const said = counterOf(reply.bytes);
    counter = said ?? counter;
    const mark: Heard[] = said === undefined ? [] : [{ kind: 'mark', mark: String(said) }];
    return [...mark, { kind: 'answer', bytes: reply.bytes, status: statusOfStar(reply.bytes) }];
  };

  return {
    ear: { feed: (bytes) => parser.feed(bytes).flatMap(heard), abandon: () => parser.abandon().flatMap(heard) },
    statusRequests: [STAR_STATUS_REQUEST],
    statusOf: ([answer = []]) => statusOfStar(answer),
    greeting: STAR_AUTOMATIC_STATUS_OFF,
    proof: 'marker',
    marksAreNameless: false,
    proofOfPiece() {
      const before = counter;
      const steps = (before + 1) % STAR_COUNTER_TURN === 0 ? 2 : 1;
      const after = (before + steps) % STAR_COUNTER_TURN;
      const passing = (mark: string) => mark === String(before) || (steps === 2 && mark === '0');
      return {
        request: new Uint8Array(steps).fill(STAR_COUNT),
        judge: (mark) => (mark === String(after) ? 'reached' : passing(mark) ? undefined : 'not-in-it'),
        afterSilence: 'nothing',
      };
    },
    proofOfEmptiness() {
      // As far from where it stands as can be, so that counts which are still to come from before cannot reach it.
      const far = (counter + STAR_COUNTER_TURN / 2) % STAR_COUNTER_TURN || STAR_COUNTER_TURN / 2 - 1;
      return {
        request: Buffer.concat([endOfAnyCommand(LONGEST_COMMAND), STAR_COUNTER_RESET, new Uint8Array(far).fill(STAR_COUNT)]),
        judge: (mark) => (mark === String(far) ? 'reached' : undefined),
        afterSilence: 'nothing',
      };
    },
  };
}
