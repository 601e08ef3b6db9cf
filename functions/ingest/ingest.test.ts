import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findStoredObject } from '#shared/db/queries/stored-object.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { newId } from '#shared/ids/ids.ts';
import { deliver, openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addUser, stateOf } from '#test/support/rows.ts';
import { fn } from './main.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await openTestPlatform();
});
afterAll(() => platform[Symbol.asyncDispose]());

const eventOf = (type: 'created' | 'removed', key: string, version = 'v1') =>
  ({
    id: newId(),
    type: `photos.darkroom.object.${type}.v1`,
    source: '/test',
    subject: key,
    time: new Date().toISOString(),
    data: type === 'created' ? { store: 'folder', key, sizeBytes: 1, version } : { store: 'folder', key },
  }) as DarkroomEvent;

async function ingest(key: string, bytes: Uint8Array | undefined = randomBytes(100), version = 'v1'): Promise<number> {
  if (bytes.length > 0 || version === 'empty') await platform.store.put(key, bytes);
  return (await deliver(await fn.create(platform), eventOf('created', key, version))).status;
}
const fateOf = (key: string) => findStoredObject(platform.db, { store: 'folder', key });
const label = () => `label-${randomBytes(4).toString('hex')}`;

test('a file below a storage label becomes an asset of that user, once however often it is told', async () => {
  const storageLabel = label();
  const ownerId = await addUser(platform.db, { storageLabel });
  const key = `library/${storageLabel}/2024/a.jpg`;
  expect(await ingest(key)).toBe(204);
  expect(await ingest(key)).toBe(204);
  const assets = await platform.db.selectFrom('asset').selectAll().where('ownerId', '=', ownerId).execute();
  expect(assets).toMatchObject([{ originalPath: key, originalFileName: 'a.jpg', fileSizeInByte: 100 }]);
  expect(await fateOf(key)).toMatchObject({ state: 'asset', assetId: assets[0]?.id, version: 'v1' });
  await expect.poll(() => platform.published.map((event) => event.subject)).toContain(assets[0]?.id);
  expect(await stateOf(platform.db, assets[0]?.id ?? '', 'metadata')).toBe('queued');
});

test('the same bytes under another key are a duplicate, and so it is written down', async () => {
  const storageLabel = label();
  const ownerId = await addUser(platform.db, { storageLabel });
  const bytes = randomBytes(50);
  await ingest(`library/${storageLabel}/a.jpg`, bytes);
  await ingest(`library/${storageLabel}/b.jpg`, bytes);
  expect(await fateOf(`library/${storageLabel}/b.jpg`)).toMatchObject({ state: 'duplicate', ownerId });
});

test("nobody's photos are kept as unowned, which is an answer and no failure, and taken in when the user appears", async () => {
  const storageLabel = label();
  const key = `library/${storageLabel}/a.jpg`;
  expect(await ingest(key)).toBe(204);
  expect(await fateOf(key)).toMatchObject({ state: 'unowned', assetId: null });
  await addUser(platform.db, { storageLabel });
  expect(await ingest(key)).toBe(204);
  expect(await fateOf(key)).toMatchObject({ state: 'asset' });
});

test("a folder that is a user's id is that user's", async () => {
  const ownerId = await addUser(platform.db);
  await ingest(`library/${ownerId}/a.png`);
  expect(await fateOf(`library/${ownerId}/a.png`)).toMatchObject({ state: 'asset', ownerId });
});

test.each([
  ['a text file', 'notes.txt'],
  ['a sidecar by itself', 'a.xmp'],
])('%s is refused with its reason', async (_what, name) => {
  const storageLabel = label();
  await addUser(platform.db, { storageLabel });
  expect(await ingest(`library/${storageLabel}/${name}`)).toBe(204);
  expect(await fateOf(`library/${storageLabel}/${name}`)).toMatchObject({
    state: 'refused',
    reason: 'not a photo or video',
  });
});

test('what Darkroom wrote itself is refused, and never becomes a second asset', async () => {
  const ownerId = await addUser(platform.db);
  await ingest(`upload/${ownerId}/aa/bb/x.jpg`);
  expect(await platform.db.selectFrom('asset').select('id').where('ownerId', '=', ownerId).execute()).toEqual([]);
});

test('a file that has vanished meanwhile is nothing to do', async () => {
  const storageLabel = label();
  await addUser(platform.db, { storageLabel });
  expect(await ingest(`library/${storageLabel}/gone.jpg`, new Uint8Array())).toBe(204);
  expect(await fateOf(`library/${storageLabel}/gone.jpg`)).toBeUndefined();
});

test('a quota that is passed refuses the file and keeps it where it is', async () => {
  const storageLabel = label();
  await addUser(platform.db, { storageLabel, quotaSizeInBytes: 10 });
  const key = `library/${storageLabel}/big.jpg`;
  await ingest(key);
  expect(await fateOf(key)).toMatchObject({ state: 'refused', reason: 'quota exceeded' });
  expect(await platform.store.find(key)).toBeDefined();
});

test('a file that is no longer seen makes its asset offline, and deletes nothing; one that is still there does not', async () => {
  const storageLabel = label();
  const ownerId = await addUser(platform.db, { storageLabel });
  const key = `library/${storageLabel}/a.jpg`;
  await ingest(key);
  const isOffline = async () =>
    (await platform.db.selectFrom('asset').select('isOffline').where('ownerId', '=', ownerId).executeTakeFirstOrThrow())
      .isOffline;
  const handler = await fn.create(platform);
  await deliver(handler, eventOf('removed', key));
  expect(await isOffline()).toBe(false);
  await rm(join(platform.storeFolder, key));
  await deliver(handler, eventOf('removed', key));
  expect(await isOffline()).toBe(true);
});
