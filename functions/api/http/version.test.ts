import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { darkroomVersion } from './version.ts';

test('the version that is answered is that of the package', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  expect(darkroomVersion).toBe(version);
});
