// `npm run test:knative`: the tests on the cluster that KUBECONFIG names. Arguments go to vitest, besides
//   --write   writes the measurements of this and earlier runs to docs/measurements-knative.md
//   --keep    keeps the installation for the next run
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assemblePage } from './findings.ts';

const repository = join(import.meta.dirname, '../..');
const own = new Set(['--write', '--keep']);
const given = process.argv.slice(2);
const args = ['run', '--config', join(import.meta.dirname, 'vitest.config.ts'), ...given.filter((it) => !own.has(it))];
const env = { ...process.env, ...(given.includes('--keep') && { DARKROOM_LAB_KEEP: '1' }) };

const child = spawn(process.execPath, [join(repository, 'node_modules/vitest/vitest.mjs'), ...args], {
  stdio: 'inherit',
  env,
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
await once(child, 'close');
process.exitCode = child.exitCode ?? 1;
if (given.includes('--write')) {
  await writeFile(join(repository, 'docs/measurements-knative.md'), await assemblePage());
}
