import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertRows } from '#shared/db/insert-rows.ts';
import { listAssetFiles } from '#shared/assets/asset.ts';
import { writeOutbox } from '#shared/outbox/outbox.ts';
import { findStoredObject } from '#shared/assets/stored-object.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { objectCreated } from '#shared/events/new-event.ts';
import { newId } from '#shared/ids/ids.ts';
import type { Platform } from '#shared/platform/platform.ts';
import type { Store } from '#shared/store/store.ts';
import { deliver, openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';
import { ingestObject } from './ingest.ts';
import { fn } from './main.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await openTestPlatform();
});
afterAll(() => platform[Symbol.asyncDispose]());

const eventOf = (type: 'created' | 'removed', key: string) =>
  ({
    id: newId(),
    type: `photos.darkroom.object.${type}.v1`,
    source: '/test',
    subject: key,
    time: new Date().toISOString(),
    data: type === 'created' ? { store: 'folder', key, sizeBytes: 1, version: 'v1' } : { store: 'folder', key },
  }) as DarkroomEvent;

async function tell(type: 'created' | 'removed', key: string): Promise<number> {
  return (await deliver(await fn.create(platform), eventOf(type, key))).status;
}
async function ingest(key: string, bytes: Uint8Array = randomBytes(100)): Promise<number> {
  await platform.store.put(key, bytes);
  return tell('created', key);
}
const objectOf = (key: string) => findStoredObject(platform.db, { store: 'folder', key });
const assetsOf = (ownerId: string) =>
  platform.db.selectFrom('asset').selectAll().where('ownerId', '=', ownerId).orderBy('createdAt').execute();
const label = () => `label-${randomBytes(4).toString('hex')}`;
async function newOwner() {
  const storageLabel = label();
  const ownerId = await addUser(platform.db, { storageLabel });
  return { ownerId, folder: `library/${storageLabel}` };
}
/** Marks every stage as done. */
const finish = (assetId: string) =>
  insertRows(
    platform.db,
    'asset_stage',
    (['metadata', 'thumbnail', 'faces'] as const).map((stage) => ({
      assetId,
      stage,
      state: 'done',
      recipe: 'r',
      reason: null,
      holder: null,
      leaseUntil: null,
    })),
  )
    .onConflict((conflict) => conflict.columns(['assetId', 'stage']).doUpdateSet({ state: 'done' }))
    .execute();
const stagesOf = async (assetId: string) =>
  Object.fromEntries(
    (
      await platform.db.selectFrom('asset_stage').select(['stage', 'state']).where('assetId', '=', assetId).execute()
    ).map(({ stage, state }) => [stage, state]),
  );

test('a file below a storage label becomes an asset of that user, once, however often it is reported', async () => {
  const storageLabel = label();
  const ownerId = await addUser(platform.db, { storageLabel });
  const key = `library/${storageLabel}/2024/a.jpg`;
  expect(await ingest(key)).toBe(204);
  expect(await tell('created', key)).toBe(204);
  const assets = await platform.db.selectFrom('asset').selectAll().where('ownerId', '=', ownerId).execute();
  expect(assets).toMatchObject([{ originalPath: key, originalFileName: 'a.jpg', fileSizeInByte: 100 }]);
  expect(await objectOf(key)).toMatchObject({ state: 'asset', assetId: assets[0]?.id });
  await expect.poll(() => platform.published.map((event) => event.subject)).toContain(assets[0]?.id);
  expect(await stateOf(platform.db, assets[0]?.id ?? '', 'metadata')).toBe('queued');
});

test('the same bytes under another key are recorded as a duplicate', async () => {
  const storageLabel = label();
  const ownerId = await addUser(platform.db, { storageLabel });
  const bytes = randomBytes(50);
  await ingest(`library/${storageLabel}/a.jpg`, bytes);
  await ingest(`library/${storageLabel}/b.jpg`, bytes);
  expect(await objectOf(`library/${storageLabel}/b.jpg`)).toMatchObject({ state: 'duplicate', ownerId });
});

test('photos without an owner are recorded as unowned without an error, and ingested when the user exists', async () => {
  const storageLabel = label();
  const key = `library/${storageLabel}/a.jpg`;
  expect(await ingest(key)).toBe(204);
  expect(await objectOf(key)).toMatchObject({ state: 'unowned', assetId: null, ownerFolder: storageLabel });
  await addUser(platform.db, { storageLabel });
  expect(await tell('created', key)).toBe(204);
  expect(await objectOf(key)).toMatchObject({ state: 'asset' });
});

