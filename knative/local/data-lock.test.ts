import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDataFolder } from './data-lock.ts';

const module = join(import.meta.dirname, 'data-lock.ts');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A process of its own that holds the lock for `holdMs`. */
async function holdElsewhere(holdMs: number) {
  const code = `import { lockDataFolder } from ${JSON.stringify(module)};
    await lockDataFolder(${JSON.stringify(folder)}); console.log('locked'); setTimeout(() => {}, ${holdMs});`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', code], {
    cwd: join(import.meta.dirname, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

test('a folder that another process holds cannot be locked', async () => {
  const other = await holdElsewhere(10_000);
  await expect(lockDataFolder(folder, 100)).rejects.toMatchObject({ code: 'data/locked' });
  other.kill('SIGKILL');
  await once(other, 'exit');
});

test('a folder whose holder was killed can be locked at once', async () => {
  const other = await holdElsewhere(10_000);
  other.kill('SIGKILL');
  await once(other, 'exit');
  using _ = await lockDataFolder(folder, 0);
});

test('a waiting process gets the lock when its holder ends', async () => {
  await holdElsewhere(300);
  using _ = await lockDataFolder(folder, 5000);
});

test('a released lock can be taken again, also by the same process', async () => {
  (await lockDataFolder(folder))[Symbol.dispose]();
  using _ = await lockDataFolder(folder, 0);
  await expect(lockDataFolder(folder, 0)).rejects.toMatchObject({ code: 'data/locked' });
});
