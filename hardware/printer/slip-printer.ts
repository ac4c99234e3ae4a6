/**
 * The seam for slip printers. Accepted, sent and printed are three facts; only the printer's own answer makes `printed`.
 */

/**
 * `recoverable`: it stopped and goes on by itself, nearly always because the head is too hot. `offline`: offline, or an error it does
 * not name. `line`: what comes back means nothing (wrong speed, bad cable), or the line cannot be opened.
 */
export type PrinterFaultWhy = 'cutter' | 'unrecoverable' | 'recoverable' | 'offline' | 'line';

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
  | { readonly kind: 'faulty'; readonly why: PrinterFaultWhy };

export interface SlipJob {
  /** Four characters 21h–7Eh that the printer returns when the slip is out; unique among recent jobs. */
  readonly marker: string;
  /** The slip in receiptline's markup. Foreign text in it must have gone through `escapeSlipText`. */
  readonly markup: string;
}

/**
 * `marker`: the printer itself said that the last line is printed and the paper cut. `status`, the weaker one: the printer took the last
 * command in its turn, and had nothing to complain of a moment later; it does not say that the paper moved.
 */
export type PrintProof = 'marker' | 'status';

export type PrintOutcome =
  | { readonly kind: 'printed'; readonly proof: PrintProof }
  | PrintFailure
  /**
   * Nobody can know without looking. Only a person may print it again. `stopped`: the printer had taken all of it when it stopped; what is
   * missing may come out when it is put right.
   */
  | { readonly kind: 'unknown'; readonly why: 'silence' | 'line-lost' | 'power-cycled' | 'stopped' };

/** It is certain that no complete slip came out. `partial`: some of it may have. */
export type PrintFailure =
  | { readonly kind: 'failed'; readonly why: 'absent' | 'silent' | 'paper-out' | 'cover-open'; readonly partial: boolean }
  | { readonly kind: 'failed'; readonly why: 'faulty'; readonly fault: PrinterFaultWhy; readonly partial: boolean }
  /** `character`: it has one that cannot be printed here. `layout`: it does not fit, or is too long. */
  | { readonly kind: 'failed'; readonly why: 'unprintable'; readonly reason: 'character' | 'layout'; readonly partial: false };

/** The failure that a status other than `ready` and `starting` means for a slip. */
export function failureOf(status: Exclude<PrinterStatus, { kind: 'ready' | 'starting' }>, partial: boolean): PrintFailure {
  return status.kind === 'faulty' ? { kind: 'failed', why: 'faulty', fault: status.why, partial } : { kind: 'failed', why: status.kind, partial };
}

export interface SlipPrinter {
  status(): PrinterStatus;
  /** @returns a function that stops the calls */
  onChange(listener: () => void): () => void;
  /** Prints one slip, once; never sends anything twice. Jobs wait for each other. `onSending` is called before the first byte leaves. */
  print(job: SlipJob, onSending?: () => void): Promise<PrintOutcome>;
  close(): Promise<void>;
}
