/** Makes what was renamed or created in a directory survive a power cut. */
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Windows has no such call and does it by itself. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
