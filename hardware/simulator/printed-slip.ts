/** A slip as the virtual printer prints it, without a line in between: for whoever looks at slips. */
import { layoutSlip } from '../printer/slip-layout.ts';
import { PRINT_MARKER_BYTES } from '../printer/escpos-commands.ts';
import { pieces } from '../printer/slip-pieces.ts';
import { decodeCommand } from './virtual-printer-commands.ts';
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
  for (const unit of layout.units) {
    for (let at = 0; at < unit.length; ) {
      const decoded = decodeCommand(unit.subarray(at), page.kanji);
      if (!decoded) throw new Error('A unit ends inside a command.');
      page.do(decoded.command);
      at += decoded.length;
    }
  }
  const bytes = [...pieces(layout.units)].reduce((sum, piece) => sum + piece.length + PRINT_MARKER_BYTES, 0);
  return { ...page.tear(), bytes };
}
