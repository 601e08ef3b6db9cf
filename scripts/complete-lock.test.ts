import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { listMissingBuilds } from './complete-lock.ts';

test('the lock has every optional build, so that npm ci accepts it on every platform', async () => {
  const lock = JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8')) as Parameters<
    typeof listMissingBuilds
  >[0];
  expect([...listMissingBuilds(lock).keys()]).toEqual([]);
});

test('a build of another version elsewhere does not count', () => {
  const packages = {
    '': {},
    'node_modules/a': { version: '2.0.0', optionalDependencies: { 'a-linux-x64': '2.0.0' } },
    'node_modules/a-linux-x64': { version: '2.0.0' },
    'node_modules/b/node_modules/a': { version: '1.0.0', dev: true, optionalDependencies: { 'a-linux-x64': '1.0.0' } },
  };
  expect([...listMissingBuilds({ packages })]).toEqual([
    [
      'node_modules/b/node_modules/a-linux-x64',
      { version: '1.0.0', cpu: ['x64'], dev: true, optional: true, os: ['linux'] },
    ],
  ]);
});
