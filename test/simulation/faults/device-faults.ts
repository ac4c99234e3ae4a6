/** Readers and printers that do not do what they should. */
import type { PrinterStatus, PrintOutcome } from '../../../hardware/printer/slip-printer.ts';
import type { ReaderStatus } from '../../../hardware/reader/card-reader.ts';
import { deed, type Deed, type Strike } from './deed.ts';

const UNPLUGGED: ReadonlyArray<Exclude<ReaderStatus, { kind: 'ready' }>> = [{ kind: 'absent' }, { kind: 'service-down' }, { kind: 'starting' }];
const SILENT: ReadonlyArray<Exclude<ReaderStatus, { kind: 'ready' }>> = [{ kind: 'faulty', why: 'not-answering' }, { kind: 'faulty', why: 'reader-error' }];

const printer =
  (...states: readonly PrinterStatus[]): Strike =>
  (_, device, chance) => {
    device.setPrinter(chance.pick(states));
    return device.up;
  };
const slip =
  (outcome: PrintOutcome): Strike =>
  (_, device) => {
    device.nextSlip(outcome);
    return device.up;
  };

export const DEVICE_FAULTS: readonly Deed[] = [
  deed('reader-unplugged', 12, (_, device, chance) => {
    device.unplugReader(chance.pick(UNPLUGGED));
    return device.up;
  }),
  deed('reader-silent', 8, (_, device, chance) => {
    device.unplugReader(chance.pick(SILENT));
    return device.up;
  }),
  deed('reader-slow', 45, (_, device) => {
    device.holdReader(true);
    return device.up;
  }),
  deed('printer-paper-out', 8, printer({ kind: 'paper-out' })),
  deed('printer-cover-open', 5, printer({ kind: 'cover-open' }, { kind: 'faulty', why: 'cutter' })),
  deed('printer-silent', 6, printer({ kind: 'silent' }, { kind: 'absent' })),
  deed('printer-cut-off', 8, slip({ kind: 'unknown', why: 'line-lost' })),
  deed('printer-power-cycle', 8, slip({ kind: 'unknown', why: 'power-cycled' })),
  deed('printer-jam', 8, slip({ kind: 'failed', why: 'paper-out', partial: true })),
  deed('printer-slow', 12, (_, device) => {
    device.holdPrinter(true);
    return device.up;
  }),
];
