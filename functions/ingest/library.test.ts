import { randomBytes } from 'node:crypto';
import { access, mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteAssets, findAsset, forgetAsset } from '#shared/assets/asset.ts';
import { createLibrary, deleteLibrary, forgetDeletedLibraries, updateLibrary } from '#shared/libraries/library.ts';
import { findStoredObject } from '#shared/assets/stored-object.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { newId } from '#shared/ids/ids.ts';
import { deliver, openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { fn } from './main.ts';

let platform: TestPlatform;
let root: string;
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'darkroom-library-')));
  await mkdir(join(root, 'photos'));
  await mkdir(join(root, 'watched'));
  platform = await openTestPlatform({
    DARKROOM_EXTERNAL_FOLDERS: `${root}/photos,${root}/nas`,
    DARKROOM_WATCH_FOLDER: `${root}/watched`,
  });
});
afterAll(async () => {
  await platform[Symbol.asyncDispose]();
  await rm(root, { recursive: true });
});

async function tell(type: 'created' | 'removed', key: string): Promise<number> {
  const data = type === 'created' ? { store: 'external', key, sizeBytes: 1, version: 'v' } : { store: 'external', key };
  const time = new Date().toISOString();
  const event = { id: newId(), type: `photos.darkroom.object.${type}.v1`, source: '/test', subject: key, time, data };
  return (await deliver(await fn.create(platform), event as DarkroomEvent)).status;
}
async function put(path: string, bytes: Uint8Array = randomBytes(100)): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  await tell('created', path);
  return path;
}
const objectOf = (key: string) => findStoredObject(platform.db, { store: 'external', key });
const assetsOf = (ownerId: string) =>
  platform.db.selectFrom('asset').selectAll().where('ownerId', '=', ownerId).orderBy('createdAt').execute();
let folders = 0;
async function newLibrary({
  path = `${root}/photos/${(folders += 1)}`,
  exclusionPatterns = [] as string[],
  quota = null as number | null,
} = {}) {
  const ownerId = await addUser(platform.db, { quotaSizeInBytes: quota });
  const library = { id: newId(), ownerId, name: 'Photos', importPaths: [path], exclusionPatterns };
  await createLibrary(platform.db, library);
  return { ...library, path };
}

test('a file below an import path is an asset of the library and its owner, and does not count against the quota', async () => {
  const { id, ownerId, path } = await newLibrary({ quota: 10 });
  const file = await put(`${path}/2024/a.jpg`);
  expect(await assetsOf(ownerId)).toMatchObject([
    { libraryId: id, isExternal: true, originalPath: file, originalFileName: 'a.jpg', checksumAlgorithm: 'sha1' },
  ]);
  expect(await objectOf(file)).toMatchObject({ state: 'asset', ownerId, store: 'external' });
  const { quotaUsageInBytes } = await platform.db
    .selectFrom('user')
    .select('quotaUsageInBytes')
    .where('id', '=', ownerId)
    .executeTakeFirstOrThrow();
  expect(quotaUsageInBytes).toBe(0);
});

test('the same bytes are one asset in a library, and another one outside of it', async () => {
  const { ownerId, path } = await newLibrary();
  const bytes = randomBytes(100);
  await put(`${path}/a.jpg`, bytes);
  await put(`${path}/b.jpg`, bytes);
  expect(await objectOf(`${path}/b.jpg`)).toMatchObject({ state: 'duplicate' });
  const [inLibrary] = await assetsOf(ownerId);
  const { created } = await addAsset(platform.db, ownerId, { checksum: inLibrary?.checksum ?? Buffer.alloc(0) });
  expect(created.outcome).toBe('created');
  expect(await assetsOf(ownerId)).toHaveLength(2);
});

test('of nested libraries the inner one has the file, even if it was created later', async () => {
  const outer = await newLibrary();
  const file = await put(`${outer.path}/inner/a.jpg`);
  const inner = await newLibrary({ path: `${outer.path}/inner` });
  await tell('created', file);
  expect(await assetsOf(inner.ownerId)).toMatchObject([{ originalPath: file, isOffline: false }]);
  expect(await assetsOf(outer.ownerId)).toMatchObject([{ originalPath: file, isOffline: true }]);
  await deleteLibrary(platform.db, inner.id);
  await tell('created', file);
  expect(await assetsOf(outer.ownerId)).toMatchObject([{ originalPath: file, isOffline: false, status: 'active' }]);
  expect(await assetsOf(inner.ownerId)).toMatchObject([{ status: 'deleted' }]);
});

test('a file of no library is recorded as unowned, and ingested when a library includes it', async () => {
  const path = `${root}/photos/${(folders += 1)}`;
  const file = await put(`${path}/a.jpg`);
  expect(await objectOf(file)).toMatchObject({ state: 'unowned', reason: 'lies in no library' });
  const { id, ownerId } = await newLibrary({ path, exclusionPatterns: ['**/*.JPG'] });
  await tell('created', file);
  expect(await objectOf(file)).toMatchObject({ state: 'unowned', reason: 'excluded by its library' });
  await updateLibrary(platform.db, id, { exclusionPatterns: [] });
  await tell('created', file);
  expect(await assetsOf(ownerId)).toHaveLength(1);
});