test("a folder named by a user's id belongs to that user", async () => {
  const ownerId = await addUser(platform.db);
  await ingest(`library/${ownerId}/a.png`);
  expect(await objectOf(`library/${ownerId}/a.png`)).toMatchObject({ state: 'asset', ownerId });
});

test.each([
  ['a text file', 'notes.txt'],
  ['a sidecar by itself', 'a.xmp'],
])('%s is refused with its reason', async (_what, name) => {
  const storageLabel = label();
  await addUser(platform.db, { storageLabel });
  expect(await ingest(`library/${storageLabel}/${name}`)).toBe(204);
  expect(await objectOf(`library/${storageLabel}/${name}`)).toMatchObject({
    state: 'refused',
    reason: 'not a photo or video',
  });
});

test('files that Darkroom wrote itself are never ingested, and their records stay', async () => {
  const { db } = platform;
  const ownerId = await addUser(db);
  const { id } = await addAsset(db, ownerId);
  const { originalPath } = (await assetsOf(ownerId))[0] ?? { originalPath: '' };
  for (const key of [originalPath, `thumbs/${ownerId}/aa/bb/x_preview.jpeg`]) expect(await ingest(key)).toBe(204);
  for (const type of ['created', 'removed'] as const) await tell(type, originalPath);
  expect(await assetsOf(ownerId)).toMatchObject([{ id, isOffline: false }]);
  expect(await objectOf(originalPath)).toMatchObject({ state: 'asset', assetId: id });
  expect(await objectOf(`thumbs/${ownerId}/aa/bb/x_preview.jpeg`)).toBeUndefined();
});

test('a file that is gone meanwhile is ignored', async () => {
  const { folder } = await newOwner();
  expect(await tell('created', `${folder}/gone.jpg`)).toBe(204);
  expect(await objectOf(`${folder}/gone.jpg`)).toBeUndefined();
});

test('a file that exceeds the quota is refused and stays where it is', async () => {
  const storageLabel = label();
  await addUser(platform.db, { storageLabel, quotaSizeInBytes: 10 });
  const key = `library/${storageLabel}/big.jpg`;
  await ingest(key);
  expect(await objectOf(key)).toMatchObject({ state: 'refused', reason: 'quota exceeded' });
  expect(await platform.store.find(key)).toBeDefined();
});

test('a file that is gone makes its asset offline, and a file that is back restores it without repeating a stage', async () => {
  const { ownerId, folder } = await newOwner();
  const key = `${folder}/a.jpg`;
  const path = join(platform.storeFolder, key);
  await ingest(key);
  const [asset] = await assetsOf(ownerId);
  await finish(asset?.id ?? '');
  await tell('removed', key);
  expect(await assetsOf(ownerId)).toMatchObject([{ isOffline: false, status: 'active' }]);
  await rename(path, `${path}.away`);
  await tell('removed', key);
  expect(await assetsOf(ownerId)).toMatchObject([{ id: asset?.id, isOffline: true, status: 'trashed' }]);
  await rename(`${path}.away`, path);
  await tell('created', key);
  expect(await assetsOf(ownerId)).toMatchObject([{ id: asset?.id, isOffline: false, status: 'active' }]);
  expect(await stagesOf(asset?.id ?? '')).toEqual({ metadata: 'done', thumbnail: 'done', faces: 'done' });
});

test('other bytes under the same key repeat the stages in their order, and the asset keeps its id', async () => {
  const { ownerId, folder } = await newOwner();
  await ingest(`${folder}/a.jpg`);
  const [before] = await assetsOf(ownerId);
  await finish(before?.id ?? '');
  await ingest(`${folder}/a.jpg`, randomBytes(200));
  const [after, ...others] = await assetsOf(ownerId);
  expect(others).toEqual([]);
  expect(after).toMatchObject({ id: before?.id, fileSizeInByte: 200 });
  expect(after?.checksum).not.toEqual(before?.checksum);
  expect(Object.keys(await stagesOf(before?.id ?? ''))).toEqual(['metadata']);
  const { quotaUsageInBytes } = await platform.db
    .selectFrom('user')
    .select('quotaUsageInBytes')
    .where('id', '=', ownerId)
    .executeTakeFirstOrThrow();
  expect(quotaUsageInBytes).toBe(200);
});

