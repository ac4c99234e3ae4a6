/** Files for what the processes of `npm start` say, one each; an old one is kept when the new one begins. */
import { existsSync, openSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

const KEEP_BYTES_MAX = 10_000_000;

/** @returns an open file, to be handed to a process as its standard output */
export function openLog(directory: string, name: string): number {
  const file = path.join(directory, `${name}.log`);
  if (existsSync(file) && statSync(file).size > KEEP_BYTES_MAX) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
}
