import { defineConfig } from 'vitest/config';

// Tests that use the one pcscd, the one virtual reader or a browser run one file after another; everything else side by side.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          // Torn cards and cut lines need nothing but the processor.
          include: ['{contract,hardware,agent,backend,electron,renderer,scripts}/**/*.test.{ts,tsx}', 'test/simulation/tearing.test.ts', 'test/{ledger,sync}/*.test.ts'],
          exclude: ['**/*.device.test.ts', '**/node_modules/**'],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'device',
          include: ['{hardware,agent,renderer}/**/*.device.test.ts', 'test/**/*.test.ts'],
          exclude: ['test/simulation/tearing.test.ts', 'test/{ledger,sync}/*.test.ts', '**/node_modules/**'],
          globalSetup: 'test/support/run-directory.ts',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
