import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], timeoutMs: number, exclude: string[] = []) => ({
  test: { name, include, exclude, testTimeout: timeoutMs, hookTimeout: timeoutMs, pool: 'forks' as const },
});

export default defineConfig({
  test: {
    projects: [
      project(
        'unit',
        ['{functions,shared,knative,scripts}/**/*.test.ts', 'test/{*,{manifests,support}/**/*}.test.ts'],
        20_000,
        ['functions/api/**'],
      ),
      project('integration', ['test/integration/**/*.test.ts'], 60_000),
      project('api', ['functions/api/**/*.test.ts', 'test/contract/**/*.test.ts'], 60_000),
      project('e2e', ['test/e2e/**/*.test.ts'], 600_000),
    ],
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 2,
    reporters: ['default'],
  },
});
