import { defineConfig } from 'vitest/config';

/** Need a browser and nothing else: no reader, no printer, no town. */
const BROWSER = ['renderer/**/*.device.test.ts', 'test/journeys/slow-hands.test.ts'];
/** A simulated town takes every processor there is; the one in which bugs are planted takes one. */
const SIMULATION = ['test/simulation/simulation.test.ts'];
const PLANTS = ['test/simulation/plants.test.ts'];
const KILLS = ['test/simulation/kills.test.ts'];
/** Torn cards, torn slips and cut lines need nothing but the processor. */
const PROCESSOR = ['test/simulation/{tearing,printing}.test.ts', 'test/{ledger,link,sync}/*.test.ts'];

// Tests that use the one pcscd, the one virtual reader, or a browser run one file after another; everything else side by side.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{contract,hardware,agent,backend,electron,renderer,scripts}/**/*.test.{ts,tsx}', ...PROCESSOR],
          exclude: ['**/*.device.test.ts', '**/node_modules/**'],
          // A process loads what they share once: a quarter of their time. None of them leaves anything behind in it.
          isolate: false,
          // Nobody waits for them, and everything else runs beside them.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'device', include: ['{hardware,agent}/**/*.device.test.ts', 'test/simulation/*.device.test.ts'], fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 } },
      {
        test: {
          name: 'journeys',
          include: ['test/**/*.test.ts'],
          exclude: [...SIMULATION, ...PLANTS, ...KILLS, ...BROWSER, ...PROCESSOR, '**/*.device.test.ts', '**/node_modules/**'],
          globalSetup: 'test/support/run-directory.ts',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: { name: 'browser', include: BROWSER, fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 },
      },
      { test: { name: 'kills', include: KILLS, fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 } },
      { test: { name: 'plants', include: PLANTS, testTimeout: 120_000, hookTimeout: 120_000 } },
      {
        test: { name: 'simulation', include: SIMULATION, fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
});
