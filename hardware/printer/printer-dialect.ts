/**
 * What one family of printers is told and how it is understood. The conversation itself – when to ask, how long to wait – is the same for
 * all of them (`printer-link.ts`, `serial-slip-printer.ts`). One object speaks with one printer: it may remember what it heard.
 */
import type { PrinterStatus, PrintProof } from './slip-printer.ts';

export type Heard =
  /** To the status request under way. With a `status` it says everything by itself and may come unasked too. */
  | { readonly kind: 'answer'; readonly bytes: readonly number[]; readonly status?: PrinterStatus }
  /** Said of the printer's own accord. */
  | { readonly kind: 'status'; readonly status: PrinterStatus }
  /** Something up to which the printer has come; what it proves is for `Proof.judge` to say. */
  | { readonly kind: 'mark'; readonly mark: string }
  /** The answer to `PrinterDialect.throwAway`. */
  | { readonly kind: 'cleared' }
  /** A byte that means nothing. */
  | { readonly kind: 'stray' };

export interface PrinterEar {
  /** Takes bytes as they arrive, in pieces of any size. */
  feed(bytes: Iterable<number>): Heard[];
  /** Gives up a half-received reply after a pause in which its rest should have come. */
  abandon(): Heard[];
}

/** How it is known that the printer has come to the end of one piece. */
export interface Proof {
  /** Follows the piece in the same write. */
  readonly request: Uint8Array;
  /** `not-in-it`: the printer is past this piece and did not have it, so it was switched off in between. */
  judge(mark: string): 'reached' | 'not-in-it' | undefined;
  /**
   * What to ask when the printer was mute and speaks again: was it off in between? It must print nothing. `nothing`: the marks that come
   * anyway will tell. `untold`: it cannot be known, and no mark after the silence may be believed.
   */
  readonly afterSilence: Uint8Array | 'nothing' | 'untold';
}

export interface PrinterDialect {
  readonly ear: PrinterEar;
  /** The requests of one round; each is answered before the next is sent, at once, even by an offline printer with a full buffer. */
  readonly statusRequests: readonly Uint8Array[];
  /** @param answers one for each request */
  statusOf(answers: ReadonlyArray<readonly number[]>): PrinterStatus;
  /** Sent when the printer is heard for the first time, or again: which status it says by itself. */
  readonly greeting: Uint8Array;
  /** Throws away everything unprinted at once; answered by `cleared`. Without it, what was sent comes out when the printer can print. */
  readonly throwAway?: Uint8Array;
  /** What a proof of the last piece is worth. */
  readonly proof: PrintProof;
  /** A mark means nothing when bytes that mean nothing come with it. */
  readonly marksAreNameless: boolean;
  /** The proof for the next piece. Takes note that it will be sent. @param last the piece is the end of the slip */
  proofOfPiece(jobMarker: string, last: boolean): Proof;
  /** The proof that nothing from before is left, where nothing can be thrown away. Takes note that it will be sent. */
  proofOfEmptiness(): Proof;
}

/**
 * What ends a half-received command where nothing can be thrown away: as many NULs as the longest one can still want. They are nothing to a
 * printer that waits for a command.
 * @param longest bytes of the longest command a slip is made of
 */
export function endOfAnyCommand(longest: number): Uint8Array {
  return new Uint8Array(longest);
}
