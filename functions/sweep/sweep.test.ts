import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteAssets } from '#shared/db/queries/asset.ts';
import { takeStage } from '#shared/db/queries/asset-stage.ts';
import { claimAcknowledged, writeOutbox } from '#shared/db/queries/outbox.ts';
import { findStoredObject, recordObject, reserveObject } from '#shared/db/queries/stored-object.ts';
import { assetEvent } from '#shared/events/catalogue.ts';
import { objectCreated } from '#shared/events/object-event.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { derivedKey, portraitKey } from '#shared/store/asset-keys.ts';
import { deliver, openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addAsset, addFace, addUser, stateOf } from '#test/support/rows.ts';
import { fn } from './main.ts';
import { sweep, type Ports } from './sweep.ts';

let platform: TestPlatform;
let ports: Ports;
beforeAll(async () => {
  platform = await openTestPlatform();
  ports = { ...platform, relay: createRelay(platform) };
});
afterAll(() => platform[Symbol.asyncDispose]());

const lease = { stage: 'metadata', recipe: 'r', leaseSeconds: 60, maxAttempts: 5 } as const;

test('an upload whose process died is removed with its bytes, one that goes on is not', async () => {
  const { db, store } = platform;
  const ownerId = await addUser(db);
  const reserve = async (leaseSeconds: number, holder: string) => {
    const key = `upload/${ownerId}/${randomUUID()}.jpg`;
    await reserveObject(db, { store: 'folder', key, ownerId, assetId: randomUUID(), holder, leaseSeconds });
    await store.put(key, Buffer.from('x'));
    return key;
  };
  const [dead, alive] = [await reserve(-1, 'other'), await reserve(60, 'other')];
  expect(await sweep(ports)).toMatchObject({ abandonedUploadsRemoved: 1 });
  expect(await store.find(dead)).toBeUndefined();
  expect(await findStoredObject(db, { store: 'folder', key: dead })).toBeUndefined();
  expect(await store.find(alive)).toBeDefined();
  expect(await sweep(ports, { isOnlyProcess: true })).toMatchObject({ abandonedUploadsRemoved: 1 });
  expect(await store.find(alive)).toBeUndefined();
});

test('what a dead process held is announced again: by the only process at once, by others after the lease', async () => {
  const { db } = platform;
  const { id } = await addAsset(db, await addUser(db));
  await takeStage(db, { assetId: id, holder: 'dead', ...lease });
  expect(await sweep(ports)).toMatchObject({ stagesAnnouncedAgain: 0 });
  expect(await stateOf(db, id, 'metadata')).toBe('active');
  expect(await sweep(ports, { isOnlyProcess: true })).toMatchObject({ stagesAnnouncedAgain: 1 });
  await expect.poll(() => stateOf(db, id, 'metadata')).toBe('queued');
  expect(platform.published.map((event) => event.subject)).toContain(id);
});

test('a deleted asset loses its files and then its row, and a lost event of it is told again', async () => {
  const { db, store } = platform;
  const ownerId = await addUser(db);
  const { id } = await addAsset(db, ownerId);
  const { originalPath } = await db
    .selectFrom('asset')
    .select('originalPath')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const portrait = portraitKey(ownerId, await addFace(db, id));
  const derived = [derivedKey(ownerId, id, 'thumbnail.webp'), derivedKey(ownerId, id, 'preview.jpeg')];
  const keys = [originalPath, portrait, ...derived];
  for (const key of keys) await store.put(key, Buffer.from('x'));
  const deletion = assetEvent('photos.darkroom.asset.deleted.v1', { assetId: id, ownerId, assetType: 'IMAGE' }, '1');
  const handler = await fn.create(platform);

  expect((await deliver(handler, deletion)).status).toBe(204);
  expect(await store.find(originalPath)).toBeDefined();

  await deleteAssets(db, [id]);
  await db.deleteFrom('outbox').execute();
  expect(await sweep(ports)).toMatchObject({ deletionsAnnouncedAgain: 0 });
  await sql`update asset set "deletedAt" = now() - interval '1 hour' where "id" = ${id}`.execute(db);
  expect(await sweep(ports)).toMatchObject({ deletionsAnnouncedAgain: 1 });
  await expect
    .poll(() => platform.published.filter((event) => event.type.includes('deleted')).map((event) => event.subject))
    .toContain(id);

  expect((await deliver(handler, deletion)).status).toBe(204);
  for (const key of keys) expect(await store.find(key)).toBeUndefined();
  expect(await db.selectFrom('asset').select('id').where('id', '=', id).executeTakeFirst()).toBeUndefined();
  expect((await deliver(handler, deletion)).status).toBe(204);
});

