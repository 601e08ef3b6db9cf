import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteAssets, findAsset } from '#shared/assets/asset.ts';
import { takeStage } from '#shared/stages/asset-stage.ts';
import { claimAcknowledged, writeOutbox } from '#shared/outbox/outbox.ts';
import { findStoredObject, recordObject, reserveObject } from '#shared/assets/stored-object.ts';
import { assetEvent } from '#shared/events/new-event.ts';
import { objectCreated } from '#shared/events/new-event.ts';
import { createRelay } from '#shared/pipeline/relay.ts';
import { derivedKey, originalKey, portraitKey } from '#shared/store/asset-keys.ts';
import { deliver, openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addAsset, addFace, addUser, stateOf } from '#test/support/rows.ts';
import { fn } from './main.ts';
import { sweep } from './sweep.ts';
import type { SweepPorts } from './sweep-ports.ts';

let platform: TestPlatform;
let ports: SweepPorts;
beforeAll(async () => {
  platform = await openTestPlatform();
  ports = { ...platform, relay: createRelay(platform) };
});
afterAll(() => platform[Symbol.asyncDispose]());

const lease = { stage: 'metadata', recipe: 'r', leaseSeconds: 60, maxAttempts: 5 } as const;

/** The bytes, if given, are older than a day. */
async function reserve(ownerId: string, leaseSeconds = -1, bytes?: Buffer): Promise<{ key: string; assetId: string }> {
  const assetId = randomUUID();
  const key = originalKey(ownerId, assetId, 'jpg');
  const { db, store } = platform;
  await reserveObject(db, { store: 'folder', key, ownerId, assetId, holder: 'other', leaseSeconds });
  if (bytes !== undefined) {
    await store.put(key, bytes);
    await age(key);
  }
  return { key, assetId };
}

async function age(key: string): Promise<void> {
  const yesterday = new Date(Date.now() - 25 * 60 * 60 * 1000);
  await utimes(join(platform.storeFolder, key), yesterday, yesterday);
}

test('an incomplete upload of a dead process is removed, one under way is not', async () => {
  const { db } = platform;
  const ownerId = await addUser(db);
  const [dead, alive] = [await reserve(ownerId), await reserve(ownerId, 60)];
  await mkdir(join(platform.storeFolder, '.incoming'), { recursive: true });
  const hash = createHash('sha256').update(dead.key).digest('hex').slice(0, 32);
  await writeFile(join(platform.storeFolder, '.incoming', `${hash}.0`), 'half');
  expect(await sweep(ports)).toMatchObject({ abandonedUploadsRemoved: 1, uploadsAdopted: 0 });
  expect(await readdir(join(platform.storeFolder, '.incoming'))).toEqual([]);
  expect(await findStoredObject(db, { store: 'folder', key: dead.key })).toBeUndefined();
  expect(await findStoredObject(db, { store: 'folder', key: alive.key })).toBeDefined();
  expect(await sweep(ports, { isOnlyProcess: true })).toMatchObject({ abandonedUploadsRemoved: 1 });
  expect(await findStoredObject(db, { store: 'folder', key: alive.key })).toBeUndefined();
});

test('a complete upload of a dead process becomes an asset or is set aside; only a second copy is removed', async () => {
  const { db, store } = platform;
  const ownerId = await addUser(db);
  const bytes = randomBytes(100);
  const first = await reserve(ownerId, -1, bytes);
  const second = await reserve(ownerId, -1, bytes);
  const nobodys = await reserve(await addUser(db), -1, randomBytes(10));
  await db
    .deleteFrom('user')
    .where('id', '=', nobodys.key.split('/')[1] ?? '')
    .execute();
  await reserveObject(db, {
    store: 'folder',
    key: `upload/${ownerId}/loose.jpg`,
    ownerId,
    assetId: randomUUID(),
    holder: 'other',
    leaseSeconds: -1,
  });
  await store.put(`upload/${ownerId}/loose.jpg`, Buffer.from('x'));
  await age(`upload/${ownerId}/loose.jpg`);

  expect(await sweep(ports)).toMatchObject({ uploadsAdopted: 1, uploadsSetAside: 2, abandonedUploadsRemoved: 1 });
  const [kept, gone] = (await store.find(first.key)) === undefined ? [second, first] : [first, second];
  expect(await findAsset(db, kept.assetId)).toMatchObject({ ownerId, originalPath: kept.key });
  expect(await store.find(gone.key)).toBeUndefined();
  expect(await findStoredObject(db, { store: 'folder', key: gone.key })).toBeUndefined();
  for (const key of [nobodys.key, `upload/${ownerId}/loose.jpg`]) {
    expect(await store.find(key)).toBeDefined();
    expect(await findStoredObject(db, { store: 'folder', key })).toMatchObject({
      state: 'refused',
      reason: expect.stringMatching(/^set aside: /) as unknown,
    });
  }
  expect(await sweep(ports)).toMatchObject({ uploadsAdopted: 0, uploadsSetAside: 0, abandonedUploadsRemoved: 0 });
});

