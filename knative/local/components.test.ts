import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '#shared/config/config.ts';
import { componentsOf } from './components.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-components-'));
});
afterEach(() => rm(folder, { recursive: true }));

const componentsFor = (env: Record<string, string>) => componentsOf(parseConfig({ DARKROOM_DATA: folder, ...env }));

test('nobody watches a folder store in which there is nothing to watch', async () => {
  expect(await componentsFor({})).toEqual([]);
});

test('a folder store with a library is watched', async () => {
  await mkdir(join(folder, 'files/library'), { recursive: true });
  expect(await componentsFor({})).toEqual(['watch-nfs']);
});

test('folders of external libraries are watched', async () => {
  expect(await componentsFor({ DARKROOM_EXTERNAL_FOLDERS: '/mnt/photos' })).toEqual(['watch-nfs']);
});

test('a bucket is watched, and a folder beside it if there is one', async () => {
  expect(await componentsFor({ DARKROOM_STORE: 'minio' })).toEqual(['watch-minio']);
  const both = { DARKROOM_STORE: 'minio', DARKROOM_WATCH_FOLDER: '/mnt/photos' };
  expect(await componentsFor(both)).toEqual(['watch-minio', 'watch-nfs']);
});
