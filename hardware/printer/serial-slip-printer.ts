/**
 * Prints slips on a printer behind a serial line and knows from the printer's own answer what became of each. A slip goes out in pieces of at
 * most 1 KB; each piece ends with a question whose answer must come back before the next one leaves. What is asked, and how much the answer
 * proves, is the printer's profile. Must never send anything twice, and must never call a slip printed without the proof.
 */
import { printMarker } from './escpos-commands.ts';
import type { Proof } from './printer-dialect.ts';
import { createPrinterLink } from './printer-link.ts';
import { PRINTER_PROFILES, type PrinterProfileName } from './printer-profiles.ts';
import { DEFAULT_TIMINGS, type PrinterDiagnostic, type PrinterTimings } from './printer-timings.ts';
import type { SerialLine, SerialLineOptions } from './serial-line.ts';
import { layoutSlip } from './slip-layout.ts';
import { pieces, piecesWithOwnEnd } from './slip-pieces.ts';
import { failureOf, type PrintOutcome, type PrinterStatus, type SlipJob, type SlipPrinter } from './slip-printer.ts';

export interface SerialSlipPrinterOptions {
  /** A stable path of the line, such as /dev/serial/by-path/… */
  readonly path: string;
  readonly baudRate: number;
  /** Which family of printers it is of. Default: epson. */
  readonly profile?: PrinterProfileName;
  /** Half-width characters in a line: 48 on 80 mm paper. */
  readonly columns: number;
  /** The last slip of an earlier run may have stopped half-way and hang in the printer. Default: false. */
  readonly torn?: boolean;
  readonly onDiagnostic?: (diagnostic: PrinterDiagnostic) => void;
  readonly timings?: Partial<PrinterTimings>;
  /** Opens the line in another way than by its path. */
  readonly openLine?: (options: SerialLineOptions) => SerialLine;
}

/** Printed before the next slip when a slip stopped half-way: a piece of it may still hang in the printer. */
const VOID_NOTICE = ['^^無効^^', 'ここより上は 途中で止まった票です。', 'お使いになれません。'].join('\n');

/** What ended the wait for one piece. */
type PieceEnd =
  | { readonly kind: 'reached' }
  | { readonly kind: 'trouble'; readonly status: PrinterStatus }
  | { readonly kind: 'lost'; readonly why: 'silence' | 'line-lost' | 'power-cycled' };

