import { mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseConfig } from '#shared/config/config.ts';
import { openPrimaryStore, withOutside } from './open-store.ts';
import type { Store } from './store.ts';

let root: string;
let photos: string;
let store: Store;
const withCode = (code: string) => expect.objectContaining({ code }) as unknown;
const text = async (location: string) => (await buffer(await store.read(location))).toString();

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'darkroom-external-')));
  photos = join(root, 'photos');
  await mkdir(join(photos, '2024'), { recursive: true });
  await writeFile(join(photos, '2024/a.jpg'), 'photo a');
  await writeFile(join(root, 'secret'), 'secret');
  await mkdir(join(root, 'photos-of-others'));
  await writeFile(join(root, 'photos-of-others/b.jpg'), 'theirs');
  const config = parseConfig({
    DARKROOM_DATA: join(root, 'data'),
    DARKROOM_EXTERNAL_FOLDERS: `${photos},${join(root, 'data')},${join(root, 'away')},${join(root, 'mount')}`,
  });
  await mkdir(join(root, 'data/files'), { recursive: true });
  store = await withOutside(config, await openPrimaryStore(config));
  await store.put('library/anna/own.jpg', Buffer.from('own'));
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

test('a file outside of the store is found, read, listed and handed over under its absolute path', async () => {
  const location = join(photos, '2024/a.jpg');
  expect(await store.find(location)).toMatchObject({ key: location, sizeBytes: 7 });
  expect(await text(location)).toBe('photo a');
  expect((await buffer(await store.read(location, { start: 0, end: 4 }))).toString()).toBe('photo');
  const listed = await Array.fromAsync(store.list(`${photos}/`));
  expect(listed.map((it) => it.key)).toEqual([location]);
  await using file = await store.toLocalFile(location);
  expect(await readFile(file.path, 'utf8')).toBe('photo a');
});

test('keys of the store are read from the store as before', async () => {
  expect(await text('library/anna/own.jpg')).toBe('own');
  await store.put('upload/x', Buffer.from('x'));
  await store.delete('upload/x');
  expect(await store.find('upload/x')).toBeUndefined();
});

test('nothing outside of the store is ever written or deleted', async () => {
  const location = join(photos, '2024/a.jpg');
  await expect(store.put(location, Buffer.from('x'))).rejects.toEqual(withCode('store/read-only'));
  await expect(store.createWriter(join(photos, 'new.jpg'))).rejects.toEqual(withCode('store/read-only'));
  await store.delete(location);
  expect(await readFile(location, 'utf8')).toBe('photo a');
});

test.each([
  ['a folder that is not allowed', () => join(root, 'secret')],
  ['a folder whose name only begins alike', () => join(root, 'photos-of-others/b.jpg')],
  ['the allowed folder itself', () => photos],
  ['a file of the store by its absolute path', () => join(root, 'data/files/library/anna/own.jpg')],
  ['the root', () => '/'],
])('%s is not read', async (_what, location) => {
  await expect(store.read(location())).rejects.toThrow();
  await expect(store.toLocalFile(location())).rejects.toThrow();
});

test.each(['..', '.', ''])('a path with a segment %j is no location', async (segment) => {
  const location = `${photos}/${segment}/../secret`;
  await expect(store.find(location)).rejects.toEqual(withCode('store/invalid-key'));
  await expect(store.read(`${photos}/\0`)).rejects.toEqual(withCode('store/invalid-key'));
});

test('a symbolic link below an allowed folder is not followed, whatever its target', async () => {
  await symlink(join(root, 'secret'), join(photos, 'link.jpg'));
  await symlink(root, join(photos, 'up'));
  await symlink(join(root, 'data/files'), join(photos, 'store'));
  for (const name of ['link.jpg', 'up/secret', 'up/photos/2024/a.jpg', 'store/library/anna/own.jpg']) {
    expect(await store.find(join(photos, name))).toBeUndefined();
    await expect(store.read(join(photos, name))).rejects.toEqual(withCode('store/not-found'));
    await expect(store.toLocalFile(join(photos, name))).rejects.toEqual(withCode('store/not-found'));
  }
  expect((await Array.fromAsync(store.list(`${photos}/`))).map((it) => it.key)).toEqual([join(photos, '2024/a.jpg')]);
});

test('a file that is replaced by a link after it was opened is still the opened one', async () => {
  const location = join(photos, '2024/swapped.jpg');
  await writeFile(location, 'before');
  await using file = await store.toLocalFile(location);
  await rename(location, `${location}.old`);
  await symlink(join(root, 'secret'), location);
  expect(await readFile(file.path, 'utf8')).toBe('before');
});

test('an allowed folder may be a symbolic link; a missing one is unavailable, not empty', async () => {
  await symlink(photos, join(root, 'mount'));
  expect(await text(join(root, 'mount/2024/a.jpg'))).toBe('photo a');
  for (const ask of [
    () => store.find(join(root, 'away/a.jpg')),
    () => store.read(join(root, 'away/a.jpg')),
    () => Array.fromAsync(store.list(join(root, 'away/'))),
  ]) {
    await expect(ask()).rejects.toEqual(withCode('store/unavailable'));
  }
});

test('without an allowed folder no path is read', async () => {
  const config = parseConfig({ DARKROOM_DATA: join(root, 'data') });
  await using closed = await withOutside(config, await openPrimaryStore(config));
  expect(await closed.find(join(photos, '2024/a.jpg'))).toBeUndefined();
  await expect(closed.read('/etc/passwd')).rejects.toEqual(withCode('store/not-found'));
});
