import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBytes } from '#test/support/byte-streams.ts';
import { describeWithSmallDisk, mountSmallDisk } from '#test/support/small-disk.ts';
import { openFolderStore } from './folder-store.ts';
import { collectKeys, testStore, withCode } from './store.conformance.ts';
import type { Store } from './store.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-store-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function openStore(root: string): Promise<Store> {
  const store = await openFolderStore(root);
  await store.prepare();
  return store;
}

describe('the folder store', () => {
  testStore(async () => await openStore(join(folder, 'conformance')));
});

test('files that others put into the folder are objects, unless their path is not a valid key', async () => {
  const root = join(folder, 'tree');
  await mkdir(join(root, 'library/anna'), { recursive: true });
  await writeFile(join(root, 'library/anna/a.jpg'), 'photo');
  await writeFile(join(root, 'library/anna/new\nline.jpg'), 'photo');
  await writeFile(Buffer.from(`${root}/library/\xff.jpg`, 'latin1'), 'photo');
  await using store = await openStore(root);
  expect(await collectKeys(store.list(''))).toEqual(['library/anna/a.jpg']);
  await using file = await store.toLocalFile('library/anna/a.jpg');
  expect(file.path).toBe(join(root, 'library/anna/a.jpg'));
});

test('symbolic links are never followed, neither by reading, listing, writing nor deleting', async () => {
  const outside = join(folder, 'outside');
  const root = join(folder, 'linked');
  await mkdir(outside);
  await writeFile(join(outside, 'secret'), 'secret');
  await using store = await openStore(root);
  await store.put('inside/a', Buffer.from('a'));
  await symlink(outside, join(root, 'folder'));
  await symlink(join(outside, 'secret'), join(root, 'file'));
  await symlink(root, join(root, 'inside/loop'));

  expect(await collectKeys(store.list(''))).toEqual(['inside/a']);
  expect(await collectKeys(store.list('folder/'))).toEqual([]);
  for (const key of ['folder/secret', 'file', 'inside/loop/inside/a']) {
    expect(await store.find(key)).toBeUndefined();
    await expect(store.read(key)).rejects.toEqual(withCode('store/not-found'));
    await expect(store.toLocalFile(key)).rejects.toEqual(withCode('store/not-found'));
    await store.delete(key);
  }
  await expect(store.put('folder/new', Buffer.from('x'))).rejects.toEqual(withCode('store/invalid-key'));
  await expect(store.put('folder/deep/new', Buffer.from('x'))).rejects.toEqual(withCode('store/invalid-key'));
  await store.put('file', Buffer.from('replaces the link'));
  expect(await readdir(outside)).toEqual(['secret']);
  expect(await readFile(join(outside, 'secret'), 'utf8')).toBe('secret');
});

test('the root may be a symbolic link', async () => {
  await mkdir(join(folder, 'volume'));
  await symlink(join(folder, 'volume'), join(folder, 'mount'));
  await using store = await openStore(join(folder, 'mount'));
  await store.put('a/b', Buffer.from('x'));
  expect(await collectKeys(store.list('a'))).toEqual(['a/b']);
});

test('a writer leaves no temporary file, whether it commits or aborts', async () => {
  const root = join(folder, 'temporary');
  await using store = await openStore(root);
  await store.put('a', Buffer.from('x'));
  const writer = await store.createWriter('b');
  writer.stream.write('x');
  expect(await readdir(join(root, '.incoming'))).toHaveLength(1);
  await writer.abort();
  expect(await readdir(join(root, '.incoming'))).toEqual([]);
});

test('a name that the file system cannot hold, or that is a folder, is an invalid key', async () => {
  await using store = await openStore(join(folder, 'names'));
  await store.put('a/b', Buffer.from('x'));
  for (const key of ['x'.repeat(300), 'a', 'a/b/c']) {
    await expect(store.put(key, Buffer.from('x'))).rejects.toEqual(withCode('store/invalid-key'));
  }
  expect(await readdir(join(folder, 'names/.incoming'))).toEqual([]);
});

