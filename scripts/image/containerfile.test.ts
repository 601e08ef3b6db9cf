import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { imageSettings } from './lay-out.ts';

test('the Containerfile has the same settings as the image that is built without an engine', async () => {
  const text = await readFile(join(import.meta.dirname, 'Containerfile'), 'utf8');
  const { userId, env, entrypoint, workingFolder } = imageSettings;
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  expect(text.slice(text.lastIndexOf('FROM ')).split('\n')).toEqual(
    expect.arrayContaining([
      `WORKDIR ${workingFolder}`,
      `ENV ${variables.join(' ')}`,
      `USER ${userId}:${userId}`,
      `ENTRYPOINT ${JSON.stringify(entrypoint).replaceAll(',', ', ')}`,
    ]),
  );
});
