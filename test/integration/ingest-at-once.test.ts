import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fn as ingest } from '#functions/ingest/main.ts';
import { connectPostgres } from '#shared/db/connect-postgres.ts';
import type { OpenDb } from '#shared/db/db.ts';
import { migrateToLatest } from '#shared/db/migrate.ts';
import { createUser } from '#shared/users/user.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import type { EventHandler } from '#shared/events/receive.ts';
import { newId } from '#shared/ids/ids.ts';
import { deliver, openTestPlatform, type TestPlatform } from '#test/support/pipeline.ts';
import { addUser } from '#test/support/rows.ts';
import { describeWithService, sharedPostgres } from '#test/support/services.ts';

/** Mulberry32: the same numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describeWithService('postgres', 'many events at once, over ten connections', () => {
  let platform: TestPlatform;
  let opened: OpenDb;
  let handler: EventHandler;
  beforeAll(async () => {
    platform = await openTestPlatform();
    opened = connectPostgres({ url: (await (await sharedPostgres()).createDatabase()).url, poolSize: 10 });
    await migrateToLatest(opened.db);
    handler = await ingest.create({ ...platform, db: opened.db });
  });
  afterAll(async () => {
    await opened[Symbol.asyncDispose]();
    await platform[Symbol.asyncDispose]();
  });

  /** Delivers an event as the Broker does, with retries. */
  async function tell(type: 'created' | 'removed', key: string): Promise<void> {
    const data = type === 'created' ? { store: 'folder', key, sizeBytes: 1, version: 'v' } : { store: 'folder', key };
    const time = new Date().toISOString();
    const event = { id: newId(), type: `photos.darkroom.object.${type}.v1`, source: '/test', subject: key, time, data };
    for (let attempt = 0; attempt < 8; attempt += 1) {
      if ((await deliver(handler, event as DarkroomEvent)).status === 204) return;
    }
    throw new Error(`${type} of ${key} was never handled`);
  }
  const assetsOf = (ownerId: string) =>
    opened.db.selectFrom('asset').selectAll().where('ownerId', '=', ownerId).orderBy('originalPath').execute();
  const shuffle = <T>(list: readonly T[]) => list.toSorted(() => Math.random() - 0.5);
  async function newFolder() {
    const storageLabel = `label-${randomBytes(4).toString('hex')}`;
    return { ownerId: await addUser(opened.db, { storageLabel }), folder: `library/${storageLabel}` };
  }

  test('each five times, in any order: one asset for each content, and one outcome for each key', async () => {
    const { ownerId, folder } = await newFolder();
    const contents = Array.from({ length: 10 }, () => randomBytes(2_000));
    const keys = contents.flatMap((_, n) => [`${folder}/${n}-a.jpg`, `${folder}/${n}-b.jpg`]);
    for (const [n, key] of keys.entries())
      await platform.store.put(key, contents[Math.floor(n / 2)] ?? Buffer.alloc(0));
    await Promise.all(shuffle(Array.from({ length: 5 }, () => keys).flat()).map((key) => tell('created', key)));
    expect(await assetsOf(ownerId)).toHaveLength(10);
    const fates = await opened.db.selectFrom('stored_object').select('state').where('ownerId', '=', ownerId).execute();
    expect(fates.map((it) => it.state).toSorted()).toEqual([
      ...Array.from({ length: 10 }, () => 'asset'),
      ...Array.from({ length: 10 }, () => 'duplicate'),
    ]);
  });

  test('of a renamed folder: every asset stays, in any order of events', async () => {
    const { ownerId, folder } = await newFolder();
    const names = Array.from({ length: 20 }, (_, n) => `${n}.jpg`);
    for (const name of names) await platform.store.put(`${folder}/old/${name}`, randomBytes(1_000));
    await Promise.all(names.map((name) => tell('created', `${folder}/old/${name}`)));
    const before = await assetsOf(ownerId);
    await mkdir(join(platform.storeFolder, folder), { recursive: true });
    await rename(join(platform.storeFolder, folder, 'old'), join(platform.storeFolder, folder, 'new'));
    const told = names.flatMap((name) => [
      ['removed', `${folder}/old/${name}`] as const,
      ['created', `${folder}/new/${name}`] as const,
      ['created', `${folder}/new/${name}`] as const,
    ]);
    await Promise.all(shuffle(told).map(([type, key]) => tell(type, key)));
    const after = await assetsOf(ownerId);
    expect(after.map((it) => it.id).toSorted()).toEqual(before.map((it) => it.id).toSorted());
    const fates = await opened.db.selectFrom('stored_object').selectAll().where('ownerId', '=', ownerId).execute();
    expect(fates.map(({ key, state }) => `${state} ${key}`).toSorted()).toEqual(
      after.map((it) => `asset ${it.originalPath}`).toSorted(),
    );
    expect(after.every((it) => !it.isOffline && it.status === 'active' && it.originalPath.includes('/new/'))).toBe(
      true,
    );
  });

  test('of two equal files of which one is removed: the asset is never offline while the other exists', async () => {
    const { ownerId, folder } = await newFolder();
    const numbers = Array.from({ length: 20 }, (_, n) => n);
    for (const n of numbers) {
      const bytes = randomBytes(1_000);
      for (const name of ['a', 'b']) await platform.store.put(`${folder}/${n}-${name}.jpg`, bytes);
      await tell('created', `${folder}/${n}-a.jpg`);
      await rm(join(platform.storeFolder, folder, `${n}-a.jpg`));
    }
    const told = numbers.flatMap((n) => [
      ['removed', `${folder}/${n}-a.jpg`] as const,
      ['created', `${folder}/${n}-b.jpg`] as const,
    ]);
    await Promise.all(shuffle(told).map(([type, key]) => tell(type, key)));
    const assets = await assetsOf(ownerId);
    expect(assets).toHaveLength(20);
    expect(assets.filter((it) => it.isOffline || !it.originalPath.endsWith('-b.jpg'))).toEqual([]);
  });

  test.each([1, 2, 3, 4, 5, 6])(
    'after random changes of files, the assets in the end match the files: %i',
    async (seed) => {
      const random = createRandom(seed);
      const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)];
      const { ownerId, folder } = await newFolder();
      const keys = Array.from({ length: 8 }, (_, n) => `${folder}/${n}.jpg`);
      const contents = Array.from({ length: 5 }, (_, n) => Buffer.from(`${seed} ${folder} ${n}`));
      const there = new Map<string, Buffer>();
      const told: Promise<void>[] = [];
      const write = async (key: string, bytes: Buffer) => {
        await platform.store.put(key, bytes);
        there.set(key, bytes);
        told.push(tell('created', key));
      };
      const remove = async (key: string) => {
        await rm(join(platform.storeFolder, key), { force: true });
        there.delete(key);
        told.push(tell('removed', key));
      };
      for (let step = 0; step < 60; step += 1) {
        const [key = '', bytes = Buffer.alloc(0)] = [pick(keys), pick(contents)];
        const [from] = shuffle([...there.keys()]);
        const turn = random();
        if (turn < 0.5) await write(key, bytes);
        else if (turn < 0.75 || from === undefined) await remove(key);
        else {
          const moved = there.get(from) ?? bytes;
          await remove(from);
          await write(key, moved);
        }
        if (random() < 0.1) await Promise.all(told);
      }
      await Promise.all(told);
      const assets = await assetsOf(ownerId);
      const shown = assets.filter((it) => !it.isOffline);
      const sha1 = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex');
      expect(shown.map((it) => it.checksum.toString('hex')).toSorted()).toEqual(
        [...new Set([...there.values()].map(sha1))].toSorted(),
      );
      for (const { originalPath, checksum } of shown) {
        expect(sha1(there.get(originalPath) ?? Buffer.alloc(0))).toBe(checksum.toString('hex'));
      }
      expect(assets.every((it) => it.status === (it.isOffline ? 'trashed' : 'active'))).toBe(true);
    },
  );

  test('while the owner of their folder is being created: every file is announced', async () => {
    const storageLabel = `label-${randomBytes(4).toString('hex')}`;
    const keys = Array.from({ length: 30 }, (_, n) => `library/${storageLabel}/${n}.jpg`);
    for (const key of keys) await platform.store.put(key, randomBytes(500));
    const user = {
      id: newId(),
      email: `${storageLabel}@example.org`,
      password: null,
      avatarColor: null,
      storageLabel,
      quotaSizeInBytes: null,
      pinCode: null,
      deletedAt: null,
    };
    const half = keys.length / 2;
    await Promise.all([
      ...keys.slice(0, half).map((key) => tell('created', key)),
      createUser(opened.db, user),
      ...keys.slice(half).map((key) => tell('created', key)),
    ]);
    const unowned = await opened.db
      .selectFrom('stored_object')
      .select('key')
      .where('ownerFolder', '=', storageLabel)
      .where('state', '=', 'unowned')
      .execute();
    const announced = await opened.db.selectFrom('outbox').select('subject').execute();
    const isAnnounced = new Set(announced.map((it) => it.subject));
    expect(unowned.filter(({ key }) => !isAnnounced.has(key))).toEqual([]);
    for (const { key } of unowned) await tell('created', key);
    expect(await assetsOf(user.id)).toHaveLength(keys.length);
  });
});