test('a file of which only the time changed repeats no stage', async () => {
  const { ownerId, folder } = await newOwner();
  await ingest(`${folder}/a.jpg`);
  const [asset] = await assetsOf(ownerId);
  await finish(asset?.id ?? '');
  await utimes(join(platform.storeFolder, folder, 'a.jpg'), 1, 1);
  await tell('created', `${folder}/a.jpg`);
  expect(await stagesOf(asset?.id ?? '')).toEqual({ metadata: 'done', thumbnail: 'done', faces: 'done' });
});

test('a renamed file keeps its asset, in whatever order the events come', async () => {
  for (const order of [
    ['removed', 'created'],
    ['created', 'removed'],
  ] as const) {
    const { ownerId, folder } = await newOwner();
    const [from, to] = [`${folder}/a.jpg`, `${folder}/2024/b.jpg`];
    await ingest(from);
    const [asset] = await assetsOf(ownerId);
    await mkdir(join(platform.storeFolder, folder, '2024'));
    await rename(join(platform.storeFolder, from), join(platform.storeFolder, to));
    for (const type of order) await tell(type, type === 'created' ? to : from);
    expect(await assetsOf(ownerId)).toMatchObject([
      { id: asset?.id, originalPath: to, originalFileName: 'b.jpg', isOffline: false, status: 'active' },
    ]);
    expect(await objectOf(from)).toBeUndefined();
    expect(await objectOf(to)).toMatchObject({ state: 'asset', assetId: asset?.id });
  }
});

test('when the original is removed, its duplicate becomes the original', async () => {
  const { ownerId, folder } = await newOwner();
  const bytes = randomBytes(50);
  await ingest(`${folder}/a.jpg`, bytes);
  await ingest(`${folder}/b.jpg`, bytes);
  await rm(join(platform.storeFolder, folder, 'a.jpg'));
  await tell('removed', `${folder}/a.jpg`);
  expect(await assetsOf(ownerId)).toMatchObject([{ originalPath: `${folder}/b.jpg`, isOffline: false }]);
});

test('a file overwritten with the bytes of another one leaves its own asset offline until its bytes are found again', async () => {
  const { ownerId, folder } = await newOwner();
  const [a, b] = [randomBytes(50), randomBytes(60)];
  await ingest(`${folder}/a.jpg`, a);
  await ingest(`${folder}/b.jpg`, b);
  await ingest(`${folder}/b.jpg`, a);
  expect(await objectOf(`${folder}/b.jpg`)).toMatchObject({ state: 'duplicate' });
  expect(await assetsOf(ownerId)).toMatchObject([{ isOffline: false }, { isOffline: true }]);
  await ingest(`${folder}/c.jpg`, b);
  expect(await assetsOf(ownerId)).toMatchObject([
    { originalPath: `${folder}/a.jpg`, isOffline: false },
    { originalPath: `${folder}/c.jpg`, isOffline: false },
  ]);
});

test('ten simultaneous deliveries of one event create one asset', async () => {
  const { ownerId, folder } = await newOwner();
  const key = `${folder}/a.jpg`;
  await platform.store.put(key, randomBytes(100_000));
  await Promise.all(Array.from({ length: 10 }, () => tell('created', key)));
  const assets = await assetsOf(ownerId);
  expect(assets).toHaveLength(1);
  expect(await objectOf(key)).toMatchObject({ state: 'asset', assetId: assets[0]?.id });
});

test('a file that changes while it is read is retried', async () => {
  const { ownerId, folder } = await newOwner();
  const key = `${folder}/a.jpg`;
  await platform.store.put(key, randomBytes(100));
  const changing = {
    ...platform,
    store: {
      kind: platform.store.kind,
      find: (it: string) => platform.store.find(it),
      read: async (it: string) => {
        await platform.store.put(it, randomBytes(120));
        return platform.store.read(it);
      },
    },
  };
  await expect(ingestObject(changing, { key }, AbortSignal.timeout(10_000))).rejects.toThrow(
    expect.objectContaining({ code: 'store/changing', retry: true }),
  );
  expect(await assetsOf(ownerId)).toEqual([]);
});

test('a folder name in another Unicode form still names its owner', async () => {
  const name = `ann\u00e9-${randomBytes(4).toString('hex')}`;
  const ownerId = await addUser(platform.db, { storageLabel: name });
  await ingest(`library/${name.normalize('NFD')}/a.jpg`);
  expect(await assetsOf(ownerId)).toHaveLength(1);
});

