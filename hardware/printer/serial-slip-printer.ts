/**
 * Prints slips on an ESC/POS printer behind a serial line and knows from the printer's own answer what became of each. A slip goes out
 * in pieces of at most 1 KB; each piece ends with a print marker that must come back before the next one leaves. Must never send
 * anything twice, and must never call a slip printed without the proof.
 */
import { PRINT_MARKER_BYTES, printMarker } from './escpos-commands.ts';
import { createPrinterLink } from './printer-link.ts';
import { DEFAULT_TIMINGS, type PrinterDiagnostic, type PrinterTimings } from './printer-timings.ts';
import type { SerialLine, SerialLineOptions } from './serial-line.ts';
import { layoutSlip } from './slip-layout.ts';
import { pieces } from './slip-pieces.ts';
import type { PrintOutcome, PrinterStatus, SlipJob, SlipPrinter } from './slip-printer.ts';

export interface SerialSlipPrinterOptions {
  /** A stable path of the line, such as /dev/serial/by-path/… */
  readonly path: string;
  readonly baudRate: number;
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
  | { readonly kind: 'printed' }
  | { readonly kind: 'trouble'; readonly status: PrinterStatus }
  | { readonly kind: 'lost'; readonly why: 'silence' | 'line-lost' | 'power-cycled' };

/** Begins to open the line at once and keeps watching the printer until `close`. */
export function createSerialSlipPrinter(options: SerialSlipPrinterOptions): SlipPrinter {
  const timings: PrinterTimings = { ...DEFAULT_TIMINGS, ...options.timings };
  const onDiagnostic = options.onDiagnostic ?? (() => undefined);
  const link = createPrinterLink({ path: options.path, baudRate: options.baudRate, timings, onDiagnostic, openLine: options.openLine });
  let queue: Promise<unknown> = Promise.resolve();
  let closed = false;
  /** A slip stopped half-way; its beginning may hang in the printer. */
  let torn = options.torn ?? false;
  /** Unprinted bytes may be left in the printer. */
  let unclean = true;
  /** Since the last piece left something was heard that means nothing: what is left of its proof, perhaps. */
  let garbled = false;
  let pieceNumber = 0;

  /** Four characters that the printer returns for a piece; small letters, so that no job's marker is like it. */
  function pieceMarker(jobMarker: string): string {
    const marker = `=${(pieceNumber++ % 36 ** 3).toString(36).padStart(3, '0')}`;
    return marker === jobMarker ? pieceMarker(jobMarker) : marker;
  }

  async function print(job: SlipJob, onSending: () => void): Promise<PrintOutcome> {
    const layout = await layoutSlip(job.markup, { columns: options.columns });
    if (layout.kind === 'unprintable') {
      onDiagnostic({ kind: 'unprintable', why: layout.why });
      return { kind: 'failed', why: 'unprintable', partial: false };
    }
    const notice = torn ? await layoutSlip(VOID_NOTICE, { columns: options.columns }) : undefined;
    const units = [...(notice?.kind === 'printable' ? notice.units : []), ...layout.units];
    const refusal = await refuse();
    if (refusal) return refusal;
    onSending();
    link.setPrinting(true);
    try {
      const outcome = await send([...pieces(units)], job.marker);
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
    const why = status.kind === 'ready' || status.kind === 'starting' ? 'silent' : status.kind;
    return { kind: 'failed', why, partial: false };
  }

  async function send(slip: readonly Uint8Array[], jobMarker: string): Promise<PrintOutcome> {
    unclean = true;
    for (const [index, piece] of slip.entries()) {
      const last = index === slip.length - 1;
      const end = await sendPiece(piece, last ? jobMarker : pieceMarker(jobMarker), jobMarker);
      if (end.kind === 'lost') return { kind: 'unknown', why: end.why };
      if (end.kind === 'trouble') return stopPrinting(end.status, last ? jobMarker : undefined);
    }
    unclean = false;
    return { kind: 'printed' };
  }

  /** Sends one piece with its marker and waits for what becomes of it. */
  function sendPiece(piece: Uint8Array, marker: string, jobMarker: string): Promise<PieceEnd> {
    const wireMs = ((piece.length + PRINT_MARKER_BYTES) * 10 * 1_000) / options.baudRate;
    garbled = false;
    return new Promise((resolve) => {
      let missed = false;
      let probe: string | undefined;
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
          case 'printed':
            if (event.marker === marker) finish({ kind: 'printed' });
            // The printer answers a later marker and not ours: ours is not in it any more.
            else if (event.marker === probe) finish({ kind: 'lost', why: 'power-cycled' });
            return;
          case 'missed':
            missed = true;
            silence ??= setTimeout(() => finish({ kind: 'lost', why: 'silence' }), timings.silenceMs);
            return;
          case 'confirmed':
            clearTimeout(silence);
            silence = undefined;
            if (event.status.kind !== 'ready') finish({ kind: 'trouble', status: event.status });
            else if (missed && probe === undefined) {
              // It was mute and speaks again. Was it off in between? A marker prints nothing and tells.
              probe = pieceMarker(jobMarker);
              void link.send(printMarker(probe));
            }
            return;
          case 'line-lost':
            return finish({ kind: 'lost', why: 'line-lost' });
          case 'stray':
            garbled = true;
            return;
          case 'cleared':
            return;
        }
      });
      // One write for both, so that no status request can come between them.
      void link.send(Buffer.concat([piece, printMarker(marker)])).then((result) => {
        if (result !== 'written') finish({ kind: 'lost', why: 'line-lost' });
      });
    });
  }

  /**
   * The printer stopped: takes back what it has not printed, so that it cannot come out later.
   * @param proof the marker that would still prove the slip, when all of it had been sent
   */
  async function stopPrinting(status: PrinterStatus, proof: string | undefined): Promise<PrintOutcome> {
    let proved = false;
    let lost = false;
    const stop = link.onEvent((event) => {
      if (event.kind === 'printed' && event.marker === proof) proved = true;
      if (event.kind === 'stray') garbled = true;
      if (event.kind === 'line-lost') lost = true;
    });
    try {
      // The end of the paper may be noticed while the proof is already on its way.
      if (proof !== undefined) await new Promise((resolve) => setTimeout(resolve, timings.graceMs));
      unclean = !(await link.clearBuffers());
    } finally {
      stop();
    }
    if (proved) return { kind: 'printed' };
    // Half a proof is none, but where all of the slip was sent it may be out.
    if (proof !== undefined && garbled) return { kind: 'unknown', why: 'silence' };
    if (unclean || status.kind === 'ready' || status.kind === 'starting') return { kind: 'unknown', why: lost ? 'line-lost' : 'silence' };
    return { kind: 'failed', why: status.kind, partial: true };
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
