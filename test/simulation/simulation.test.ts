/** The production agent and backend under seeded faults: a share of what `npm run simulate` runs, and proof that it finds bugs. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { openSimulation, type Simulation } from './run-seed.ts';

const SEEDS = 40;
/** A planted bug must be found within so many seeds. */
const SEEDS_TO_FIND = 20;

let simulation: Simulation;
beforeAll(async () => {
  simulation = await openSimulation();
});
afterAll(() => simulation.close());

describe('two kiosks and their backend', () => {
  it.each(Array.from({ length: SEEDS }, (_, index) => index + 1))('keep every promise under the faults of seed %i', async (seed) => {
    const { faults } = await simulation.run(seed);
    expect(faults, `again: npm run simulate -- --seed ${seed}`).toEqual([]);
  });

  it('do the very same things when a seed is run again', async () => {
    const first = await simulation.run(7, { keepLines: true });
    const other = await openSimulation();
    const second = await other.run(7, { keepLines: true });
    await other.close();
    expect(second.lines).toEqual(first.lines);
    expect(second.hash).toBe(first.hash);
    expect(first.lines.length).toBeGreaterThan(300);
  });

  it('do other things under another seed', async () => {
    const [first, second] = [await simulation.run(7), await simulation.run(8)];
    expect(first.hash).not.toBe(second.hash);
  });
});

describe('the checks find', () => {
  it.each(Object.entries(PLANTED_BUGS))('%s', async (_, plant) => {
    for (let seed = 1; seed <= SEEDS_TO_FIND; seed += 1) {
      const { faults } = await simulation.run(seed, { plant: plant() });
      if (faults.length > 0) return;
    }
    expect.fail(`Not found within ${SEEDS_TO_FIND} seeds`);
  });
});
