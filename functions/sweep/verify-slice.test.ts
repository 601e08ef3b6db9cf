import { createHash, randomBytes } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findAsset, deleteAssets } from '#shared/assets/asset.ts';
import { findVerifications, saveVerifications } from '#shared/store-records/store-verification.ts';
import { openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { verifySlice, type SliceOptions } from './verify-slice.ts';

let platform: TestPlatform;
let ownerId: string;
beforeAll(async () => {
  platform = await openTestPlatform();
  ownerId = await addUser(platform.db);
});
afterAll(() => platform[Symbol.asyncDispose]());
beforeEach(async () => {
  await platform.db.deleteFrom('asset').execute();
  await platform.db.deleteFrom('stored_object').execute();
  await saveVerifications(platform.db, {});
});

const { signal } = new AbortController();
const verify = async (options: Partial<SliceOptions> = {}) => {
  await verifySlice(platform, { endsAtMs: performance.now() + 60_000, signal, hashOneIn: 1, ...options });
  return await findVerifications(platform.db);
};

/** An asset of 1,000 bytes; the store has these bytes, or other ones, or none. */
async function add(stored?: (bytes: Buffer) => Buffer | undefined): Promise<{ assetId: string; key: string }> {
  const { db, store } = platform;
  const bytes = randomBytes(1000);
  const { id } = await addAsset(db, ownerId, { checksum: createHash('sha1').update(bytes).digest() });
  const key = (await findAsset(db, id))?.originalPath ?? '';
  const put = stored === undefined ? bytes : stored(bytes);
  if (put !== undefined) await store.put(key, put);
  return { assetId: id, key };
}

const turned = (bytes: Buffer) => Buffer.from(bytes.map((byte, n) => (n === 500 ? byte ^ 1 : byte)));

test('missing, truncated and changed originals are found, and no asset is changed', async () => {
  const { db } = platform;
  await add();
  const missing = await add(() => undefined);
  const cut = await add((bytes) => bytes.subarray(0, 999));
  const rotten = await add(turned);
  const { last, current } = await verify();
  expect(current).toBeUndefined();
  expect(last).toMatchObject({ originals: 4, hashed: 2, missing: 1, damaged: 2, finishedAt: expect.any(String) });
  expect(last?.findings).toHaveLength(3);
  expect(last?.findings).toEqual(
    expect.arrayContaining([
      { what: 'missing', ...missing },
      { what: 'damaged', ...cut },
      { what: 'damaged', ...rotten },
    ]),
  );
  for (const { assetId } of [missing, cut, rotten])
    expect(await findAsset(db, assetId)).toMatchObject({ isOffline: false, status: 'active' });
});

test('the next night continues where the time was up, and after the end the walk starts again', async () => {
  for (let n = 0; n < 450; n += 1) await add();
  let nights = 0;
  let { last, current } = await verify({ endsAtMs: 0, hashOneIn: 1e9 });
  expect(current).toMatchObject({ originals: 200, finishedAt: null });
  for (; last === undefined && nights < 10; nights += 1)
    ({ last, current } = await verify({ endsAtMs: 0, hashOneIn: 1e9 }));
  expect({ originals: last?.originals, nights }).toEqual({ originals: 450, nights: 2 });
  expect(await verify({ hashOneIn: 1e9 })).toMatchObject({ last: { originals: 450 } });
}, 120_000);

test('the bytes read in a night are limited', async () => {
  for (let n = 0; n < 10; n += 1) await add();
  expect((await verify({ hashBytesMax: 3500 })).last).toMatchObject({ originals: 10, hashed: 3, damaged: 0 });
});

test('deleted assets and an unreachable store are not reported as missing originals', async () => {
  const { db, config, store } = platform;
  const gone = await add(() => undefined);
  const find: typeof store.find = async (key) => {
    await deleteAssets(db, [gone.assetId]);
    await db.deleteFrom('stored_object').where('key', '=', gone.key).execute();
    return await store.find(key);
  };
  const ports = {
    db,
    log: platform.log,
    store: { kind: store.kind, find, read: (key: string) => store.read(key) },
  };
  await verifySlice(ports, { endsAtMs: performance.now() + 60_000, signal });
  expect((await findVerifications(db)).last).toMatchObject({ missing: 0, findings: [] });
  await add();
  const folder = config.DARKROOM_STORE_PATH ?? '';
  await rename(folder, `${folder}-unmounted`);
  expect((await verify()).current).toMatchObject({ originals: 0, missing: 0, cursor: '' });
  await rename(`${folder}-unmounted`, folder);
  expect((await verify()).last).toMatchObject({ originals: 1, missing: 0 });
});