test('a missing root is an error; only `prepare` creates it, and never its parents', async () => {
  await writeFile(join(folder, 'file'), '');
  const away = withCode('store/unavailable');
  for (const name of ['file', 'file/below', 'none', 'none/below']) {
    const store = await openFolderStore(join(folder, name));
    await expect(store.put('a/b', Buffer.from('x'))).rejects.toEqual(away);
    await expect(store.find('a')).rejects.toEqual(away);
    if (name !== 'none') await expect(store.prepare()).rejects.toEqual(away);
  }
  expect(await readdir(folder)).not.toContain('none');
  const store = await openStore(join(folder, 'none'));
  await store.put('a/b', Buffer.from('x'));
  expect(await readdir(join(folder, 'none'))).toContain('library');
  await rm(join(folder, 'none'), { recursive: true });
  await expect(store.put('a/b', Buffer.from('x'))).rejects.toEqual(away);
  expect(await readdir(folder)).not.toContain('none');
});

describeWithSmallDisk('a folder store on a full disk', () => {
  test('throws store/full, leaves nothing of the object and works again when there is room', async () => {
    using disk = mountSmallDisk(1024 * 1024);
    const store = await openStore(join(disk.path, 'files'));
    await store.put('small', Buffer.alloc(500_000));
    const writer = await store.createWriter('big');
    await expect(pipeline(Readable.from(makeBytes(2_000_000)), writer.stream)).rejects.toEqual(withCode('store/full'));
    await expect(writer.commit()).rejects.toEqual(withCode('store/full'));
    expect(await collectKeys(store.list(''))).toEqual(['small']);
    expect(await readdir(join(disk.path, 'files/.incoming'))).toEqual([]);
    await store.put('another', Buffer.alloc(400_000));
    await expect(store.put('third', Buffer.alloc(400_000))).rejects.toEqual(withCode('store/full'));
    await store.delete('another');
    await store.put('third', Buffer.alloc(400_000));
  });
});

test('a temporary file of a dead writer is removed by its age, and one being written stays', async () => {
  const root = join(folder, 'dead');
  await using store = await openStore(root);
  await using writer = await store.createWriter('a');
  writer.stream.write('x');
  expect(await store.removeUnfinished(new Date(Date.now() - 60_000))).toBe(0);
  expect(await store.removeUnfinished(new Date(Date.now() + 60_000))).toBe(1);
  expect(await readdir(join(root, '.incoming'))).toEqual([]);
  expect(await store.removeUnfinished(new Date())).toBe(0);
});

test('a file that replaces another during its deletion is never lost', async () => {
  const root = join(folder, 'replaced');
  await using store = await openStore(root);
  const key = 'library/anna/a.jpg';
  const kept = async () => (await readdir(join(root, 'library/anna'))).filter((it) => !it.startsWith('.'));
  for (let n = 0; n < 300; n += 1) {
    await store.put(key, Buffer.from(`old ${n}`));
    const { version = '' } = (await store.find(key)) ?? {};
    await writeFile(join(root, 'new'), `newer ${n}`);
    await Promise.all([store.deleteVersion(key, version), rename(join(root, 'new'), join(root, key))]);
    expect(await readFile(join(root, key), 'utf8')).toBe(`newer ${n}`);
    expect(await kept()).toEqual(['a.jpg']);
  }
  expect(await readdir(join(root, 'library/anna'))).toEqual(['a.jpg']);
});

test('a file left renamed by a process that died during deletion is handled by the next deletion', async () => {
  const root = join(folder, 'half-deleted');
  await using store = await openStore(root);
  const path = join(root, 'library/a.jpg');
  const aside = join(
    root,
    `library/.darkroom-removing.${createHash('sha256').update('a.jpg').digest('hex').slice(0, 16)}.0`,
  );
  await store.put('library/a.jpg', Buffer.from('mine'));
  const { version = '' } = (await store.find('library/a.jpg')) ?? {};
  await rename(path, aside);
  expect(await store.deleteVersion('library/a.jpg', version)).toBe(true);
  expect(await readdir(join(root, 'library'))).toEqual([]);

  await writeFile(aside, 'of somebody else');
  await writeFile(path, 'of a third');
  expect(await store.deleteVersion('library/a.jpg', version)).toBe(false);
  expect((await readdir(join(root, 'library'))).toSorted()).toEqual(['a (1).jpg', 'a.jpg']);
  expect(await readFile(join(root, 'library/a (1).jpg'), 'utf8')).toBe('of somebody else');
  expect(await readFile(path, 'utf8')).toBe('of a third');
});
