/** How patient the printer's driver is, and what it tells the log. */
import type { LineState } from './serial-line.ts';
import type { PrinterStatus } from './slip-printer.ts';

/** All in milliseconds. */
export interface PrinterTimings {
  /** Between two rounds of status requests. */
  readonly pollMs: number;
  /** The same while a slip is being printed. */
  readonly pollWhilePrintingMs: number;
  /** How long the printer may take to answer one status request. It answers those at once, whatever it is doing. */
  readonly replyMs: number;
  readonly retryOpenMs: number;
  /** How long a slip waits for a line that is being opened. */
  readonly startMs: number;
  readonly writeMs: number;
  readonly closeMs: number;
  /** From sending a piece of a slip to the printer's word that it is printed, besides the time on the wire. */
  readonly pieceMs: number;
  /** How long the printer may be mute while it prints before the slip counts as unknown. */
  readonly silenceMs: number;
  /** After an error: how long a proof that is already on its way is waited for. */
  readonly graceMs: number;
  readonly clearMs: number;
  /** Where a proof only says that the printer took the end of a slip up: how long the paper may take to follow. */
  readonly settleMs: number;
}

export const DEFAULT_TIMINGS: PrinterTimings = {
  pollMs: 1_000,
  pollWhilePrintingMs: 300,
  replyMs: 400,
  retryOpenMs: 500,
  startMs: 3_000,
  writeMs: 3_000,
  closeMs: 1_000,
  pieceMs: 20_000,
  silenceMs: 5_000,
  graceMs: 300,
  clearMs: 3_000,
  settleMs: 1_000,
};

/** For the log. Never contains what is on a slip. */
export type PrinterDiagnostic =
  | { readonly kind: 'line'; readonly state: LineState; readonly detail: string }
  | { readonly kind: 'status'; readonly status: PrinterStatus }
  | { readonly kind: 'stray-bytes'; readonly count: number }
  | { readonly kind: 'cleared'; readonly answered: boolean }
  /** `characters`: those that no font has, by their code points. */
  | { readonly kind: 'unprintable'; readonly why: string; readonly characters: readonly string[] };
