import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const minutes = 60_000;

export default defineConfig({
  test: {
    name: 'knative',
    root: join(import.meta.dirname, '../..'),
    include: ['test/knative/**/*.test.ts'],
    globalSetup: ['test/knative/global-setup.ts'],
    testTimeout: 30 * minutes,
    hookTimeout: 15 * minutes,
    pool: 'forks',
    // All files share one cluster, and would disturb each other.
    fileParallelism: false,
    sequence: { concurrent: false },
  },
});
