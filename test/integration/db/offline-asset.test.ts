import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { deleteAssets, findAsset, forgetAsset, listExpiredTrash } from '#shared/assets/asset.ts';
import { trashAssets } from '#shared/assets/asset-details.ts';
import { markOffline, markOnline } from '#shared/assets/offline-asset.ts';
import { findStoredObject, recordObject } from '#shared/assets/stored-object.ts';
import { listTrash, restoreAssets } from '#shared/assets/trash.ts';
import { addAsset, addUser, stateOf } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

onBothDatabases('assets whose original is missing', (getDb) => {
  let id: string;
  let ownerId: string;
  beforeEach(async () => {
    ownerId = await addUser(getDb());
    ({ id } = await addAsset(getDb(), ownerId));
  });
  const asset = () => findAsset(getDb(), id);

  test('are hidden like trash, and return unchanged', async () => {
    await markOffline(getDb(), id);
    await markOffline(getDb(), id);
    expect(await asset()).toMatchObject({ isOffline: true, status: 'trashed', deletedAt: expect.any(Date) as unknown });
    await markOnline(getDb(), id);
    await markOnline(getDb(), id);
    expect(await asset()).toMatchObject({ isOffline: false, status: 'active', deletedAt: null, statusWhenSeen: null });
  });

  test('stay in the trash when they return, if their owner had trashed them', async () => {
    await trashAssets(getDb(), [id]);
    const before = await asset();
    await markOffline(getDb(), id);
    await markOnline(getDb(), id);
    expect(await asset()).toMatchObject({ isOffline: false, status: 'trashed', deletedAt: before?.deletedAt });
  });

  test('are not deleted by age or with the trash, nor restored before they are back', async () => {
    await markOffline(getDb(), id);
    await sql`update asset set "deletedAt" = now() - interval '10 years' where "id" = ${id}`.execute(getDb());
    const expired = await listExpiredTrash(getDb(), { days: 30, after: undefined, limit: 1000 });
    expect(expired.map((it) => it.id)).not.toContain(id);
    expect(await listTrash(getDb(), ownerId, 1000)).toEqual([]);
    expect(await deleteAssets(getDb(), [id], 'trashed')).toEqual([]);
    await restoreAssets(getDb(), [id]);
    expect(await asset()).toMatchObject({ isOffline: true, status: 'trashed' });
    expect(await deleteAssets(getDb(), [id])).toHaveLength(1);
  });

  test('run only the stages again that failed because the original was missing', async () => {
    const settle = (state: string, code: string | null) =>
      sql`update asset_stage set "state" = ${state}, "code" = ${code} where "assetId" = ${id}`.execute(getDb());
    for (const [state, code, after] of [
      ['done', null, 'done'],
      ['failed', 'media/undecodable', 'failed'],
      ['failed', 'store/not-found', 'pending'],
    ] as const) {
      await settle(state, code);
      await markOffline(getDb(), id);
      await markOnline(getDb(), id);
      expect(await stateOf(getDb(), id, 'metadata')).toBe(after);
    }
  });

  test('record that their owner deleted them, if the file stays', async () => {
    const key = { store: 'external', key: `/mnt/${id}.jpg` };
    const fate = { ownerId, sizeBytes: 1, version: 'v', reason: null, assetId: id };
    await recordObject(getDb(), key, { ...fate, state: 'asset' });
    await recordObject(getDb(), { ...key, key: `/mnt/${id}-2.jpg` }, { ...fate, state: 'duplicate' });
    await deleteAssets(getDb(), [id]);
    await forgetAsset(getDb(), { id, originalPath: key.key, isExternal: true, libraryId: null });
    for (const name of [`/mnt/${id}.jpg`, `/mnt/${id}-2.jpg`]) {
      expect(await findStoredObject(getDb(), { ...key, key: name })).toMatchObject({
        state: 'refused',
        code: 'deleted-by-owner',
        version: 'v',
        assetId: null,
      });
    }
  });

  test('leave no record if the file was deleted too', async () => {
    const row = await asset();
    await deleteAssets(getDb(), [id]);
    await forgetAsset(getDb(), { id, originalPath: row?.originalPath ?? '', isExternal: false, libraryId: null });
    expect(await findStoredObject(getDb(), { store: 'folder', key: row?.originalPath ?? '' })).toBeUndefined();
    expect(await asset()).toBeUndefined();
  });
});
