/**
 * Copies of SQLite files as a machine that stops at this very moment would leave them: what is committed is there, what is not is not.
 * Taken between two calls of SQLite, so the file and its log belong together.
 */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

/** @returns the path of the copy, in a new directory `to` */
export function copyDatabase(file: string, to: string): string {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const copy = path.join(to, path.basename(file));
  for (const part of ['', '-wal']) if (existsSync(`${file}${part}`)) copyFileSync(`${file}${part}`, `${copy}${part}`);
  return copy;
}
