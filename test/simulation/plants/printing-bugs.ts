/** Bugs between the program and the paper. */
import type { Ledger } from '../../../agent/ledger/ledger.ts';
import type { SlipPrinter } from '../../../hardware/printer/slip-printer.ts';
import { bug, type PlantedBug } from './planted-bug.ts';

const printerWith = (print: (printer: SlipPrinter) => SlipPrinter['print']) => () => ({
  printer: (printer: SlipPrinter): SlipPrinter => ({
    status: () => printer.status(),
    onChange: (listener) => printer.onChange(listener),
    close: () => printer.close(),
    print: print(printer),
  }),
});

export const PRINTING_BUGS: readonly PlantedBug[] = [
  bug(
    'accepted-is-printed',
    'what the printer accepted is called printed',
    printerWith((printer) => async (job, onSending) => {
      const outcome = await printer.print(job, onSending);
      return outcome.kind === 'unknown' ? { kind: 'printed', proof: 'marker' } : outcome;
    }),
  ),
  bug(
    'printed-again-by-itself',
    'a slip that may have come out is printed once more',
    printerWith((printer) => async (job, onSending) => {
      const outcome = await printer.print(job, onSending);
      return outcome.kind === 'printed' ? printer.print(job) : outcome;
    }),
  ),
  bug(
    'printed-is-failed',
    'a slip that came out is called failed',
    printerWith((printer) => async (job, onSending) => {
      const outcome = await printer.print(job, onSending);
      return outcome.kind === 'printed' ? { kind: 'failed', why: 'silent', partial: false } : outcome;
    }),
  ),
  bug('number-missing', 'a slip has no number', printerWith((printer) => (job, onSending) => printer.print({ ...job, markup: job.markup.replaceAll(/\\x2d\d{4}/g, '') }, onSending))),
  bug('left-slips-forgotten', 'nobody says what became of the slips of an earlier run', () => ({ forgetsLeftPrintJobs: true })),
  bug('numbers-begin-again', 'slip numbers begin again with the program', () => ({
    ledger: (ledger: Ledger): Ledger => {
      const given = { slip: 0, 'staff-call': 0 };
      return {
        ...ledger,
        nextNumber(counter) {
          given[counter] += 1;
          return given[counter];
        },
      };
    },
  })),
];
