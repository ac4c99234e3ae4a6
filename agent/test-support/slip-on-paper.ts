/** A slip as the virtual printer prints it, and what an independent program (Debian's zbar-tools) reads in its picture. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { layoutSlip } from '../../hardware/printer/slip-layout.ts';
import { decodeCommand } from '../../hardware/simulator/virtual-printer-commands.ts';
import { PrinterPage } from '../../hardware/simulator/virtual-printer-page.ts';

/** @param markup for 48 columns @returns the picture, one pixel a dot, and the bytes that were sent for it */
export async function slipOnPaper(markup: string): Promise<{ readonly text: string; readonly png: Buffer; readonly bytes: number }> {
  const layout = await layoutSlip(markup, { columns: 48 });
  if (layout.kind === 'unprintable') throw new Error(layout.why);
  const page = new PrinterPage((complaint) => {
    throw new Error(complaint);
  });
  for (const unit of layout.units) {
    for (let at = 0; at < unit.length; ) {
      const decoded = decodeCommand(unit.subarray(at), page.kanji);
      if (!decoded) throw new Error('a unit ends inside a command');
      page.do(decoded.command);
      at += decoded.length;
    }
  }
  return { ...page.tear(), bytes: Buffer.concat(layout.units).length };
}

/** @returns what each QR code in the picture says, in no order */
export function codesInPicture(png: Buffer): string[] {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-slip-'));
  try {
    const picture = path.join(directory, 'slip.png');
    writeFileSync(picture, png);
    const { stdout, error } = spawnSync('zbarimg', ['--quiet', '--raw', '-Sdisable', '-Sqrcode.enable', picture], { encoding: 'utf8' });
    if (error) throw error;
    return stdout.split('\n').filter((line) => line !== '');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
