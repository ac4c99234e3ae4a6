/** What an independent program (Debian's zbar-tools) reads in the picture of a slip. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

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
