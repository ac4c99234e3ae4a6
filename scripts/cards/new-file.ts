/** Writes files that are worth value: never over another one, never readable by others, and never where git would take them. */
import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** @param file absolute */
export function isInProject(file: string): boolean {
  const within = path.relative(ROOT, file);
  // var/ is not kept by git: the town of `npm start` is there.
  return !within.startsWith('..') && !path.isAbsolute(within) && !within.startsWith(`var${path.sep}`);
}

/**
 * Makes the file, readable by its owner only from the first byte on. One that could not be written whole is taken away again.
 * @throws the system's error: EEXIST when it is there already
 */
export function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } catch (error) {
    unlinkSync(file);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** After it, also a rename or a new name in the directory is on the disk. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
