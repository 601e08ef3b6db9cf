import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Client } from 'minio';
import type { Db } from '#shared/db/db.ts';
import { silentLog } from '#shared/log/log.ts';
import { StoreIdentity } from '#shared/platform/store-identity.ts';
import { openFolderStore } from '#shared/store/folder-store.ts';
import { withGuard } from '#shared/store/guarded-store.ts';
import { openMinioStore } from '#shared/store/minio-store.ts';
import { withCode } from '#shared/store/store.conformance.ts';
import { storeMarkerKey } from '#shared/store/store-marker.ts';
import type { PrimaryStore } from '#shared/store/store.ts';
import { guardStore } from '#test/support/guarded-store.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { describeWithService, sharedMinio } from '#test/support/services.ts';
import { onBothDatabases } from './db/both-databases.ts';

const away = withCode('store/unavailable');
/** The value that identifies the current transaction in the row. */
const here = sql`'store_identity'::regclass::oid || ':' || pg_current_xact_id()::text::bigint % 4294967296`;
const write = (text: string) => Buffer.from(text);

onBothDatabases('the store of a database', (getDb) => {
  let folder: string;
  let root: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-identity-'));
    root = join(folder, 'files');
    await empty(getDb());
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Opens the store as another process does. */
  async function open(path = root) {
    const primary = await openFolderStore(path);
    const identity = new StoreIdentity({ db: getDb(), store: primary, log: silentLog });
    return { primary, identity, store: guardStore(withGuard(primary, identity)) };
  }
  const markerOf = async (path = root) =>
    JSON.parse(await readFile(join(path, storeMarkerKey), 'utf8')) as { id: string; epoch: string };

  test('gets its marker at the first concurrent start of many processes, and is identified by it', async () => {
    // Several rounds, because the interleaving differs.
    for (let round = 0; round < 8; round += 1) {
      await empty(getDb());
      await rm(root, { recursive: true, force: true });
      const processes = await Promise.all(Array.from({ length: 6 }, () => open()));
      await Promise.all(processes.map(({ store }, n) => store.put(`upload/${n}`, write('x'))));
      const marker = await markerOf();
      const rows = await getDb().selectFrom('store_identity').select(['id', 'epoch']).execute();
      expect(rows).toEqual([marker]);
      const { store } = await open();
      expect(await store.find('upload/3')).toBeDefined();
      expect(await readdir(root)).toContain('library');
    }
  });

  test('that is unmounted while a process runs rejects uploads and reads, and nothing is created at its path', async () => {
    const { store, identity } = await open();
    await store.put('upload/a', write('x'));
    const writer = await store.createWriter('upload/b');
    await pipeline(Readable.from([write('bytes')]), writer.stream, { end: false });
    await rename(root, join(folder, 'volume'));
    for (const isMountPoint of [false, true]) {
      if (isMountPoint) await mkdir(root);
      await expect(store.createWriter('upload/c')).rejects.toEqual(away);
      await expect(store.put('upload/c', write('x'))).rejects.toEqual(away);
      await expect(store.find('upload/a')).rejects.toEqual(away);
      await expect(store.read('upload/a')).rejects.toEqual(away);
      await expect(store.toLocalFile('upload/a')).rejects.toEqual(away);
      await expect(store.delete('upload/a')).rejects.toEqual(away);
      await expect(Array.fromAsync(store.list('upload/'))).rejects.toEqual(away);
      expect(await identity.findHold()).toMatch(/not/);
    }
    await expect(writer.commit()).rejects.toEqual(away);
    await writer.abort();
    expect(await readdir(root)).toEqual([]);
    await expect((await open()).store.put('upload/c', write('x'))).rejects.toMatchObject({
      message: expect.stringContaining('darkroom admin store adopt') as unknown,
    });
    await rm(root, { recursive: true });
    await rename(join(folder, 'volume'), root);
    expect(await store.find('upload/a')).toBeDefined();
    await store.put('upload/c', write('x'));
  });

  test('with another marker is not used before `store adopt`, after which deletions are on hold', async () => {
    await (await open()).store.put('upload/a', write('x'));
    const running = await open();
    await running.identity.require('deciding');
    await rename(root, join(folder, 'first'));
    await mkdir(join(root, 'upload'), { recursive: true });
    await writeFile(join(root, storeMarkerKey), JSON.stringify({ id: randomUUID(), epoch: randomUUID() }));
    const { store, identity } = await open();
    await expect(store.find('upload/a')).rejects.toEqual(away);
    await identity.adopt();
    expect(await store.find('upload/a')).toBeUndefined();
    await expect
      .poll(() =>
        running.store.find('upload/a').then(
          () => 'used',
          () => 'away',
        ),
      )
      .toBe('used');
    expect(await running.identity.beginDeleting()).toBe(false);
    expect(await identity.findHold()).toBe('the store was adopted');
    expect(await identity.resume()).toBe(true);
    expect(await running.identity.findHold()).toBeUndefined();
    expect(await identity.resume()).toBe(false);
  });

  test('of a version without markers is recognized by its photos', async () => {
    const db = getDb();
    const owner = await addUser(db);
    const { primary } = await open();
    await primary.prepare();
    const keys: string[] = [];
    for (let n = 0; n < 30; n += 1) {
      const { id } = await addAsset(db, owner);
      keys.push(`upload/${owner}/${id}.jpg`);
    }
    // An empty mount point, to which the last three uploads were written.
    for (const key of keys.slice(-3)) await primary.put(key, write('x'));
    await expect((await open()).store.find('x')).rejects.toMatchObject({
      message: expect.stringMatching(/17 of 20 photos that were searched are not in it/) as unknown,
    });
    expect(await readdir(root)).not.toContain(storeMarkerKey);
    for (const key of keys) await primary.put(key, write('x'));
    const { store } = await open();
    expect(await store.find(keys[0] ?? '')).toBeDefined();
    expect(await readdir(root)).toContain(storeMarkerKey);
  });

  test('of another database is rejected by an empty one, with and without a marker', async () => {
    const first = await open();
    await first.store.put('upload/a', write('x'));
    await empty(getDb());
    await expect((await open()).store.put('upload/b', write('x'))).rejects.toEqual(away);
    await rm(join(root, storeMarkerKey));
    await expect((await open()).store.put('upload/b', write('x'))).rejects.toMatchObject({
      message: expect.stringContaining('it contains uploads, and the database has no photo') as unknown,
    });
    expect(await readdir(join(root, 'upload'))).toEqual(['a']);
    const { store, identity } = await open();
    await identity.adopt();
    await store.put('upload/b', write('x'));
  });

  test('photos in library/ before the first start do not prevent it', async () => {
    await mkdir(join(root, 'library/anna'), { recursive: true });
    await writeFile(join(root, 'library/anna/a.jpg'), 'photo');
    const { store } = await open();
    expect(await store.find('library/anna/a.jpg')).toBeDefined();
  });

  test('the next process recovers from one that died between the row and the marker', async () => {
    const { store, identity } = await open();
    await identity.require('deciding');
    await sql`update store_identity set "confirmedAt" = null, "writtenIn" = ${here}`.execute(getDb());
    await rm(join(root, storeMarkerKey));
    await (await open()).store.put('upload/a', write('x'));
    expect(await store.find('upload/a')).toBeDefined();
  });

  test('a damaged marker is rejected', async () => {
    await (await open()).store.put('upload/a', write('x'));
    for (const text of ['', '{', '{"id":1}', 'x'.repeat(5_000)]) {
      await writeFile(join(root, storeMarkerKey), text);
      await expect((await open()).store.find('upload/a')).rejects.toEqual(away);
    }
  });

  test('has a new epoch once a day, whichever process deletes, and at each start of the only process', async () => {
    const [one, two] = [await open(), await open()];
    expect(await one.identity.beginDeleting()).toBe(true);
    const first = await markerOf();
    expect(await two.identity.beginDeleting()).toBe(true);
    expect(await markerOf()).toEqual(first);
    await aDayLater();
    expect(await Promise.all([one, two, await open()].map(({ identity }) => identity.beginDeleting()))).toEqual([
      true,
      true,
      true,
    ]);
    const second = await markerOf();
    expect(second).toMatchObject({ id: first.id });
    expect(second.epoch).not.toBe(first.epoch);
    expect(await two.identity.beginDeleting({ isFirst: true })).toBe(true);
    expect(await markerOf()).not.toEqual(second);
    expect(await one.identity.findHold()).toBeUndefined();
  });

  test('a process that died while a new epoch began does not block others', async () => {
    const { identity } = await open();
    await identity.beginDeleting();
    const { id } = await markerOf();
    const next = randomUUID();
    for (const isWritten of [false, true]) {
      await sql`update store_identity set "nextEpoch" = ${next}, "nextEpochAt" = now() - interval '2 minutes', "writtenIn" = ${here}`.execute(
        getDb(),
      );
      if (isWritten) await writeFile(join(root, storeMarkerKey), JSON.stringify({ id, epoch: next }));
      expect(await (await open()).identity.beginDeleting()).toBe(true);
      await aDayLater();
      expect(await (await open()).identity.beginDeleting()).toBe(true);
    }
  });

  const aDayLater = () =>
    sql`update store_identity set "epochAt" = now() - interval '1 day', "writtenIn" = ${here}`.execute(getDb());
});

