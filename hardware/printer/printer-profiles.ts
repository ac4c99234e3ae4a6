/** The families of printers this driver speaks with, by the names that stand in the configuration (docs/printers.md). */
import { epsonDialect } from './epson-dialect.ts';
import { genericDialect } from './generic-dialect.ts';
import type { PrinterDialect } from './printer-dialect.ts';
import { GENERIC_COMMANDS, STAR_LINE_COMMANDS } from './slip-commands.ts';
import type { SlipLayoutOptions } from './slip-layout.ts';
import { starDialect } from './star-dialect.ts';

export const PRINTER_PROFILE_NAMES = ['epson', 'generic-escpos', 'star-line'] as const;
export type PrinterProfileName = (typeof PRINTER_PROFILE_NAMES)[number];

interface PrinterProfile {
  /** A new one for each printer. */
  dialect(): PrinterDialect;
  /** How slips are laid out for it. */
  readonly layout: Omit<SlipLayoutOptions, 'columns'>;
}

export const PRINTER_PROFILES: Readonly<Record<PrinterProfileName, PrinterProfile>> = {
  epson: { dialect: epsonDialect, layout: {} },
  'generic-escpos': { dialect: genericDialect, layout: { commands: GENERIC_COMMANDS } },
  'star-line': { dialect: starDialect, layout: { commands: STAR_LINE_COMMANDS } },
};
