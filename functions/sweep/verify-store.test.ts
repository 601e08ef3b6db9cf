import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, rename, rmdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAsset } from '#shared/assets/asset.ts';
import { reserveObject } from '#shared/assets/stored-object.ts';
import { derivedKey, originalKey } from '#shared/store/asset-keys.ts';
import { openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';
import { verifyStore, type Finding, type VerifyOptions } from './verify-store.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await openTestPlatform();
});
afterAll(() => platform[Symbol.asyncDispose]());

const { signal } = new AbortController();
async function verify(options: Partial<VerifyOptions> = {}) {
  const findings: Finding[] = [];
  const result = await verifyStore(platform, {
    repair: false,
    signal,
    onFinding: (finding) => findings.push(finding),
    ...options,
  });
  return { result, findings };
}

test('an upload without a row is reported, and with repair becomes an asset with the id in its key', async () => {
  const ownerId = await addUser(platform.db);
  const [assetId, bytes] = [randomUUID(), randomBytes(100)];
  const key = originalKey(ownerId, assetId, 'jpg');
  await platform.store.put(key, bytes);
  await platform.store.put(`${key}.xmp`, Buffer.from('<x/>'));
  expect((await verify()).findings).toEqual([{ what: 'original-unknown', key }]);
  expect(await findAsset(platform.db, assetId)).toBeUndefined();
  expect((await verify({ repair: true })).findings).toEqual([{ what: 'original-adopted', key, assetId }]);
  const checksum = createHash('sha1').update(bytes).digest();
  expect(await findAsset(platform.db, assetId)).toMatchObject({ ownerId, originalPath: key, checksum });
  expect(await stateOf(platform.db, assetId, 'metadata')).toBe('pending');
  expect((await verify({ repair: true })).result).toMatchObject({ originalsAdopted: 0, originalsUnknown: 0 });
});

test('an upload under way in an older database becomes an asset after a restore, and is ignored otherwise', async () => {
  const ownerId = await addUser(platform.db);
  const assetId = randomUUID();
  const key = originalKey(ownerId, assetId, 'jpg');
  await reserveObject(platform.db, { store: 'folder', key, ownerId, assetId, holder: 'gone', leaseSeconds: -1 });
  await platform.store.put(key, randomBytes(100));
  expect((await verify({ repair: true })).findings).toEqual([]);
  expect((await verify({ repair: true, isRestored: true })).findings).toMatchObject([
    { what: 'original-adopted', key },
  ]);
  expect(await findAsset(platform.db, assetId)).toMatchObject({ ownerId });
});

test('files without an owner, second copies and files with foreign names stay and are reported each time', async () => {
  const ownerId = await addUser(platform.db);
  const bytes = randomBytes(100);
  const keys = [originalKey(randomUUID(), randomUUID(), 'jpg'), `upload/${ownerId}/loose.jpg`];
  for (const key of [originalKey(ownerId, randomUUID(), 'jpg'), originalKey(ownerId, randomUUID(), 'jpg'), ...keys])
    await platform.store.put(key, keys.includes(key) ? randomBytes(10) : bytes);
  const first = await verify({ repair: true });
  expect(first.result).toMatchObject({ originalsAdopted: 1, originalsUnknown: 3 });
  const again = await verify({ repair: true });
  expect(again.result).toMatchObject({ originalsAdopted: 0, originalsUnknown: 3 });
  for (const { key } of again.findings) expect(await platform.store.find(key)).toBeDefined();
});

test('a missing original makes its asset offline, a missing derivative is made again; nothing is deleted', async () => {
  const { db, store } = platform;
  const ownerId = await addUser(db);
  const [{ id: lost }, { id: bare }] = [await addAsset(db, ownerId), await addAsset(db, ownerId)];
  for (const id of [lost, bare]) {
    const { originalPath } = (await findAsset(db, id)) ?? {};
    const path = derivedKey(ownerId, id, 'thumbnail.webp');
    await db.insertInto('asset_file').values({ assetId: id, type: 'thumbnail', path }).execute();
    await db
      .insertInto('asset_stage')
      .values({
        assetId: id,
        stage: 'thumbnail',
        state: 'done',
        recipe: 'r',
        reason: null,
        holder: null,
        leaseUntil: null,
      })
      .execute();
    if (id === lost) await store.put(path, Buffer.from('x'));
    else await store.put(originalPath ?? '', Buffer.from('x'));
  }
  const { findings } = await verify();
  expect(findings.map(({ what, assetId }) => [what, assetId])).toEqual(
    expect.arrayContaining([
      ['original-missing', lost],
      ['rendering-missing', bare],
    ]),
  );
  expect(await findAsset(db, lost)).toMatchObject({ isOffline: false });
  await verify({ repair: true });
  expect(await findAsset(db, lost)).toMatchObject({ isOffline: true, statusWhenSeen: 'active' });
  expect(await findAsset(db, bare)).toMatchObject({ isOffline: false });
  expect([await stateOf(db, lost, 'thumbnail'), await stateOf(db, bare, 'thumbnail')]).toEqual(['done', 'pending']);
});

test('an offline asset is online again when its original is back', async () => {
  const { db, store } = platform;
  const { id } = await addAsset(db, await addUser(db));
  await verify({ repair: true });
  expect(await findAsset(db, id)).toMatchObject({ isOffline: true, status: 'trashed' });
  const { originalPath } = (await findAsset(db, id)) ?? {};
  await store.put(originalPath ?? '', Buffer.from('x'));
  expect((await verify()).findings).toContainEqual({ what: 'original-back', key: originalPath, assetId: id });
  expect(await findAsset(db, id)).toMatchObject({ isOffline: true });
  expect((await verify({ repair: true })).result).toMatchObject({ originalsBack: 1 });
  expect(await findAsset(db, id)).toMatchObject({ isOffline: false, status: 'active' });
});

test('many missing originals make no asset offline without a confirmation', async () => {
  const { db } = platform;
  const ownerId = await addUser(db);
  const ids: string[] = [];
  for (let n = 0; n < 30; n += 1) ids.push((await addAsset(db, ownerId)).id);
  const countOffline = async () => {
    const assets = await Promise.all(ids.map(async (id) => await findAsset(db, id)));
    return assets.filter((it) => it?.isOffline).length;
  };
  expect((await verify({ repair: true })).result).toMatchObject({ isLossDoubted: true });
  expect(await countOffline()).toBe(0);
  expect((await verify({ repair: true, isLossApproved: true })).result).toMatchObject({ isLossDoubted: false });
  expect(await countOffline()).toBe(30);
});

test('an unreachable store is not compared with the database', async () => {
  const { db, config } = platform;
  const { id } = await addAsset(db, await addUser(db));
  const folder = config.DARKROOM_STORE_PATH ?? '';
  await rename(folder, `${folder}-unmounted`);
  await expect(verify({ repair: true, isLossApproved: true })).rejects.toMatchObject({ code: 'store/unavailable' });
  await mkdir(folder);
  await expect(verify({ repair: true, isLossApproved: true })).rejects.toMatchObject({ code: 'store/unavailable' });
  await rmdir(folder);
  await rename(`${folder}-unmounted`, folder);
  expect(await findAsset(db, id)).toMatchObject({ isOffline: false });
});