test('a sidecar belongs to the photo beside it, whichever comes first, until the sidecar is removed', async () => {
  const { ownerId, folder } = await newOwner();
  const sidecarOf = async (assetId: string | undefined) =>
    (await listAssetFiles(platform.db, assetId ?? '')).find((it) => it.type === 'sidecar')?.path;
  await platform.store.put(`${folder}/a.jpg.xmp`, Buffer.from('<x/>'));
  await ingest(`${folder}/a.jpg`);
  await ingest(`${folder}/B.JPG`);
  const [a, b] = await assetsOf(ownerId);
  expect([await sidecarOf(a?.id), await sidecarOf(b?.id)]).toEqual([`${folder}/a.jpg.xmp`, undefined]);
  await finish(b?.id ?? '');
  await ingest(`${folder}/B.xmp`, Buffer.from('<x/>'));
  expect(await sidecarOf(b?.id)).toBe(`${folder}/B.xmp`);
  expect(await stagesOf(b?.id ?? '')).toMatchObject({ metadata: expect.not.stringMatching('done') as unknown });
  await rm(join(platform.storeFolder, folder, 'B.xmp'));
  await tell('removed', `${folder}/B.xmp`);
  expect(await sidecarOf(b?.id)).toBeUndefined();
  expect(await assetsOf(ownerId)).toMatchObject([{ isOffline: false }, { isOffline: false }]);
});

test.each(['a.jpg.xmp', 'a.jpg.XMP', 'a.xmp', 'a.XMP'])(
  'the sidecar %s of a.jpg is found, whichever comes first, until it is removed',
  async (name) => {
    for (const isFirst of [true, false]) {
      const { ownerId, folder } = await newOwner();
      const told = () => ingest(`${folder}/${name}`, Buffer.from('<x/>'));
      if (isFirst) await told();
      await ingest(`${folder}/a.jpg`);
      if (!isFirst) await told();
      const [asset] = await assetsOf(ownerId);
      const sidecar = async () =>
        (await listAssetFiles(platform.db, asset?.id ?? '')).find((it) => it.type === 'sidecar')?.path;
      expect(await sidecar()).toBe(`${folder}/${name}`);
      await rm(join(platform.storeFolder, folder, name));
      await tell('removed', `${folder}/${name}`);
      expect(await sidecar()).toBeUndefined();
    }
  },
);

test('a sidecar that is reported again repeats no stage', async () => {
  const { ownerId, folder } = await newOwner();
  await ingest(`${folder}/a.jpg`);
  await ingest(`${folder}/a.jpg.xmp`, Buffer.from('<x/>'));
  const [asset] = await assetsOf(ownerId);
  await finish(asset?.id ?? '');
  await tell('created', `${folder}/a.jpg.xmp`);
  expect(await stagesOf(asset?.id ?? '')).toMatchObject({ metadata: 'done' });
});

test('a renamed photo has the sidecar that lies beside it now', async () => {
  const { ownerId, folder } = await newOwner();
  await ingest(`${folder}/a.jpg`);
  await platform.store.put(`${folder}/b.XMP`, Buffer.from('<x/>'));
  await rename(join(platform.storeFolder, folder, 'a.jpg'), join(platform.storeFolder, folder, 'b.jpg'));
  await tell('created', `${folder}/b.jpg`);
  const [asset] = await assetsOf(ownerId);
  expect(asset?.originalPath).toBe(`${folder}/b.jpg`);
  expect(await listAssetFiles(platform.db, asset?.id ?? '')).toMatchObject([{ path: `${folder}/b.XMP` }]);
});

test('an event is deleted from the outbox once it was handled, even with nothing to do, and stays if it failed', async () => {
  const { folder } = await newOwner();
  const send = async (handlerPlatform: Platform, key: string) => {
    const event = objectCreated('/test', { store: 'folder', key, sizeBytes: 1, version: 'v' });
    await writeOutbox(platform.db, [event]);
    const { status } = await deliver(await fn.create(handlerPlatform), { ...eventOf('created', key), id: event.id });
    return { status, id: event.id };
  };
  const inOutbox = async (id: string) =>
    (await platform.db.selectFrom('outbox').select('id').where('id', '=', id).execute()).length === 1;
  const gone = await send(platform, `${folder}/gone.jpg`);
  expect(gone.status).toBe(204);
  expect(await inOutbox(gone.id)).toBe(false);
  const find = () => Promise.reject(new DarkroomError('store/unavailable'));
  const away = await send(
    { ...platform, store: Object.assign(Object.create(platform.store) as Store, { find }) },
    `${folder}/away.jpg`,
  );
  expect(away.status).toBe(503);
  expect(await inOutbox(away.id)).toBe(true);
});
