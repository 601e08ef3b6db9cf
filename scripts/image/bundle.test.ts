import { fork, spawn } from 'node:child_process';
import { chmod, glob, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeFlags } from '#functions/pod/node-flags.ts';
import { fixture } from '#test/fixtures/index.ts';
import { bundleProgram } from './bundle.ts';

/** A part of the root folder of an image. */
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'darkroom-bundle-'));
  await bundleProgram(join(root, 'app'));
}, 60_000);

afterAll(async () => {
  await rm(root, { recursive: true });
});

/** Loads a function as in an image, and returns Node's messages about the compiled code of each file. */
async function readCacheTrace(target: string, asUser: { uid?: number } = {}): Promise<string[]> {
  const child = spawn(process.execPath, [...nodeFlags, join(root, 'app/function.mjs'), `--target=${target}`], {
    env: {
      NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      DARKROOM_STORE_PATH: '/tmp',
      DARKROOM_LOG_LEVEL: 'silent',
      PORT: '0',
    },
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...asUser,
  });
  const found: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    if (!line.includes('V8 code cache for')) continue;
    found.push(line);
    // The chunk that is loaded among the last.
    if (line.includes('/serve-function-')) setTimeout(() => child.kill('SIGKILL'), 500);
  }
  return found;
}

test('an image contains compiled code, which is used for every file of a function', async () => {
  const lines = await readCacheTrace('thumbnail');
  expect(lines.length).toBeGreaterThan(20);
  // The two files that load the compiled code.
  const missed = lines.filter((line) => !line.includes('was accepted'));
  expect(
    missed.every((line) => /app\/function(?:-[\w-]+)?\.mjs was not initialized/.test(line)),
    missed.join('\n'),
  ).toBe(true);
});

test('another user uses the compiled code too, from a read-only folder', async () => {
  await Promise.all([chmod(root, 0o755), chmod(join(root, 'app/compile-cache'), 0o555)]);
  await rm(join(root, 'tmp'), { recursive: true, force: true });
  await mkdir(join(root, 'tmp'));
  await chmod(join(root, 'tmp'), 0o1777);
  const before = await readdir(join(root, 'app/compile-cache'));
  const lines = await readCacheTrace('sweep', process.getuid?.() === 0 ? { uid: 65_532 } : {});
  expect(lines.filter((line) => line.includes('was accepted')).length).toBeGreaterThan(10);
  expect(await readdir(join(root, 'app/compile-cache'))).toEqual(before);
});

test('a second bundle of the same source in another folder has the same bytes', async () => {
  const other = join(root, 'another/place/app');
  await bundleProgram(other);
  const files = async (folder: string) => (await Array.fromAsync(glob('**', { cwd: folder }))).sort();
  const paths = await files(other);
  expect(paths).toEqual(await files(join(root, 'app')));
  const differing: string[] = [];
  for (const path of paths.filter((it) => /^compile-cache\/|\.mjs$/.test(it))) {
    const [one, two] = await Promise.all([readFile(join(root, 'app', path)), readFile(join(other, path))]);
    if (!one.equals(two)) differing.push(path);
  }
  expect(differing).toEqual([]);
}, 60_000);

test('the program that decodes one picture is included, and works without any environment', async () => {
  const { path } = await fixture('avif');
  const child = fork(join(root, 'app/decode-child.mjs'), { env: {}, execArgv: [], serialization: 'advanced' });
  const answer = new Promise((resolve, reject) => {
    child.on('message', (message: { kind: string }) => {
      if (message.kind !== 'started') resolve(message);
    });
    child.on('exit', reject);
  });
  child.send({ task: 'readShape', args: [path, 'a.avif'], memoryBytesMax: 2 ** 30 });
  expect(await answer).toMatchObject({ kind: 'value', value: { width: 640, height: 480, orientation: null } });
  child.disconnect();
});