async function empty(db: Db): Promise<void> {
  await db.deleteFrom('user').execute();
  await db.deleteFrom('stored_object').execute();
  await db.deleteFrom('store_identity').execute();
}

describeWithService('minio', 'a bucket', () => {
  onBothDatabases('as the store of a database', (getDb) => {
    test('is created once, and neither created again nor used with another marker', async () => {
      await empty(getDb());
      const { endpoint, port, accessKey, secretKey } = await sharedMinio();
      const bucket = `identity-${randomBytes(6).toString('hex')}`;
      const client = new Client({ endPoint: endpoint, port, accessKey, secretKey, useSSL: false, region: 'us-east-1' });
      const open = async () => {
        const primary: PrimaryStore = await openMinioStore({
          endpoint,
          port,
          accessKey,
          secretKey,
          useTls: false,
          bucket,
          region: 'us-east-1',
        });
        const identity = new StoreIdentity({ db: getDb(), store: primary, log: silentLog });
        return { primary, identity, store: withGuard(primary, identity) };
      };
      const { store, identity } = await open();
      await store.put('upload/a', write('x'));
      expect(await identity.beginDeleting()).toBe(true);
      for (const key of ['upload/a', storeMarkerKey]) await client.removeObject(bucket, key);
      await client.removeBucket(bucket);
      await expect((await open()).store.put('upload/b', write('x'))).rejects.toEqual(away);
      expect(await client.bucketExists(bucket)).toBe(false);
      await client.makeBucket(bucket);
      for (const { store } of [await open()]) {
        await expect(store.put('upload/b', write('x'))).rejects.toEqual(away);
        await expect(store.find('upload/a')).rejects.toEqual(away);
      }
      await expect
        .poll(
          () =>
            store.find('upload/a').then(
              () => 'used',
              () => 'away',
            ),
          { timeout: 10_000 },
        )
        .toBe('away');
      expect((await Array.fromAsync((await open()).primary.list(''))).map((it) => it.key)).toEqual([]);
      await identity.adopt();
      await (await open()).store.put('upload/b', write('x'));
    });
  });
});
