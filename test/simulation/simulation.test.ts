/** The production agent and backend under seeded faults: the fast tier of `npm run simulate`. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAULT_NAMES } from './fault-kinds.ts';
import { openSimulation, TIERS } from './run-seed.ts';
import { runSeeds } from './run-seeds.ts';

const PROGRAM = path.join(import.meta.dirname, 'simulate.ts');
const KINDS_MIN = 40;
const LONG_MS = 1_800_000;

describe('two kiosks and their backend', () => {
  it(
    'keep every promise under the faults of the fast tier, each of which strikes',
    async () => {
      const { passed, failures, strikes } = await runSeeds({ tier: 'fast', first: 1, seeds: TIERS.fast.seeds }, PROGRAM);
      expect(failures, 'again: npm run simulate -- --seed N').toEqual([]);
      expect(passed).toBe(TIERS.fast.seeds);
      expect(FAULT_NAMES.length).toBeGreaterThanOrEqual(KINDS_MIN);
      expect(FAULT_NAMES.filter((kind) => (strikes.get(kind) ?? 0) === 0)).toEqual([]);
    },
    LONG_MS,
  );

  it('do the very same things when a seed is run again, in another process as well', async () => {
    const simulation = await openSimulation();
    const hashes: string[] = [];
    // What ran before in the same process must make no difference.
    for (const seed of [7, 8, 7]) {
      const { hash, lines } = await simulation.run(seed, { keepLines: true });
      expect(lines.length).toBeGreaterThan(200);
      if (seed === 7) hashes.push(hash);
    }
    await simulation.close();
    const { stdout } = spawnSync(process.execPath, [PROGRAM, '--seed', '7'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    hashes.push(/^hash (\S+)$/m.exec(stdout)?.[1] ?? 'none');
    expect(new Set(hashes).size).toBe(1);
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
  }, LONG_MS);
});
