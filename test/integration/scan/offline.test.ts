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

  /** A photo in the folder of its owner whose asset is offline although no watcher reported it. */
  async function addOffline(name: string): Promise<string> {
    scan.put(`${ownerId}/${name}`);
    await scan.settle();
    const key = `library/${ownerId}/${name}`;
    const id = await scan.addFoundAsset(ownerId, key);
    await markOffline(getDb(), id);
    return key;
  }

  test.each(['incremental', 'full'] as const)(
    'are reported again by an %s scan that finds nothing new',
    async (kind) => {
      const key = await addOffline('a.jpg');
      await scan.scan(kind);
      expect(await scan.reported()).toEqual([`+${key}`]);
    },
  );

  test('are reported again after an exclusion pattern was set and removed, with and without a scan in between', async () => {
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

  test('are not reported while their folder has no owner, and are reported when the owner is back', async () => {
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

  test('a requested scan reports files that are missing in two checks within the settle time', async () => {
    for (const name of ['a.jpg', 'b.jpg']) scan.put(`${ownerId}/${name}`);
    await scan.settle();
    for (const name of ['a.jpg', 'b.jpg']) await scan.addFoundAsset(ownerId, `library/${ownerId}/${name}`);
    rmSync(join(scan.root, ownerId, 'a.jpg'));
    await scan.scan('full');
    expect(await scan.reported()).toEqual([]);
    expect(await scan.scan('full', { isRequested: true })).toBe('finished');
    expect(await scan.reported()).toEqual([`-library/${ownerId}/a.jpg`]);
  });

  test('a file that is back at the second check is not reported', async () => {
    for (const name of ['a.jpg', 'b.jpg']) scan.put(`${ownerId}/${name}`);
    await scan.settle();
    rmSync(join(scan.root, ownerId, 'a.jpg'));
    scan.whileWaiting(() => scan.put(`${ownerId}/a.jpg`));
    expect(await scan.scan('full', { isRequested: true })).toBe('finished');
    expect((await scan.reported()).filter((it) => it.startsWith('-'))).toEqual([]);
  });

  test('a requested scan halts if too many files are missing, like any other', async () => {
    for (let n = 0; n < 12; n += 1) scan.put(`${ownerId}/${n}.jpg`);
    await scan.settle();
    for (let n = 0; n < 11; n += 1) rmSync(join(scan.root, ownerId, `${n}.jpg`));
    await scan.scan('full', { isRequested: true });
    expect(await scan.reported()).toEqual([]);
    expect((await scan.rootRow()).haltedReason).toContain('11 of 12');
  });

  test('a missing sidecar is reported by the next scan', async () => {
    for (const name of ['a.jpg', 'a.jpg.XMP', 'b.jpg']) scan.put(`${ownerId}/${name}`);
    await scan.settle();
    rmSync(join(scan.root, ownerId, 'a.jpg.XMP'));
    rmSync(join(scan.root, ownerId, 'b.jpg'));
    await scan.scan('incremental');
    expect(await scan.reported()).toEqual([`-library/${ownerId}/a.jpg.XMP`]);
  });
});
