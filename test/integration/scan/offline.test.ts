import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { markOffline } from '#shared/assets/offline-asset.ts';
import { recordObject } from '#shared/assets/stored-object.ts';
import { restoreUser, softDeleteUser, updateUser } from '#shared/users/user.ts';
import { onBothDatabases } from '../db/both-databases.ts';
import { addUser } from '../../support/rows.ts';
import { openScanHarness, type ScanHarness } from './scan-harness.ts';

onBothDatabases('assets that are offline although their file is there', (getDb) => {
  let scan: ScanHarness;
  let ownerId: string;
  beforeEach(async () => {
    scan = openScanHarness(getDb());
    ownerId = await addUser(getDb());
  });
  afterEach(() => scan[Symbol.dispose]());

  /** A photo in the folder of its owner that was taken in and is offline now, without any watcher knowing why. */
  async function addOffline(name: string): Promise<string> {
    scan.put(`${ownerId}/${name}`);
    await scan.settle();
    const key = `library/${ownerId}/${name}`;
    const id = await scan.addFoundAsset(ownerId, key);
    await markOffline(getDb(), id);
    return key;
  }

  test.each(['incremental', 'full'] as const)('are told again by an %s scan that hears nothing new', async (kind) => {
    const key = await addOffline('a.jpg');
    await scan.scan(kind);
    expect(await scan.reported()).toEqual([`+${key}`]);
  });

  test('are told again when an exclusion pattern was set and taken back, seen by a scan or not', async () => {
    const key = await addOffline('a.jpg');
    scan.exclude('**/a.jpg');
    await scan.scan('incremental');
    expect(await scan.reported()).toEqual([]);
    await scan.scan('full');
    expect(await scan.reported()).toEqual([]);
    scan.excludeNothing();
    await scan.scan('full');
    expect(await scan.reported()).toEqual([`+${key}`]);
  });

  test('are not told while their folder is nobody’s, and are when its owner is back', async () => {
    const key = await addOffline('a.jpg');
    const where = { store: 'folder', key };
    const row = await getDb().selectFrom('stored_object').selectAll().where('key', '=', key).executeTakeFirstOrThrow();
    await recordObject(getDb(), where, { ...row, ownerFolder: ownerId });
    await softDeleteUser(getDb(), ownerId);
    await scan.scan();
    expect(await scan.reported()).toEqual([]);
    await restoreUser(getDb(), ownerId);
    expect(await scan.reported()).toEqual([`+${key}`]);
    await scan.scan();
    expect(await scan.reported()).toEqual([`+${key}`]);
    await updateUser(getDb(), ownerId, { name: 'Ada' });
    expect(await scan.reported()).toEqual([]);
  });

  test('one scan that somebody asked for reports what it does not find twice within the settle time', async () => {
    for (const name of ['a.jpg', 'b.jpg']) scan.put(`${ownerId}/${name}`);
    await scan.settle();
    for (const name of ['a.jpg', 'b.jpg']) await scan.addFoundAsset(ownerId, `library/${ownerId}/${name}`);
    rmSync(join(scan.root, ownerId, 'a.jpg'));
    await scan.scan('full');
    expect(await scan.reported()).toEqual([]);
    expect(await scan.scan('full', { isRequested: true })).toBe('finished');
    expect(await scan.reported()).toEqual([`-library/${ownerId}/a.jpg`]);
  });

  test('one that is back when it is looked at the second time is not reported', async () => {
    for (const name of ['a.jpg', 'b.jpg']) scan.put(`${ownerId}/${name}`);
    await scan.settle();
    rmSync(join(scan.root, ownerId, 'a.jpg'));
    scan.whileWaiting(() => scan.put(`${ownerId}/a.jpg`));
    expect(await scan.scan('full', { isRequested: true })).toBe('finished');
    expect((await scan.reported()).filter((it) => it.startsWith('-'))).toEqual([]);
  });

  test('a scan that somebody asked for halts where too much is missing, as every other', async () => {
    for (let n = 0; n < 12; n += 1) scan.put(`${ownerId}/${n}.jpg`);
    await scan.settle();
    for (let n = 0; n < 11; n += 1) rmSync(join(scan.root, ownerId, `${n}.jpg`));
    await scan.scan('full', { isRequested: true });
    expect(await scan.reported()).toEqual([]);
    expect((await scan.rootRow()).haltedReason).toContain('11 of 12');
  });

  test('a sidecar that is gone is reported by the next scan', async () => {
    for (const name of ['a.jpg', 'a.jpg.XMP', 'b.jpg']) scan.put(`${ownerId}/${name}`);
    await scan.settle();
    rmSync(join(scan.root, ownerId, 'a.jpg.XMP'));
    rmSync(join(scan.root, ownerId, 'b.jpg'));
    await scan.scan('incremental');
    expect(await scan.reported()).toEqual([`-library/${ownerId}/a.jpg.XMP`]);
  });
});
