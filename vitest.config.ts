import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], timeoutMs: number) => ({
  test: { name, include, testTimeout: timeoutMs, hookTimeout: timeoutMs, pool: 'forks' as const },
});

export default defineConfig({
  test: {
    projects: [
      project(
        'unit',
        ['{functions,shared,knative,scripts}/**/*.test.ts', 'test/{*,{manifests,support}/**/*}.test.ts'],
        20_000,
      ),
      project('integration', ['test/integration/**/*.test.ts'], 60_000),
      project('contract', ['test/contract/**/*.test.ts'], 60_000),
      project('e2e', ['test/e2e/**/*.test.ts'], 600_000),
    ],
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 2,
    reporters: ['default'],
  },
});