test('a file that is excluded later makes its asset offline, until it is included again', async () => {
  const { id, ownerId, path } = await newLibrary();
  const file = await put(`${path}/raw/a.jpg`);
  const [asset] = await assetsOf(ownerId);
  for (const type of ['removed', 'created'] as const) {
    await updateLibrary(platform.db, id, { exclusionPatterns: ['**/raw/**'] });
    await tell(type, file);
    expect(await assetsOf(ownerId)).toMatchObject([{ id: asset?.id, isOffline: true, status: 'trashed' }]);
    await updateLibrary(platform.db, id, { exclusionPatterns: [] });
    await tell('created', file);
    expect(await assetsOf(ownerId)).toMatchObject([{ id: asset?.id, isOffline: false, status: 'active' }]);
  }
});

test('a deleted asset does not come back before its file changes, and the file is not touched', async () => {
  const { ownerId, path } = await newLibrary();
  const file = await put(`${path}/a.jpg`);
  const [asset] = await assetsOf(ownerId);
  const id = asset?.id ?? '';
  await deleteAssets(platform.db, [id]);
  await tell('created', file);
  const row = await findAsset(platform.db, id);
  if (row !== undefined) await forgetAsset(platform.db, row);
  await access(file);
  await tell('created', file);
  expect(await assetsOf(ownerId)).toEqual([]);
  expect(await objectOf(file)).toMatchObject({ state: 'refused', code: 'deleted-by-owner' });
  await put(file, randomBytes(120));
  expect(await assetsOf(ownerId)).toMatchObject([{ originalPath: file, fileSizeInByte: 120 }]);
});

test('deleting a library deletes its assets, and a new one of the same folder ingests every file again', async () => {
  const { id, ownerId, path } = await newLibrary();
  const file = await put(`${path}/a.jpg`);
  const [asset] = await assetsOf(ownerId);
  await deleteLibrary(platform.db, id);
  expect(await assetsOf(ownerId)).toMatchObject([{ status: 'deleted' }]);
  expect(await forgetDeletedLibraries(platform.db)).toBe(0);
  const events = await platform.db
    .selectFrom('outbox')
    .selectAll()
    .where('subject', '=', asset?.id ?? '')
    .execute();
  expect(events).toMatchObject([{ type: 'photos.darkroom.asset.deleted.v1', data: { assetId: asset?.id, ownerId } }]);
  const row = await findAsset(platform.db, asset?.id ?? '');
  if (row !== undefined) await forgetAsset(platform.db, row);
  expect(await objectOf(file)).toBeUndefined();
  expect(await forgetDeletedLibraries(platform.db)).toBeGreaterThan(0);
  const again = await newLibrary({ path });
  await tell('created', file);
  expect(await assetsOf(again.ownerId)).toHaveLength(1);
});

test('an unavailable folder makes no asset offline, since its content is unknown', async () => {
  await mkdir(`${root}/nas/photos`, { recursive: true });
  const { ownerId, path } = await newLibrary({ path: `${root}/nas/photos` });
  const file = await put(`${path}/a.jpg`);
  await rename(`${root}/nas`, `${root}/nas-away`);
  expect(await tell('removed', file)).toBe(503);
  expect(await tell('created', file)).toBe(503);
  expect(await assetsOf(ownerId)).toMatchObject([{ isOffline: false }]);
  await rename(`${root}/nas-away`, `${root}/nas`);
  expect(await tell('removed', file)).toBe(204);
  expect(await assetsOf(ownerId)).toMatchObject([{ isOffline: false }]);
});

test('the first level of folders of the watched folder names the owner, as in library/ of the store', async () => {
  const storageLabel = `label-${randomBytes(4).toString('hex')}`;
  const file = await put(`${root}/watched/${storageLabel}/2024/a.jpg`);
  expect(await objectOf(file)).toMatchObject({ state: 'unowned', ownerFolder: storageLabel });
  const loose = await put(`${root}/watched/a.jpg`);
  expect(await objectOf(loose)).toMatchObject({ state: 'unowned', reason: 'lies in the folder of no user' });
  const ownerId = await addUser(platform.db, { storageLabel });
  await tell('created', file);
  expect(await assetsOf(ownerId)).toMatchObject([{ libraryId: null, isExternal: true, originalPath: file }]);
});

test('a file outside of DARKROOM_EXTERNAL_FOLDERS is never an asset, whatever a library says', async () => {
  const { ownerId } = await newLibrary({ path: '/etc' });
  expect(await tell('created', '/etc/passwd.jpg')).toBe(204);
  const own = await newLibrary({ path: platform.storeFolder });
  const key = `upload/${own.ownerId}/x.jpg`;
  await platform.store.put(key, randomBytes(10));
  await tell('created', `${platform.storeFolder}/${key}`);
  expect([...(await assetsOf(ownerId)), ...(await assetsOf(own.ownerId))]).toEqual([]);
});
