/** What the printer's status and a slip's end are called on the screen and in the books of troubles. */
import type { PrinterReadiness } from '../../contract/kiosk.ts';
import type { TroubleName } from '../../contract/trouble.ts';
import type { PrinterFaultWhy, PrinterStatus, PrintOutcome } from '../../hardware/printer/slip-printer.ts';

const FAULTS = {
  cutter: 'printer-cutter',
  recoverable: 'printer-overheated',
  unrecoverable: 'printer-unrecoverable',
  offline: 'printer-faulty',
  line: 'printer-garbled',
} as const satisfies Record<PrinterFaultWhy, TroubleName>;

const UNKNOWNS = {
  silence: 'printer-no-proof',
  'line-lost': 'printer-line-lost',
  'power-cycled': 'printer-power-cycled',
  stopped: 'printer-stopped-at-end',
} as const satisfies Record<Extract<PrintOutcome, { kind: 'unknown' }>['why'], TroubleName>;

const MAY_BE_OUT: ReadonlySet<TroubleName> = new Set(Object.values(UNKNOWNS));

/** Nobody knows whether a slip that ended in this trouble came out. */
export const mayHaveComeOut = (trouble: TroubleName): boolean => MAY_BE_OUT.has(trouble);

/** The trouble that a slip which is not known to be printed leaves behind. */
export function troubleOfOutcome(outcome: Exclude<PrintOutcome, { kind: 'printed' }>): TroubleName {
  if (outcome.kind === 'unknown') return UNKNOWNS[outcome.why];
  switch (outcome.why) {
    case 'absent':
      return 'printer-absent';
    case 'silent':
      return 'printer-silent';
    case 'paper-out':
      return 'printer-paper-out';
    case 'cover-open':
      return 'printer-cover-open';
    case 'faulty':
      return FAULTS[outcome.fault];
    case 'unprintable':
      return outcome.reason === 'character' ? 'slip-character' : 'slip-layout';
  }
}

const FAULT_READINESS = {
  cutter: 'cutter',
  recoverable: 'overheated',
  unrecoverable: 'unrecoverable',
  offline: 'faulty',
  line: 'garbled',
} as const satisfies Record<PrinterFaultWhy, PrinterReadiness>;

/** What the printer can do now, for the screens. */
export function readinessOf(status: PrinterStatus): PrinterReadiness {
  switch (status.kind) {
    case 'starting':
      return 'preparing';
    case 'faulty':
      return FAULT_READINESS[status.why];
    default:
      return status.kind;
  }
}

/** The paper will end soon; undefined while the printer does not say how much there is. */
export function paperEndsSoon(status: PrinterStatus): boolean | undefined {
  return status.kind === 'ready' ? status.paper === 'near-end' : undefined;
}
