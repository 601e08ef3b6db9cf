import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTemplate } from './pglite-template.ts';

test('of two processes that make the template at once the first one’s stays, which others may be copying', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'darkroom-template-'));
  try {
    const folder = join(cache, 'pglite-new');
    await mkdir(join(cache, 'pglite-old'));
    const both = [makeTemplate(folder), makeTemplate(folder)];
    await Promise.race(both);
    const first = await stat(folder);
    await Promise.all(both);
    expect((await stat(folder)).ino).toBe(first.ino);
    expect(existsSync(join(folder, 'PG_VERSION'))).toBe(true);
    expect(existsSync(join(cache, 'pglite-old'))).toBe(false);
  } finally {
    await rm(cache, { recursive: true });
  }
});
