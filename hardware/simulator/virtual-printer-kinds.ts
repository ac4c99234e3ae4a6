/**
 * The kinds of printers the virtual printer can be: how each reads its bytes, which commands it obeys at once, and how it speaks of itself.
 * What they share – buffer, paper, faults – is `virtual-printer.ts`.
 */
import { decodeCommand, type KanjiMode, type PrinterCommand } from './virtual-printer-commands.ts';
import { decodeStarCommand } from './virtual-printer-star.ts';
import { RealTimeCommands, automaticStatus, realTimeStatus, type PrinterConditions, type RealTimeCommand } from './virtual-printer-status.ts';

export const PRINTER_KINDS = ['epson', 'generic-escpos', 'star-line'] as const;
export type PrinterKindName = (typeof PRINTER_KINDS)[number];

export interface PrinterKind {
  readonly name: PrinterKindName;
  decode(bytes: Uint8Array, kanji: KanjiMode): { readonly command: PrinterCommand; readonly length: number } | undefined;
  /** Finds real-time commands in whatever arrives. New for each printer. */
  realTime(): { feed(byte: number): RealTimeCommand | undefined };
  /** The answer to a real-time request. @param counted how often `ETB` was counted */
  answerTo(request: number, conditions: PrinterConditions, counted: number): readonly number[];
  /** What it says by itself. */
  automaticStatus(conditions: PrinterConditions, counted: number): readonly number[];
  /** `ESC @` switches automatic status off. */
  readonly initialiseSilences: boolean;
  /** Knows `GS ( H` and `FS 2`. */
  readonly epsonOnly: boolean;
  /** The code page it has when it is switched on. */
  readonly codePage: number;
}

const epson: PrinterKind = {
  name: 'epson',
  decode: decodeCommand,
  realTime: () => new RealTimeCommands(),
  answerTo: (request, conditions) => [realTimeStatus(request, conditions)],
  automaticStatus,
  initialiseSilences: true,
  epsonOnly: true,
  codePage: 0,
};

export const KINDS: Readonly<Record<PrinterKindName, PrinterKind>> = {
  epson,
  'generic-escpos': {
    ...epson,
    name: 'generic-escpos',
    realTime() {
      const commands = new RealTimeCommands();
      return {
        feed(byte) {
          const command = commands.feed(byte);
          return command?.kind === 'clear' ? undefined : command;
        },
      };
    },
    epsonOnly: false,
  },
  'star-line': {
    name: 'star-line',
    decode: decodeStarCommand,
    realTime() {
      let recent: number[] = [];
      return {
        feed(byte) {
          recent = [...recent, byte].slice(-3);
          return recent.join() === '27,6,1' ? { kind: 'status', n: 0 } : undefined;
        },
      };
    },
    answerTo: (_, conditions, counted) => starStatus(conditions, counted),
    automaticStatus: starStatus,
    initialiseSilences: false,
    epsonOnly: false,
    codePage: 1,
  },
};

/** Nine bytes, as version 3 of the status has them: header, version, printer, two of errors, paper, –, counter, –. */
function starStatus(conditions: PrinterConditions, counted: number): readonly number[] {
  const { offline, paperOut, paperNearEnd, coverOpen, cutter, unrecoverable, overheated } = conditions;
  const bit = (on: boolean, mask: number): number => (on ? mask : 0);
  return [
    0x23, 0x06,
    bit(offline, 0x08) | bit(coverOpen, 0x20),
    bit(cutter, 0x08) | bit(unrecoverable, 0x20) | bit(overheated, 0x40),
    0,
    bit(paperNearEnd, 0x06) | bit(paperOut, 0x08),
    0,
    ((counted & 0x18) << 2) | ((counted & 0x07) << 1),
    0,
  ];
}
