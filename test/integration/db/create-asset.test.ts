import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { editAsset } from '#shared/assets/asset-details.ts';
import { deleteAssets, forgetAsset } from '#shared/assets/asset.ts';
import { claimAbandonedReservations, keepReservation, reserveObject } from '#shared/assets/stored-object.ts';
import { claimOutbox } from '#shared/outbox/outbox.ts';
import { newId } from '#shared/ids/ids.ts';
import { momentAt } from '#test/support/moments.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

onBothDatabases('creating and deleting assets', (getDb) => {
  const usage = async (userId: string) =>
    (await getDb().selectFrom('user').select('quotaUsageInBytes').where('id', '=', userId).executeTakeFirstOrThrow())
      .quotaUsageInBytes;

  test('of ten concurrent uploads of the same bytes one is created and nine return it as duplicate', async () => {
    const db = getDb();
    const owner = await addUser(db);
    const checksum = randomBytes(20);
    const all = await Promise.all(Array.from({ length: 10 }, () => addAsset(db, owner, { checksum })));
    const created = all.filter((it) => it.created.outcome === 'created');
    expect(created).toHaveLength(1);
    expect(all.filter((it) => it.created.outcome === 'duplicate').map((it) => it.created)).toEqual(
      Array.from({ length: 9 }, () => ({ outcome: 'duplicate', assetId: created[0]?.id })),
    );
    expect(await usage(owner)).toBe(1000);
  });

  test('an upload that would exceed the quota leaves nothing behind', async () => {
    const db = getDb();
    const owner = await addUser(db, { quotaSizeInBytes: 1500 });
    expect((await addAsset(db, owner)).created).toEqual({ outcome: 'created' });
    const second = await addAsset(db, owner);
    expect(second.created).toEqual({ outcome: 'quota-exceeded' });
    expect(await stateOf(db, second.id, 'metadata')).toBeUndefined();
    expect(await usage(owner)).toBe(1000);
  });

  test('concurrent uploads never exceed the quota', async () => {
    const db = getDb();
    const owner = await addUser(db, { quotaSizeInBytes: 4500 });
    const all = await Promise.all(Array.from({ length: 12 }, () => addAsset(db, owner)));
    expect(all.filter((it) => it.created.outcome === 'created')).toHaveLength(4);
    expect(await usage(owner)).toBe(4000);
  });

  test('an upload whose reservation was claimed is lost, not kept', async () => {
    const db = getDb();
    const owner = await addUser(db);
    const key = { store: 'folder', key: `upload/${randomBytes(8).toString('hex')}.jpg` };
    const assetId = newId();
    await reserveObject(db, { ...key, ownerId: owner, assetId, holder: 'gone', leaseSeconds: -1 });
    expect(await claimAbandonedReservations(db, { holder: 'me', leaseSeconds: 60, limit: 10 })).toEqual([key]);
    expect(await keepReservation(db, key, { assetId, sizeBytes: 5 })).toBe(false);
    const { id, created } = await addAsset(db, owner, { originalPath: key.key });
    expect(created).toEqual({ outcome: 'lost' });
    expect(await db.selectFrom('asset').select('id').where('id', '=', id).execute()).toEqual([]);
    expect(await usage(owner)).toBe(0);
  });

  test('a moving part is hidden with the photo, and the photo needs a moving part of its owner', async () => {
    const db = getDb();
    const [owner, other] = [await addUser(db), await addUser(db)];
    const visibilityOf = async (id: string) =>
      (await db.selectFrom('asset').select('visibility').where('id', '=', id).executeTakeFirst())?.visibility;
    const [video, picture] = [await addAsset(db, owner, { type: 'VIDEO' }), await addAsset(db, owner)];
    const theirs = await addAsset(db, other, { type: 'VIDEO' });
    const before = await usage(owner);
    for (const livePhotoVideoId of [picture.id, theirs.id, newId()]) {
      const { id, created } = await addAsset(db, owner, { livePhotoVideoId }).catch(() => ({
        id: '',
        created: 'error',
      }));
      expect(created).not.toEqual({ outcome: 'created' });
      expect(id === '' ? undefined : await visibilityOf(id)).toBeUndefined();
    }
    expect([await visibilityOf(picture.id), await visibilityOf(theirs.id), await usage(owner)]).toEqual([
      'timeline',
      'timeline',
      before,
    ]);
    expect((await addAsset(db, owner, { livePhotoVideoId: video.id })).created).toEqual({ outcome: 'created' });
    expect(await visibilityOf(video.id)).toBe('hidden');
    const counts = await db
      .selectFrom('asset_month_count')
      .select(['visibility', 'count'])
      .where('ownerId', '=', owner)
      .where('count', '>', 0)
      .orderBy('visibility')
      .execute();
    expect(counts).toEqual([
      { visibility: 'hidden', count: 1 },
      { visibility: 'timeline', count: 2 },
    ]);
  });

  test('concurrent creations and deletions do not deadlock', async () => {
    const db = getDb();
    const owner = await addUser(db);
    const come = async () => (await addAsset(db, owner)).id;
    const old = await Promise.all(Array.from({ length: 30 }, come));
    const work = async (id: string) => {
      await Promise.all([deleteAssets(db, [id]), come(), come()]);
    };
    for (let n = 0; n < 30; n += 10) await Promise.all(old.slice(n, n + 10).map(work));
    expect(await usage(owner)).toBe(60_000);
  });

  test('bytes that were deleted permanently can be uploaded again at once, and the quota is free', async () => {
    const db = getDb();
    const owner = await addUser(db);
    const checksum = randomBytes(20);
    const { id } = await addAsset(db, owner, { checksum });
    expect(await deleteAssets(db, [id])).toHaveLength(1);
    expect(await deleteAssets(db, [id])).toEqual([]);
    expect(await usage(owner)).toBe(0);
    expect((await addAsset(db, owner, { checksum })).created).toEqual({ outcome: 'created' });
    const events = await claimOutbox(db, 1000, 60);
    expect(events.filter((event) => event.subject === id)).toHaveLength(1);
    await forgetAsset(db, { id, originalPath: '', isExternal: false, libraryId: null });
    expect(await db.selectFrom('asset').select('id').where('id', '=', id).executeTakeFirst()).toBeUndefined();
  });

  test('counts per month follow inserts, moves, trash and deletion', async () => {
    const db = getDb();
    const owner = await addUser(db);
    const months = async () =>
      db
        .selectFrom('asset_month_count')
        .select(['month', 'isTrashed', 'count'])
        .where('ownerId', '=', owner)
        .where('count', '>', 0)
        .orderBy('month')
        .execute();
    const { id } = await addAsset(db, owner);
    await addAsset(db, owner);
    expect(await months()).toEqual([{ month: '2024-05-01', isTrashed: false, count: 2 }]);
    await editAsset(db, [id], { moment: momentAt(new Date('2023-12-31T23:59:59.999Z')) });
    expect(await months()).toEqual([
      { month: '2023-12-01', isTrashed: false, count: 1 },
      { month: '2024-05-01', isTrashed: false, count: 1 },
    ]);
    await db.updateTable('asset').set({ status: 'trashed' }).where('id', '=', id).execute();
    expect(await months()).toContainEqual({ month: '2023-12-01', isTrashed: true, count: 1 });
    await deleteAssets(db, [id]);
    expect(await months()).toEqual([{ month: '2024-05-01', isTrashed: false, count: 1 }]);
  });
});
