import { copyFileSync, cpSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { markOffline } from '#shared/assets/offline-asset.ts';
import { findStoredObject, recordObject } from '#shared/assets/stored-object.ts';
import type { Asset } from '#shared/db/tables.ts';
import { newId } from '#shared/ids/ids.ts';
import { addUser } from '#test/support/rows.ts';
import { onBothDatabases } from '../db/both-databases.ts';
import { openScanHarness, type ScanHarness } from './scan-harness.ts';

onBothDatabases('a file that was moved', (getDb) => {
  let it: ScanHarness;
  let ownerId: string;
  beforeEach(async () => {
    const db = getDb();
    await db.deleteFrom('user').execute();
    await db.deleteFrom('stored_object').execute();
    it = openScanHarness(db);
    ownerId = await addUser(db, { storageLabel: 'anna' });
  });
  afterEach(() => it[Symbol.dispose]());

  const move = (from: string, to: string) => renameSync(join(it.root, from), join(it.root, to));
  const findAsset = (id: string): Promise<Asset> =>
    getDb().selectFrom('asset').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const stateOf = async (key: string) => (await findStoredObject(getDb(), { store: 'folder', key }))?.state;
  const versionOf = (path: string) => {
    const { mtimeNs, size } = statSync(join(it.root, path), { bigint: true });
    return `${mtimeNs.toString(16)}-${size.toString(16)}`;
  };
  const addPhoto = async (path: string, text = path) => {
    it.put(path, text);
    await it.settle();
    return await it.addFoundAsset(ownerId, `library/${path}`);
  };

  test.each([
    ['renamed', 'anna/a.jpg', 'anna/b.jpg'],
    ['renamed in its case alone', 'anna/a.jpg', 'anna/A.JPG'],
    ['renamed to the other Unicode form', 'anna/ä.jpg'.normalize('NFC'), 'anna/ä.jpg'.normalize('NFD')],
  ])('is the same asset when it is %s', async (_, from, to) => {
    const id = await addPhoto(from);
    move(from, to);
    await it.scan();
    expect((await findAsset(id)).originalPath).toBe(`library/${from}`);
    expect(await it.ingestMoves()).toBe(1);
    expect(await it.reported()).toEqual([]);
    expect(await findAsset(id)).toMatchObject({
      originalPath: `library/${to}`,
      originalFileName: to.slice('anna/'.length),
    });
    expect(await stateOf(`library/${from}`)).toBeUndefined();
    expect(await findStoredObject(getDb(), { store: 'folder', key: `library/${to}` })).toMatchObject({
      state: 'asset',
      assetId: id,
      version: versionOf(to),
    });
    expect(await it.states()).toEqual({ [to]: 'reported' });
    await it.scan('full');
    expect(await it.reported()).toEqual([]);
  });

  test('is the same asset when its folder with many files is renamed', async () => {
    const ids = new Map<string, string>();
    for (let n = 0; n < 12; n += 1) it.put(`anna/trip/day/${n}.jpg`, `photo ${String(n).padStart(2, '0')}`);
    await it.settle();
    for (let n = 0; n < 12; n += 1)
      ids.set(`${n}.jpg`, await it.addFoundAsset(ownerId, `library/anna/trip/day/${n}.jpg`));
    move('anna/trip', 'anna/2024 trip');
    await it.scan();
    expect(await it.ingestMoves()).toBe(12);
    expect(await it.reported()).toEqual([]);
    for (const [name, id] of ids) expect((await findAsset(id)).originalPath).toBe(`library/anna/2024 trip/day/${name}`);
  });

  test('is the same asset after a copy to another disk and back, with another inode and time', async () => {
    const id = await addPhoto('anna/a.jpg');
    copyFileSync(join(it.root, 'anna/a.jpg'), join(it.root, 'anna/copy.jpg'));
    rmSync(join(it.root, 'anna/a.jpg'));
    utimesSync(join(it.root, 'anna/copy.jpg'), 1, 1);
    await it.scan();
    expect(await it.ingestMoves()).toBe(1);
    expect(await it.reported()).toEqual([]);
    expect((await findAsset(id)).originalPath).toBe('library/anna/copy.jpg');
  });

  test('is the same asset when it was copied first, reported as a duplicate, and deleted later', async () => {
    const id = await addPhoto('anna/a.jpg');
    cpSync(join(it.root, 'anna/a.jpg'), join(it.root, 'anna/b.jpg'), { preserveTimestamps: true });
    await it.scan();
    expect(await it.reported()).toEqual(['+library/anna/b.jpg']);
    await recordObject(
      getDb(),
      { store: 'folder', key: 'library/anna/b.jpg' },
      { state: 'duplicate', assetId: id, ownerId, sizeBytes: 10, version: versionOf('anna/b.jpg'), reason: null },
    );
    rmSync(join(it.root, 'anna/a.jpg'));
    await it.scan();
    expect(await it.ingestMoves()).toBe(1);
    expect((await findAsset(id)).originalPath).toBe('library/anna/b.jpg');
    expect(await stateOf('library/anna/b.jpg')).toBe('asset');
    expect(await it.states()).toEqual({ 'anna/b.jpg': 'reported' });
    for (let n = 0; n < 3; n += 1) {
      it.pass(86_400);
      await it.scan('full');
    }
    expect(await it.reported()).toEqual([]);
  });

  test('is online again, and stages that failed because it was missing run again', async () => {
    const id = await addPhoto('anna/a.jpg');
    await addPhoto('anna/other.jpg');
    move('anna/a.jpg', `../${newId()}.jpg`);
    for (let n = 0; n < 3; n += 1) {
      it.pass(86_400);
      await it.scan('full');
    }
    expect(await it.reported()).toEqual(['-library/anna/a.jpg']);
    await markOffline(getDb(), id);
    await getDb()
      .updateTable('asset_stage')
      .set({ state: 'failed', code: 'store/not-found' })
      .where('assetId', '=', id)
      .execute();
    it.put('anna/found/again.jpg', 'anna/a.jpg');
    await it.scan();
    expect(await it.ingestMoves()).toBe(1);
    expect(await findAsset(id)).toMatchObject({
      originalPath: 'library/anna/found/again.jpg',
      isOffline: false,
      status: 'active',
    });
    const stages = await getDb().selectFrom('asset_stage').select('state').where('assetId', '=', id).execute();
    expect(stages).toEqual([{ state: 'pending' }]);
    expect(await it.reported()).toEqual([]);
  });

  test('is a new one when only its size, time and inode are the same', async () => {
    const id = await addPhoto('anna/a.jpg', 'photo');
    const { atime, mtime } = statSync(join(it.root, 'anna/a.jpg'));
    move('anna/a.jpg', 'anna/b.jpg');
    it.put('anna/b.jpg', 'other');
    utimesSync(join(it.root, 'anna/b.jpg'), atime, mtime);
    await it.scan();
    expect(await it.reported()).toEqual(['+library/anna/b.jpg']);
    expect((await findAsset(id)).originalPath).toBe('library/anna/a.jpg');
  });

  test("in the folder of another user is a new asset, and the old one stays its owner's", async () => {
    const id = await addPhoto('anna/a.jpg');
    await addUser(getDb(), { storageLabel: 'ben' });
    it.put('ben/b.jpg');
    it.put('nobody/c.jpg');
    await it.settle();
    move('anna/a.jpg', 'ben/a.jpg');
    await it.scan();
    expect(await it.reported()).toEqual(['+library/ben/a.jpg']);
    expect((await findAsset(id)).originalPath).toBe('library/anna/a.jpg');
  });

  test("is the same asset in a folder of the owner's new label", async () => {
    const id = await addPhoto('anna/a.jpg');
    await getDb().updateTable('user').set({ storageLabel: 'annette' }).where('id', '=', ownerId).execute();
    move('anna', 'annette');
    await it.scan();
    expect(await it.ingestMoves()).toBe(1);
    expect((await findAsset(id)).originalPath).toBe('library/annette/a.jpg');
  });

  test('takes the location of another asset, which is offline then', async () => {
    const first = await addPhoto('anna/a.jpg', 'first');
    const second = await addPhoto('anna/b.jpg', 'other');
    move('anna/b.jpg', 'anna/a.jpg');
    await it.scan('full');
    expect(await it.ingestMoves()).toBe(1);
    expect(await findAsset(first)).toMatchObject({ isOffline: true });
    expect(await findAsset(second)).toMatchObject({ originalPath: 'library/anna/a.jpg', isOffline: false });
  });

  test('is not moved by a report that came late: what is there now counts', async () => {
    const id = await addPhoto('anna/a.jpg');
    move('anna/a.jpg', 'anna/b.jpg');
    await it.scan();
    move('anna/b.jpg', 'anna/a.jpg');
    expect(await it.ingestMoves()).toBe(1);
    expect(await findAsset(id)).toMatchObject({ originalPath: 'library/anna/a.jpg', isOffline: false });
  });

  test('is matched to one of two assets with the same bytes, and each file to a different one', async () => {
    await addPhoto('anna/a.jpg', 'same');
    it.put('anna/b.jpg', 'same');
    await it.settle();
    move('anna/a.jpg', 'anna/c.jpg');
    move('anna/b.jpg', 'anna/d.jpg');
    await it.scan();
    expect(await it.ingestMoves()).toBe(1);
    expect(await it.reported()).toHaveLength(1);
  });
});

onBothDatabases('a file of a library that was moved', (getDb) => {
  test('is the same asset, with its new absolute path', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const libraryId = newId();
    await db
      .insertInto('library')
      .values({ id: libraryId, ownerId, name: 'NAS', refreshedAt: null, deletedAt: null })
      .execute();
    using it = openScanHarness(db, { libraryId });
    await db
      .updateTable('library')
      .set({ importPaths: [it.root] })
      .where('id', '=', libraryId)
      .execute();
    it.put('2024/a.jpg');
    await it.scan();
    expect(await it.reported()).toEqual([`+${it.root}/2024/a.jpg`]);
    const id = await it.addFoundAsset(ownerId, `${it.root}/2024/a.jpg`);
    renameSync(join(it.root, '2024'), join(it.root, '2025'));
    await it.scan();
    expect(await it.ingestMoves()).toBe(1);
    expect(await it.reported()).toEqual([]);
    const { originalPath } = await db
      .selectFrom('asset')
      .select('originalPath')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(originalPath).toBe(`${it.root}/2025/a.jpg`);
  });
});