test('a file that somebody put where the original of a deleted asset was is left alone', async () => {
  const { db, store } = platform;
  const ownerId = await addUser(db);
  const handler = await fn.create(platform);
  for (const isReplaced of [false, true]) {
    const { id } = await addAsset(db, ownerId);
    const key = `library/anna/${id}.jpg`;
    await store.put(key, Buffer.from('mine'));
    const version = (await store.find(key))?.etag ?? '';
    await recordObject(
      db,
      { store: 'folder', key },
      { state: 'asset', assetId: id, ownerId, sizeBytes: 4, version, reason: null },
    );
    await db.updateTable('asset').set({ originalPath: key }).where('id', '=', id).execute();
    await deleteAssets(db, [id]);
    if (isReplaced) await store.put(key, Buffer.from('another'));
    const deletion = assetEvent('photos.darkroom.asset.deleted.v1', { assetId: id, ownerId, assetType: 'IMAGE' }, '1');
    expect((await deliver(handler, deletion)).status).toBe(204);
    expect((await store.find(key)) !== undefined).toBe(isReplaced);
    expect(await findStoredObject(db, { store: 'folder', key })).toBeUndefined();
  }
});

test('objects that a dead process had under way are announced again at once by the only process there is', async () => {
  const { db } = platform;
  await writeOutbox(db, [
    objectCreated('/test', { store: 'folder', key: 'library/a.jpg', sizeBytes: 1, version: 'v' }),
  ]);
  await ports.relay.settled();
  await claimAcknowledged(db, 64, 900);
  expect(await sweep(ports)).toMatchObject({ objectsAnnouncedAgain: 0 });
  expect(await sweep(ports, { isOnlyProcess: true })).toMatchObject({ objectsAnnouncedAgain: 1 });
  await db.deleteFrom('outbox').execute();
});

test('trash whose time is over is deleted by night, and not by day', async () => {
  const { db } = platform;
  const { id } = await addAsset(db, await addUser(db));
  await sql`update asset set "status" = 'trashed', "deletedAt" = now() - interval '31 days' where "id" = ${id}`.execute(
    db,
  );
  expect(await sweep(ports)).toMatchObject({ trashEmptied: 0 });
  expect(await sweep(ports, { isNightly: true })).toMatchObject({ trashEmptied: 1 });
  expect((await db.selectFrom('asset').select('status').where('id', '=', id).executeTakeFirst())?.status).toBe(
    'deleted',
  );
});

test('a sweep that finds nothing writes nothing', async () => {
  await sweep(ports, { isOnlyProcess: true });
  await ports.relay.settled();
  const changes = async () =>
    (
      await sql<{
        n: number;
      }>`select coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) as "n" from pg_stat_user_tables`.execute(
        platform.db,
      )
    ).rows[0]?.n;
  await db().deleteFrom('asset_stage').execute();
  const before = await changes();
  const repairs = await sweep(ports);
  await ports.relay.settled();
  expect(Object.values(repairs).every((it) => it === 0)).toBe(true);
  expect(await changes()).toBe(before);
});
const db = () => platform.db;
