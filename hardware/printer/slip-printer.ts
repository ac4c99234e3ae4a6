/**
 * The seam for slip printers. Accepted, sent and printed are three facts; only the printer's own answer makes `printed`.
 */

export type PrinterStatus =
  /** The line is being opened or the printer has not answered yet. */
  | { readonly kind: 'starting' }
  /** There is no such serial line. */
  | { readonly kind: 'absent' }
  /** The line is open but nobody answers: switched off, wrong cable, wrong speed. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'ready'; readonly paper: 'enough' | 'near-end' }
  | { readonly kind: 'paper-out' }
  | { readonly kind: 'cover-open' }
  | { readonly kind: 'faulty'; readonly why: 'cutter' | 'unrecoverable' | 'recoverable' | 'offline' | 'line' };

export interface SlipJob {
  /** Four characters 21h–7Eh that the printer returns when the slip is out; unique among recent jobs. */
  readonly marker: string;
  /** The slip in receiptline's markup. Foreign text in it must have gone through `escapeSlipText`. */
  readonly markup: string;
}

export type PrintOutcome =
  /** The printer itself said that the last line is printed and the paper cut. */
  | { readonly kind: 'printed' }
  /** It is certain that no complete slip came out. `partial`: some of it may have. */
  | { readonly kind: 'failed'; readonly why: Exclude<PrinterStatus['kind'], 'ready' | 'starting'> | 'unprintable'; readonly partial: boolean }
  /** Nobody can know without looking. Only a person may print it again. */
  | { readonly kind: 'unknown'; readonly why: 'silence' | 'line-lost' | 'power-cycled' };

export interface SlipPrinter {
  status(): PrinterStatus;
  /** @returns a function that stops the calls */
  onChange(listener: () => void): () => void;
  /** Prints one slip, once; never sends anything twice. Jobs wait for each other. `onSending` is called before the first byte leaves. */
  print(job: SlipJob, onSending?: () => void): Promise<PrintOutcome>;
  close(): Promise<void>;
}
