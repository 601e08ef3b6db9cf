import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isRunning, startDarkroom } from '#test/support/darkroom-process.ts';
import { lockDataFolder } from './data-lock.ts';

const root = join(import.meta.dirname, '../..');

let stack: AsyncDisposableStack;
let dataFolder: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  dataFolder = await mkdtemp(join(tmpdir(), 'darkroom-admin-'));
  stack.defer(() => rm(dataFolder, { recursive: true, force: true }));
});
afterEach(() => stack.disposeAsync());

/** As `npm run admin`, in a process of its own. */
async function admin(line: string, input = '') {
  const args = ['knative/local/admin.ts', '--data', dataFolder, ...line.split(' ')];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'pipe' });
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null) await once(child, 'exit');
  return { exitCode: child.exitCode, out, err };
}

const listUsers = async () =>
  (JSON.parse((await admin('users list --json')).out) as { email: string }[]).map((it) => it.email);

test('commands run while Darkroom is awake, while it sleeps, and while it is off', async () => {
  const darkroom = await startDarkroom({ dataFolder, env: { DARKROOM_IDLE_SECONDS: '1' } });
  stack.defer(async () => {
    if (isRunning(darkroom.pid)) await darkroom.killAll();
  });
  expect(await admin('users create ada@example.org --password-stdin', 'correct horse\n')).toEqual({
    exitCode: 0,
    out: 'ada@example.org has an account now, an administrator.\n',
    err: '',
  });
  await expect.poll(() => darkroom.listPids(), { timeout: 20_000 }).toEqual([darkroom.pid]);
  expect((await admin('users create ben@example.org')).exitCode).toBe(0);
  expect(await darkroom.listPids()).toEqual([darkroom.pid]);
  expect((await fetch(`${darkroom.url}/api/server/ping`)).status).toBe(200);
  expect(await listUsers()).toEqual(['ben@example.org', 'ada@example.org']);
  await darkroom.killAll();
  expect(await listUsers()).toEqual(['ben@example.org', 'ada@example.org']);
  expect(await admin('sweep')).toMatchObject({
    exitCode: 0,
    out: expect.stringContaining('Darkroom sleeps') as unknown,
  });
}, 90_000);

test('a folder without data of Darkroom is not initialized', async () => {
  expect(await admin('users list')).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('no data of Darkroom') as unknown,
  });
});

test('a data folder whose holder does not answer is reported as in use', async () => {
  using lock = await lockDataFolder(dataFolder);
  expect(lock).toBeDefined();
  const { exitCode, err } = await admin('users list');
  expect(exitCode).toBe(1);
  expect(err).toContain('does not answer; stop it');
}, 40_000);
