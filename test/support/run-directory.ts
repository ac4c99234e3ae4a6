/** One directory for what the towns of a test run share; made before the first file and gone after the last (vitest `globalSetup`). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Names the directory to the processes that run the test files; not set outside a test run. */
export const RUN_DIRECTORY = 'KAZASU_TEST_RUN';

export default function setup(): () => void {
  const directory = mkdtempSync(path.join(tmpdir(), 'kazasu-run-'));
  process.env[RUN_DIRECTORY] = directory;
  return () => rmSync(directory, { recursive: true, force: true });
}