test('a complete upload without a response waits for a day, so that the phone can send it again with its name', async () => {
  const { db, store } = platform;
  const ownerId = await addUser(db);
  const bytes = randomBytes(100);
  const { key, assetId } = await reserve(ownerId);
  await store.put(key, bytes);
  const nothing = { uploadsAdopted: 0, uploadsSetAside: 0, abandonedUploadsRemoved: 0 };
  for (let n = 0; n < 2; n += 1) expect(await sweep(ports, { isOnlyProcess: true })).toMatchObject(nothing);
  expect([await store.find(key), await findAsset(db, assetId)]).toEqual([expect.anything(), undefined]);

  const other = await addAsset(db, ownerId, { checksum: randomBytes(20), fileSizeInByte: bytes.length });
  expect(await sweep(ports)).toMatchObject(nothing);
  const checksum = createHash('sha1').update(bytes).digest();
  const again = await addAsset(db, ownerId, { checksum, fileSizeInByte: bytes.length, originalFileName: 'IMG_1.jpg' });
  const { originalPath } = (await findAsset(db, again.id)) ?? { originalPath: '' };
  await store.put(originalPath, bytes);
  expect(await sweep(ports)).toMatchObject({ ...nothing, abandonedUploadsRemoved: 1 });
  expect([await store.find(key), await store.find(originalPath)]).toEqual([undefined, expect.anything()]);
  expect(await findAsset(db, again.id)).toMatchObject({ originalFileName: 'IMG_1.jpg', originalPath });
  await deleteAssets(db, [other.id, again.id]);
});

test('an upload gives its bytes to an asset with the same checksum whose file is missing', async () => {
  const { db, store } = platform;
  const ownerId = await addUser(db);
  const bytes = randomBytes(100);
  const checksum = createHash('sha1').update(bytes).digest();
  const { id } = await addAsset(db, ownerId, { checksum, fileSizeInByte: bytes.length });
  const { key } = await reserve(ownerId, -1, bytes);
  expect(await sweep(ports)).toMatchObject({ uploadsAdopted: 1 });
  expect(await findAsset(db, id)).toMatchObject({ originalPath: key });
  expect(await store.find(key)).toBeDefined();
});

test('thousands of abandoned uploads are settled in one sweep, and failures do not prevent others', async () => {
  const { db } = platform;
  const ownerId = await addUser(db);
  const keys = Array.from({ length: 1_100 }, () => originalKey(ownerId, randomUUID(), 'jpg'));
  // A name that is too long for the file system fails each time.
  const failing = Array.from({ length: 600 }, (_, n) => `upload/${'x'.repeat(300)}/${n}`);
  const all = [...failing, ...keys];
  await sql`
    insert into stored_object ("store", "key", "state", "ownerId", "holder", "leaseUntil")
    select 'folder', k, 'reserved', ${ownerId}::uuid, 'other', now() - interval '1 hour' from unnest(${all}::text[]) k`.execute(
    db,
  );
  expect(await sweep(ports)).toMatchObject({ abandonedUploadsRemoved: 1_100 });
  const left = await db.selectFrom('stored_object').select('key').where('code', '=', 'abandoned').execute();
  expect(left).toHaveLength(600);
  const { key } = await reserve(ownerId);
  expect(await sweep(ports)).toMatchObject({ abandonedUploadsRemoved: 1 });
  expect(await findStoredObject(db, { store: 'folder', key })).toBeUndefined();
  await db.deleteFrom('stored_object').where('code', '=', 'abandoned').execute();
});

