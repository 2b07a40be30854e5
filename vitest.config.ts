/** Two projects: `unit` needs nothing, `cluster` is every suite that talks to a real search node (started once for all files). */
import { defineConfig } from 'vitest/config';

const shared = {
  pool: 'forks',
  testTimeout: 30_000,
  hookTimeout: 180_000,
  setupFiles: ['test/support/fixed-seed.ts'],
} as const;

const unit = ['test/unit/**/*.test.ts', 'test/corpus/**/*.test.ts'];

export default defineConfig({
  test: {
    // Two cores are shared with the node and its Java.
    maxWorkers: 2,
    minWorkers: 1,
    projects: [
      { test: { ...shared, name: 'unit', include: unit } },
      {
        test: {
          ...shared,
          name: 'cluster',
          include: ['test/**/*.test.ts'],
          exclude: [...unit, '**/node_modules/**'],
          globalSetup: ['test/support/global-setup.ts'],
        },
      },
    ],
  },
});
