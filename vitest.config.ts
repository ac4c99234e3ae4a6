import { defineConfig } from 'vitest/config';

/** Need a browser and nothing else: no reader, no printer, no town. */
const BROWSER = ['renderer/**/*.device.test.ts', 'test/journeys/slow-hands.test.ts'];
/** A simulated town and killed processes: they take every processor there is. */
const SIMULATION = ['test/simulation/simulation.test.ts', 'test/simulation/kills.test.ts'];

// Tests that use the one pcscd, the one virtual reader, or a browser run one file after another; everything else side by side.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Torn cards, torn slips and cut lines need nothing but the processor.
          include: ['{contract,hardware,agent,backend,electron,renderer,scripts}/**/*.test.{ts,tsx}', 'test/simulation/{tearing,printing}.test.ts', 'test/{ledger,link,sync}/*.test.ts'],
          exclude: ['**/*.device.test.ts', '**/node_modules/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'device',
          include: ['{hardware,agent}/**/*.device.test.ts', 'test/**/*.test.ts'],
          exclude: [...SIMULATION, ...BROWSER, 'test/simulation/{tearing,printing}.test.ts', 'test/{ledger,link,sync}/*.test.ts', '**/node_modules/**'],
          globalSetup: 'test/support/run-directory.ts',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: { name: 'browser', include: BROWSER, fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 },
      },
      {
        test: { name: 'simulation', include: SIMULATION, fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
});
