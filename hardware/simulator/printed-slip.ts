/** A slip as the virtual printer prints it, without a line in between: for whoever looks at slips. */
import { layoutSlip } from '../printer/slip-layout.ts';
import { PRINT_MARKER_BYTES } from '../printer/escpos-commands.ts';
import { pieces } from '../printer/slip-pieces.ts';
import { decodeCommand, type PrinterCommand } from './virtual-printer-commands.ts';
import { PrinterPage, type TornPaper } from './virtual-printer-page.ts';

export interface PrintedSlip extends TornPaper {
  /** What goes over the wire to the printer: the slip, and the proofs that are asked for between its pieces. */
  readonly bytes: number;
}

/** @throws when it cannot be laid out, or the printer does not understand all of it */
export async function printOnPaper(markup: string, columns = 48): Promise<PrintedSlip> {
  const layout = await layoutSlip(markup, { columns });
  if (layout.kind === 'unprintable') throw new Error(`The slip is unprintable: ${layout.why}`);
  const page = new PrinterPage((complaint) => {
    throw new Error(complaint);
  });
  // Each by itself: no command goes over the end of a unit.
  for (const unit of layout.units) carryOut(unit, page);
  const bytes = [...pieces(layout.units)].reduce((sum, piece) => sum + piece.length + PRINT_MARKER_BYTES, 0);
  return { ...page.tear(), bytes };
}

/** Has `page` carry out every command in `bytes`. @returns the commands @throws when the last one is not whole */
export function carryOut(bytes: Uint8Array, page: Pick<PrinterPage, 'kanji' | 'do'>): PrinterCommand[] {
  const commands: PrinterCommand[] = [];
  for (let at = 0; at < bytes.length; ) {
    const decoded = decodeCommand(bytes.subarray(at), page.kanji);
    if (!decoded) throw new Error('The bytes end inside a command.');
    page.do(decoded.command);
    commands.push(decoded.command);
    at += decoded.length;
  }
  return commands;
}
