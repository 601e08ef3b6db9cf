import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import { approveMissing } from '#shared/scans/bucket-listing.ts';
import { keepDeadLetter } from '#shared/outbox/dead-letter.ts';
import { recordObject } from '#shared/assets/stored-object.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { objectCreated } from '#shared/events/new-event.ts';
import { silentLog } from '#shared/log/log.ts';
import { openFolderStore } from '#shared/store/folder-store.ts';
import type { Store } from '#shared/store/store.ts';
import { onBothDatabases } from '#test/integration/db/both-databases.ts';
import { guardStore } from '#test/support/guarded-store.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { listBucket, type ListingOptions } from './list-bucket.ts';

onBothDatabases('a listing', (getDb) => {
  let db: Db;
  let folder: string;
  let store: Store;
  let scope: { bucket: string; store: string; prefix: string };
  const relay = { kick() {} };
  beforeEach(async () => {
    db = getDb();
    folder = await mkdtemp(join(tmpdir(), 'darkroom-listing-'));
    store = guardStore(await openFolderStore(folder));
    scope = { bucket: 'darkroom', store: store.kind, prefix: 'library/' };
    for (const table of ['outbox', 'stored_object', 'bucket_listing', 'dead_letter'] as const)
      await db.deleteFrom(table).execute();
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** Lists, and calls back when that many objects were listed. */
  const list = async (
    options: ListingOptions = {},
    { at = 0, happens = (): Promise<unknown> => Promise.resolve() } = {},
  ) => {
    const listed = async function* (prefix: string, startAfter?: string) {
      let count = 0;
      for await (const object of store.list(prefix, startAfter)) {
        yield object;
        if ((count += 1) === at) await happens();
      }
    };
    const find = (key: string) => store.find(key);
    const ports = { db, store: { kind: store.kind, list: listed, find }, relay, log: silentLog, holder: 'test' };
    return (await listBucket(ports, scope, new AbortController().signal, options)).outcome;
  };
  const put = async (key: string, text = 'x', at = new Date(Date.now() - 3_600_000)) => {
    await mkdir(dirname(join(folder, key)), { recursive: true });
    await writeFile(join(folder, key), text);
    await utimes(join(folder, key), at, at);
  };
  const putMany = async (count: number) => {
    const keys = Array.from({ length: count }, (_, i) => `library/ann/${String(i).padStart(5, '0')}.jpg`);
    for (const key of keys) await put(key);
    return keys;
  };
  const remove = (key: string) => rm(join(folder, key), { recursive: true });
  /** Does what ingest does: records the keys as they are now and deletes their events. */
  const ingestAll = async () => {
    for await (const { key, version, sizeBytes } of store.list('library/'))
      await recordObject(
        db,
        { store: store.kind, key },
        {
          state: 'refused',
          version,
          sizeBytes,
          assetId: null,
          ownerId: null,
          reason: null,
        },
      );
    await db.deleteFrom('outbox').execute();
  };
  const told = async () => {
    const rows = await db.selectFrom('outbox').select(['type', 'subject']).orderBy('subject').execute();
    return rows.map(({ type, subject }) => `${type.split('.')[3]} ${subject}`);
  };
  const row = () => db.selectFrom('bucket_listing').selectAll().executeTakeFirstOrThrow();

  describe('of objects that exist', () => {
    test('reports every object once, in slices that continue where the last one ended, and then none', async () => {
      const keys = await putMany(2_500);
      expect([await list({ sliceMs: 0 }), await list({ sliceMs: 0 })]).toEqual(['unfinished', 'unfinished']);
      expect(await row()).toMatchObject({ objects: 2_000, cursor: keys[1_999], phase: 'listing', leaseUntil: null });
      expect(await list({ sliceMs: 0, onlyGoOn: true })).toBe('finished');
      expect(await told()).toEqual(keys.map((key) => `created ${key}`));
      expect(await row()).toMatchObject({ finishedObjects: 2_500, lostCreated: 0, cursor: null, startedAt: null });
      await ingestAll();
      expect(await list()).toBe('finished');
      expect(await told()).toEqual([]);
    });

    test('orders keys by their bytes, whatever the collation of the database is', async () => {
      const keys = ['B', 'a', 'Z z', 'z-a', 'z_a', 'é', 'ß', '～', '𝔘', '%', '+', '"', '~', '👨‍👩‍👧'].map(
        (name) => `library/${name}/${name}.jpg`,
      );
      for (const key of keys) await put(key);
      await list();
      await ingestAll();
      await put(`library/B/b.jpg`);
      await list();
      expect(await told()).toEqual(['created library/B/b.jpg']);
      expect(await row()).toMatchObject({ finishedObjects: keys.length + 1 });
    });

    test('looks at nothing outside of its prefix', async () => {
      for (const key of ['library', 'library/', 'library0', 'upload/a.jpg', 'thumbs/a.jpg', 'Library/a.jpg'])
        await recordObject(
          db,
          { store: store.kind, key },
          {
            state: 'refused',
            version: 'v',
            sizeBytes: 1,
            assetId: null,
            ownerId: null,
            reason: null,
          },
        );
      await put('upload/b.jpg');
      await put('library0/b.jpg');
      expect(await list()).toBe('finished');
      expect(await told()).toEqual([]);
    });

    test('reports objects that changed, and objects that are back', async () => {
      const [changed = '', back = '', same = ''] = await putMany(3);
      await ingestAll();
      const { id } = await addAsset(db, await addUser(db));
      await db.updateTable('asset').set({ isOffline: true }).where('id', '=', id).execute();
      await db.updateTable('stored_object').set({ state: 'asset', assetId: id }).where('key', '=', back).execute();
      await put(changed, 'other');
      await list();
      expect(await told()).toEqual([`created ${changed}`, `created ${back}`]);
      expect(await told()).not.toContain(`created ${same}`);
    });

    test('an asset that is offline because its folder has no owner any more is not back', async () => {
      const [key = ''] = await putMany(1);
      await ingestAll();
      const storageLabel = `label-${randomUUID()}`;
      const ownerId = await addUser(db, { storageLabel });
      const { id } = await addAsset(db, ownerId);
      await db.updateTable('asset').set({ isOffline: true }).where('id', '=', id).execute();
      const known = { state: 'asset', assetId: id, ownerFolder: 'former' } as const;
      await db.updateTable('stored_object').set(known).where('key', '=', key).execute();
      await list();
      expect(await told()).toEqual([]);
      await db.updateTable('stored_object').set({ ownerFolder: storageLabel }).where('key', '=', key).execute();
      await list();
      expect(await told()).toEqual([`created ${key}`]);
    });

    test('counts lost notifications after the first listing, once they had time to arrive', async () => {
      const [, onItsWay = ''] = await putMany(2);
      const found = await store.find(onItsWay);
      await list();
      await ingestAll();
      await put('library/ann/lost.jpg');
      await put('library/ann/just-now.jpg', 'x', new Date());
      await put(onItsWay, 'other');
      const { version = '', sizeBytes = 0 } = (await store.find(onItsWay)) ?? {};
      expect(version).not.toBe(found?.version);
      const { source, ...event } = objectCreated('/a', { store: store.kind, key: onItsWay, sizeBytes, version });
      await db
        .insertInto('outbox')
        .values({ ...event, source, data: JSON.stringify(event.data), traceparent: null })
        .execute();
      await list();
      expect(await told()).toHaveLength(3);
      expect(await row()).toMatchObject({ lostCreated: 1 });
      await list();
      expect(await row()).toMatchObject({ lostCreated: 1 });
    });

    test('does not report an event again that is a dead letter', async () => {
      await put('library/ann/poison.jpg');
      await list();
      const event = await db.selectFrom('outbox').selectAll().executeTakeFirstOrThrow();
      await keepDeadLetter(db, {
        eventId: event.id,
        eventType: event.type,
        source: event.source,
        subject: event.subject,
        data: event.data,
        destination: null,
        errorCode: 500,
        reason: null,
      });
      await db.deleteFrom('outbox').execute();
      await list();
      expect(await told()).toEqual([]);
      expect(await row()).toMatchObject({ lostCreated: 0 });
    });
  });

  describe('of objects that are gone', () => {
    test('reports known objects that are gone, and counts them', async () => {
      const [first = '', second = ''] = await putMany(30);
      await list();
      await ingestAll();
      await remove(first);
      await remove(second);
      expect(await list()).toBe('finished');
      expect(await told()).toEqual([`removed ${first}`, `removed ${second}`]);
      expect(await row()).toMatchObject({ lostCreated: 0, lostRemoved: 2, haltedReason: null });
      await list();
      expect(await row()).toMatchObject({ lostRemoved: 2 });
    });

    test('looks at each object again before it reports it', async () => {
      const [first = ''] = await putMany(1_001);
      await ingestAll();
      await remove(first);
      expect(await list({ sliceMs: 0 })).toBe('unfinished');
      await put(first);
      expect(await list()).toBe('finished');
      expect(await told()).toEqual([]);
    });

    test('an object that is offline already, reserved, or recorded as deleted is not missing', async () => {
      const [offline = '', reserved = '', deleted = ''] = await putMany(4);
      await ingestAll();
      const { id } = await addAsset(db, await addUser(db));
      await db.updateTable('asset').set({ isOffline: true }).where('id', '=', id).execute();
      await db.updateTable('stored_object').set({ state: 'asset', assetId: id }).where('key', '=', offline).execute();
      await db.updateTable('stored_object').set({ state: 'reserved' }).where('key', '=', reserved).execute();
      await db.updateTable('stored_object').set({ code: 'deleted-by-owner' }).where('key', '=', deleted).execute();
      for (const key of [offline, reserved, deleted]) await remove(key);
      expect(await list()).toBe('finished');
      expect(await told()).toEqual([]);
    });

    test.each([
      ['the bucket is empty all at once', 3, 3, /lists nothing below library\//],
      ['more than 5 % are missing', 100, 11, /^11 of 100 /],
      ['more than 1,000 are missing', 1_300, 1_001, /^1001 of 1300 /],
    ])('halts when %s, until an administrator approves', async (_what, count, missing, reason) => {
      const keys = await putMany(count);
      await ingestAll();
      for (const key of keys.slice(0, missing)) await remove(key);
      await put('other/a.jpg');
      expect(await list()).toBe('halted');
      expect(await list()).toBe('halted');
      expect(await told()).toEqual([]);
      expect((await row()).haltedReason).toMatch(reason);
      expect(await approveMissing(db, 'darkroom')).toBe(true);
      expect(await list()).toBe('finished');
      expect(await told()).toEqual(keys.slice(0, missing).map((key) => `removed ${key}`));
      expect(await row()).toMatchObject({ haltedReason: null, haltedAt: null, isConfirmed: false });
    });

    test('up to ten objects may be missing, however few there are', async () => {
      const keys = await putMany(11);
      await ingestAll();
      for (const key of keys.slice(1)) await remove(key);
      expect(await list()).toBe('finished');
      expect(await told()).toHaveLength(10);
    });

    test('continues by itself when the objects are back', async () => {
      const keys = await putMany(3);
      await ingestAll();
      await rm(join(folder, 'library'), { recursive: true });
      expect(await list()).toBe('halted');
      for (const key of keys) await put(key);
      await ingestAll();
      expect(await list()).toBe('finished');
      expect(await row()).toMatchObject({ haltedReason: null, haltedAt: null });
      expect(await approveMissing(db, 'darkroom')).toBe(false);
    });

    test('a bucket that becomes empty during the listing is unavailable, and nothing is reported as removed', async () => {
      const [first = ''] = await putMany(1_001);
      await ingestAll();
      await remove(first);
      expect(await list({ sliceMs: 0 })).toBe('unfinished');
      await rm(join(folder, 'library'), { recursive: true });
      await expect(list()).rejects.toThrow('has become empty during the listing');
      expect(await told()).toEqual([]);
      expect(await row()).toMatchObject({ phase: 'checking', leaseUntil: null });
    });
  });

  describe('by several processes', () => {
    test('only one lists at a time', async () => {
      await putMany(50);
      const others: string[] = [];
      const another = async () => others.push(await list(), await list({ onlyGoOn: true }));
      expect(await list({}, { at: 25, happens: another })).toBe('finished');
      expect(others).toEqual(['held', 'held']);
    });

    test('the next one continues when the lease of one that died has run out', async () => {
      await putMany(1_001);
      await list({ sliceMs: 0 });
      await db
        .updateTable('bucket_listing')
        .set({ holder: 'dead', leaseUntil: sql`now() + interval '1 minute'` })
        .execute();
      expect(await list()).toBe('held');
      await db
        .updateTable('bucket_listing')
        .set({ leaseUntil: sql`now() - interval '1 second'` })
        .execute();
      expect(await list()).toBe('finished');
      expect(await told()).toHaveLength(1_001);
    });

    test('one that has lost its lease saves nothing more', async () => {
      await putMany(2_001);
      const steal = () => db.updateTable('bucket_listing').set({ holder: 'other' }).execute();
      expect(await list({}, { at: 1_500, happens: steal })).toBe('held');
      expect(await told()).toHaveLength(1_000);
      expect(await row()).toMatchObject({ holder: 'other', objects: 1_000 });
    });

    test('one that fails throws, and the next continues from there', async () => {
      await putMany(2_001);
      const fail = () => Promise.reject(new DarkroomError('store/unavailable'));
      await expect(list({}, { at: 1_500, happens: fail })).rejects.toMatchObject({ code: 'store/unavailable' });
      expect(await row()).toMatchObject({ objects: 1_000, leaseUntil: null, phase: 'listing' });
      expect(await list()).toBe('finished');
      expect(await row()).toMatchObject({ finishedObjects: 2_001 });
      expect(await told()).toHaveLength(2_001);
    });

    test('there is nothing to continue when no listing is under way', async () => {
      await put('library/ann/a.jpg');
      expect(await list({ onlyGoOn: true })).toBe('idle');
      expect(await told()).toEqual([]);
      expect(await list()).toBe('finished');
    });
  });
});
