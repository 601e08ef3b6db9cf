import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeImage } from './image-archive.ts';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-image-test-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function layOut(name: string, text: string): Promise<string> {
  const root = join(folder, name);
  await mkdir(join(root, 'app'), { recursive: true });
  await writeFile(join(root, 'app/program.mjs'), text);
  await chmod(join(root, 'app/program.mjs'), 0o755);
  return root;
}

async function write(name: string, layers: readonly string[]): Promise<{ reference: string; file: string }> {
  const file = join(folder, `${name}.tar`);
  const description = { name: 'dev.local/test', layers, userId: 65_532, env: { A: 'b' } };
  return { file, reference: await writeImage(file, { ...description, entrypoint: ['/app'], workingFolder: '/' }) };
}

test('the same contents give the same bytes at any time', async () => {
  const root = await layOut('same', 'one');
  const first = await write('first', [root]);
  await utimes(join(root, 'app/program.mjs'), 1, 1);
  const second = await write('second', [root]);
  expect(second.reference).toBe(first.reference);
  expect((await readFile(second.file)).equals(await readFile(first.file))).toBe(true);
});

test('other contents get another tag', async () => {
  const one = await write('one', [await layOut('tag-one', 'one')]);
  const two = await write('two', [await layOut('tag-two', 'two')]);
  expect(two.reference).not.toBe(one.reference);
});

test('each layer lies under its own digest, with its files owned by root', async () => {
  const { file, reference } = await write('layers', [await layOut('lower', 'lower'), await layOut('upper', 'upper')]);
  const out = join(folder, 'out');
  await mkdir(out);
  await extract({ file, cwd: out });
  const [image] = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8')) as [
    { Config: string; RepoTags: string[]; Layers: string[] },
  ];
  expect(image.RepoTags).toEqual([reference]);
  const config = JSON.parse(await readFile(join(out, image.Config), 'utf8')) as {
    config: unknown;
    rootfs: { diff_ids: string[] };
  };
  expect(config.config).toMatchObject({ User: '65532:65532', Env: ['A=b'], Entrypoint: ['/app'] });
  expect(config.rootfs.diff_ids).toHaveLength(2);
  for (const [at, digest] of config.rootfs.diff_ids.entries()) {
    const layer = await readFile(join(out, image.Layers[at] ?? ''));
    expect(`sha256:${createHash('sha256').update(layer).digest('hex')}`).toBe(digest);
  }
  const entries: Record<string, unknown> = {};
  await extract({
    file: join(out, image.Layers[1] ?? ''),
    cwd: out,
    onReadEntry: ({ path, uid, mode }) => (entries[path] = { uid, mode }),
  });
  expect(entries).toMatchObject({ 'app/program.mjs': { mode: 0o755 } });
  expect(await readFile(join(out, 'app/program.mjs'), 'utf8')).toBe('upper');
});
