/** The faults of the virtual printer, by name, and when each strikes. */

export const PRINTER_FAULTS = [
  // States. Repeatedly: from now on until cleared. Next: from the beginning of the next slip until it is put right.
  'paper-out', 'paper-near-end', 'overheated', 'unrecoverable', 'offline', 'silent', 'garbage-answers', 'proof-lost',
  // `GS r` is answered when it arrives and not in its turn: a cheap clone.
  'hasty-answers',
  // States that begin when a slip is some lines long (repeatedly: `cover-open` at once, `paper-out-mid-slip` in every slip).
  'cover-open', 'paper-out-mid-slip',
  // The cutter jams at the next cut.
  'cutter-error',
  // Events when a slip is some lines long.
  'power-cycle', 'unplug-mid-slip',
] as const;
export type PrinterFault = (typeof PRINTER_FAULTS)[number];
