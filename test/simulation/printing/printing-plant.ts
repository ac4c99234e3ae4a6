/** Where a bug can be planted in a case, to see that the checks find it. Production code has no switch for any of this. */
import type { Ledger } from '../../../agent/ledger/ledger.ts';
import type { SerialLine, SerialLineOptions } from '../../../hardware/printer/serial-line.ts';
import type { SlipPrinter } from '../../../hardware/printer/slip-printer.ts';

export type OpenLine = (options: SerialLineOptions) => SerialLine;

export interface PrintingPlant {
  /** Between the driver and the wire. */
  readonly line?: (open: OpenLine) => OpenLine;
  /** Between the driver and the use case. @param remake the same driver, made anew */
  readonly printer?: (printer: SlipPrinter, remake: () => SlipPrinter) => SlipPrinter;
  readonly ledger?: (ledger: Ledger) => Ledger;
  /** The driver is not told that the last slip may hang in the printer. */
  readonly forgetsTorn?: boolean;
  /** Nobody says what became of the slips of an earlier run. */
  readonly forgetsLeftPrintJobs?: boolean;
}

export const NO_PRINTING_PLANT: PrintingPlant = {};
