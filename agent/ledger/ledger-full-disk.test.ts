import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryLedger } from '../test-support/ledger-town.ts';

const PROGRAM = path.join(import.meta.dirname, '../test-support/fill-the-disk.ts');
const place = temporaryLedger();
/** A small file system of its own needs a mount namespace, and that needs root or user namespaces. */
const unshare = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user', '--user'])];
const canMount = spawnSync('unshare', [...unshare, 'mount', '-t', 'tmpfs', 'tmpfs', place.directory]).status === 0;

describe.skipIf(!canMount)('a full disk', () => {
  afterAll(() => place.remove());

  it('stops the ledger with a clear trouble, loses nothing, and lets it go on when it is opened again with room', () => {
    mkdirSync(place.directory, { recursive: true });
    const script = 'mount -t tmpfs -o size=24m tmpfs "$1" && exec "$2" "$3" "$1"';
    const run = spawnSync('unshare', [...unshare, 'sh', '-c', script, 'sh', place.directory, process.execPath, PROGRAM], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const seen = JSON.parse(run.stdout) as { acknowledged: number };
    expect(seen).toMatchObject({ first: 'disk-full', withRoomButNotReopened: 'disk-full', whileFull: 'disk-full', lost: [], faults: [] });
    expect(seen.acknowledged).toBeGreaterThan(10);
  }, 60_000);
});
