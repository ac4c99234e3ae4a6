/** Pages of `docs/` that are made from the program. With `--check` on the command line nothing is written: a page that is not up to date is a failure. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

/** @param place of the page, `docs/…` @param script that makes it, as in `node scripts/…` */
export function keepPage(place: string, page: string, script: string): void {
  const file = path.join(ROOT, place);
  if (!process.argv.includes('--check')) return writeFileSync(file, page);
  if (currentText(file) === page) return;
  process.stderr.write(`${place} is not up to date. Run: node ${script}\n`);
  process.exitCode = 1;
}

function currentText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