/** Begins to open the line at once and keeps watching the printer until `close`. */
export function createSerialSlipPrinter(options: SerialSlipPrinterOptions): SlipPrinter {
  const timings: PrinterTimings = { ...DEFAULT_TIMINGS, ...options.timings };
  const onDiagnostic = options.onDiagnostic ?? (() => undefined);
  const profile = PRINTER_PROFILES[options.profile ?? 'epson'];
  const dialect = profile.dialect();
  const layoutOptions = { columns: options.columns, ...profile.layout };
  const link = createPrinterLink({ path: options.path, baudRate: options.baudRate, dialect, timings, onDiagnostic, openLine: options.openLine });
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;
  /** A slip stopped half-way; its beginning may hang in the printer. */
  let torn = options.torn ?? false;
  /** Unprinted bytes may be left in the printer. */
  let unclean = true;
  /** Since the last piece left something was heard that means nothing: what is left of its proof, perhaps. */
  let garbled = false;

  async function print(job: SlipJob, onSending: () => void): Promise<PrintOutcome> {
    const layout = await layoutSlip(job.markup, layoutOptions);
    if (layout.kind === 'unprintable') {
      onDiagnostic({ kind: 'unprintable', why: layout.why, characters: layout.why === 'character' ? layout.characters : [] });
      return { kind: 'failed', why: 'unprintable', reason: layout.why === 'character' ? 'character' : 'layout', partial: false };
    }
    const notice = torn ? await layoutSlip(VOID_NOTICE, layoutOptions) : undefined;
    const units = [...(notice?.kind === 'printable' ? notice.units : []), ...layout.units];
    const refusal = await refuse();
    if (refusal) return refusal;
    onSending();
    link.setPrinting(true);
    try {
      const outcome = await send(dialect.throwAway ? [...pieces(units)] : piecesWithOwnEnd(units), job.marker);
      torn = outcome.kind !== 'printed';
      return outcome;
    } finally {
      link.setPrinting(false);
    }
  }

  /** Looks at the printer before the first byte. @returns why nothing may be sent, or undefined */
  async function refuse(): Promise<PrintOutcome | undefined> {
    let status: PrinterStatus = closed ? { kind: 'absent' } : await link.freshStatus();
    if (status.kind === 'ready' && unclean) {
      unclean = !(await link.clearBuffers());
      status = await link.freshStatus();
    }
    if (status.kind === 'ready' && !unclean) return undefined;
    // A printer that will not say that it is empty does not answer as it must.
    return failureOf(status.kind === 'ready' || status.kind === 'starting' ? { kind: 'silent' } : status, false);
  }

  async function send(slip: readonly Uint8Array[], jobMarker: string): Promise<PrintOutcome> {
    unclean = true;
    for (const [index, piece] of slip.entries()) {
      const last = index === slip.length - 1;
      const proof = dialect.proofOfPiece(jobMarker, last);
      const end = await sendPiece(piece, proof);
      if (end.kind === 'lost') return { kind: 'unknown', why: end.why };
      if (end.kind === 'trouble') return stopPrinting(end.status, last ? proof : undefined);
    }
    const outcome = dialect.proof === 'marker' ? ({ kind: 'printed', proof: 'marker' } as const) : await lookOnceMore();
    unclean = outcome.kind !== 'printed';
    return outcome;
  }

  /** The printer has taken all of it up. Whatever keeps it from putting that on paper would show a moment later. */
  async function lookOnceMore(): Promise<PrintOutcome> {
    await new Promise((resolve) => setTimeout(resolve, timings.settleMs));
    const status = closed ? ({ kind: 'absent' } as const) : await link.freshStatus();
    switch (status.kind) {
      case 'ready':
        return { kind: 'printed', proof: 'status' };
      case 'absent':
      case 'starting':
        return { kind: 'unknown', why: 'line-lost' };
      case 'silent':
        return { kind: 'unknown', why: 'silence' };
      case 'paper-out':
      case 'cover-open':
      case 'faulty':
        return { kind: 'unknown', why: 'stopped' };
    }
  }

  /** Sends one piece with the question for its proof and waits for what becomes of it. */
  function sendPiece(piece: Uint8Array, proof: Proof): Promise<PieceEnd> {
    const bytes = Buffer.concat([piece, proof.request]);
    const wireMs = (bytes.length * 10 * 1_000) / options.baudRate;
    garbled = false;
    return new Promise((resolve) => {
      let missed = false;
      let probed = false;
      const finish = (end: PieceEnd): void => {
        clearTimeout(limit);
        clearTimeout(silence);
        stop();
        resolve(end);
      };
      const limit = setTimeout(() => finish({ kind: 'lost', why: 'silence' }), timings.pieceMs + wireMs);
      let silence: NodeJS.Timeout | undefined;
      const stop = link.onEvent((event) => {
        switch (event.kind) {
          case 'mark': {
            const reached = proof.judge(event.mark);
            if (reached === 'reached') finish({ kind: 'reached' });
            else if (reached === 'not-in-it') finish({ kind: 'lost', why: 'power-cycled' });
            return;
          }
          case 'stray':
            garbled = true;
            if (dialect.marksAreNameless) finish({ kind: 'lost', why: 'silence' });
            return;
          case 'missed':
            missed = true;
            silence ??= setTimeout(() => finish({ kind: 'lost', why: 'silence' }), timings.silenceMs);
            return;
          case 'confirmed':
            clearTimeout(silence);
            silence = undefined;
            if (event.status.kind !== 'ready') finish({ kind: 'trouble', status: event.status });
            else if (missed && !probed) {
              // It was mute and speaks again.
              probed = true;
              if (proof.afterSilence === 'untold') finish({ kind: 'lost', why: 'silence' });
              else if (proof.afterSilence !== 'nothing') void link.send(proof.afterSilence);
            }
            return;
          case 'line-lost':
            return finish({ kind: 'lost', why: 'line-lost' });
          case 'cleared':
            return;
        }
      });
      // One write for both, so that no status request can come between them.
      void link.send(bytes).then((result) => {
        if (result !== 'written') finish({ kind: 'lost', why: 'line-lost' });
      });
    });
  }

  /**
   * The printer stopped: takes back what it has not printed, so that it cannot come out later. Where nothing can be taken back, the end of a
   * slip that had been sent may still come out.
   * @param end what would still prove the slip, when all of it had been sent
   */
  async function stopPrinting(status: PrinterStatus, end: Proof | undefined): Promise<PrintOutcome> {
    let proved = false;
    let lost = false;
    const stop = link.onEvent((event) => {
      if (event.kind === 'mark' && end?.judge(event.mark) === 'reached') proved = true;
      if (event.kind === 'stray') garbled = true;
      if (event.kind === 'line-lost') lost = true;
    });
    try {
      // The end of the paper may be noticed while the proof is already on its way.
      if (end !== undefined) await new Promise((resolve) => setTimeout(resolve, timings.graceMs));
      unclean = dialect.throwAway ? !(await link.clearBuffers()) : true;
    } finally {
      stop();
    }
    // A proof that has to be looked at once more is none while the printer stands still.
    if (proved && dialect.proof === 'marker') return { kind: 'printed', proof: 'marker' };
    if (lost || status.kind === 'ready' || status.kind === 'starting') return { kind: 'unknown', why: lost ? 'line-lost' : 'silence' };
    // Half a proof is none, but where all of the slip was sent it may be out.
    if (end !== undefined && garbled) return { kind: 'unknown', why: 'silence' };
    if (!dialect.throwAway) return end === undefined ? failureOf(status, true) : { kind: 'unknown', why: 'stopped' };
    return unclean ? { kind: 'unknown', why: 'silence' } : failureOf(status, true);
  }

  return {
    status: () => (closed ? { kind: 'absent' } : link.status()),
    onChange: (listener) => link.onStatus(listener),
    print(job, onSending = () => undefined) {
      printMarker(job.marker); // refuses a marker that could never come back, before anything else happens
      const outcome = queue.then(() => print(job, onSending));
      queue = outcome.catch(() => undefined);
      return outcome;
    },
    async close() {
      closed = true;
      await link.close();
      await queue;
    },
  };
}