/** Assets without bytes, in one statement. */
async function addMany(ownerId: string, count: number, status: 'trashed' | 'deleted'): Promise<void> {
  await sql`
    insert into asset ("id", "ownerId", "type", "status", "checksum", "originalPath", "originalFileName", "fileSizeInByte", "fileCreatedAt", "fileModifiedAt", "localDateTime", "deletedAt")
    select gen_random_uuid(), ${ownerId}::uuid, 'IMAGE', ${status}, decode(md5(random()::text), 'hex'), 'upload/' || gen_random_uuid(), 'a.jpg', 1, now(), now(), now(), now() - interval '40 days' - n * interval '1 minute'
    from generate_series(1, ${count}::int) n`.execute(platform.db);
}
const countOf = async (ownerId: string, status: string) =>
  (
    await platform.db
      .selectFrom('asset')
      .select('id')
      .where('ownerId', '=', ownerId)
      .where('status', '=', status as 'trashed')
      .execute()
  ).length;

test('thousands of trashed assets are deleted in one night, except those that fail', async () => {
  const { db } = platform;
  const ownerId = await addUser(db);
  await addMany(ownerId, 2_500, 'trashed');
  const stuck = await db
    .selectFrom('asset')
    .select('id')
    .where('ownerId', '=', ownerId)
    .orderBy('deletedAt')
    .limit(3)
    .execute();
  await sql`create table stuck as select unnest(${stuck.map((it) => it.id)}::uuid[]) as id`.execute(db);
  await sql`create function refuse_stuck() returns trigger language plpgsql as $$ begin
    if exists (select from stuck where stuck.id = new.id) then raise exception 'stuck'; end if; return new; end $$`.execute(
    db,
  );
  await sql`create trigger refuse_stuck before update on asset for each row when (new.status = 'deleted') execute function refuse_stuck()`.execute(
    db,
  );
  try {
    expect(await sweep(ports, { isNightly: true })).toMatchObject({ trashEmptied: 2_497 });
    expect([await countOf(ownerId, 'trashed'), await countOf(ownerId, 'deleted')]).toEqual([3, 2_497]);
  } finally {
    await sql`drop function refuse_stuck cascade`.execute(db);
    await sql`drop table stuck`.execute(db);
  }
  await db.deleteFrom('asset').where('ownerId', '=', ownerId).execute();
  await db.deleteFrom('outbox').execute();
});

test('thousands of lost deletions are announced in one sweep, each once', async () => {
  const { db } = platform;
  const ownerId = await addUser(db);
  await addMany(ownerId, 1_200, 'deleted');
  expect(await sweep(ports)).toMatchObject({ deletionsAnnouncedAgain: 1_200 });
  expect(await sweep(ports)).toMatchObject({ deletionsAnnouncedAgain: 0 });
  await ports.relay.settled();
  await db.deleteFrom('asset').where('ownerId', '=', ownerId).execute();
  await db.deleteFrom('outbox').execute();
});

test('work of a dead process is announced again: by the only process at once, by others after the lease', async () => {
  const { db } = platform;
  await db.deleteFrom('asset_stage').execute();
  const { id } = await addAsset(db, await addUser(db));
  await takeStage(db, { assetId: id, holder: 'dead', ...lease });
  expect(await sweep(ports)).toMatchObject({ stagesAnnouncedAgain: 0 });
  expect(await stateOf(db, id, 'metadata')).toBe('active');
  expect(await sweep(ports, { isOnlyProcess: true })).toMatchObject({ stagesAnnouncedAgain: 1 });
  await expect.poll(() => stateOf(db, id, 'metadata')).toBe('queued');
  expect(platform.published.map((event) => event.subject)).toContain(id);
});

test('a deleted asset loses its files and then its row, and a lost event of it is sent again', async () => {
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

test('a file that replaced the original of a deleted asset is not removed', async () => {
  const { db, store } = platform;
  const ownerId = await addUser(db);
  const handler = await fn.create(platform);
  for (const isReplaced of [false, true]) {
    const { id } = await addAsset(db, ownerId);
    const key = `library/anna/${id}.jpg`;
    await store.put(key, Buffer.from('mine'));
    const version = (await store.find(key))?.version ?? '';
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

test('objects that a dead process was sending are announced again at once by the only process', async () => {
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

test('expired trash is deleted only by the nightly sweep', async () => {
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
