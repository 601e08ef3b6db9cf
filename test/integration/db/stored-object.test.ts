import { beforeEach, expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import {
  abandonReservation,
  claimAbandonedReservations,
  deleteStoredObject,
  disownObjects,
  findStoredObject,
  keepReservation,
  listAbandoned,
  recordObject,
  renewReservation,
  reserveObject,
  type ObjectKey,
} from '#shared/assets/stored-object.ts';
import { newId } from '#shared/ids/ids.ts';
import { onBothDatabases } from './both-databases.ts';

onBothDatabases('stored objects', (getDb) => {
  beforeEach(async () => {
    await getDb().deleteFrom('stored_object').execute();
  });

  const reserve = async (db: Db, leaseSeconds = 60, holder = 'writer') => {
    const assetId = newId();
    const [key, ownerId] = [{ store: 'folder', key: `upload/${assetId}.jpg` }, newId()];
    await reserveObject(db, { ...key, ownerId, assetId, holder, leaseSeconds });
    return { key, ownerId, assetId };
  };
  const keep = (db: Db, key: ObjectKey) => keepReservation(db, key, { assetId: newId(), sizeBytes: 1 });
  const claim = (db: Db, more: { onlyHolder?: string; limit?: number } = {}) =>
    claimAbandonedReservations(db, { holder: 'sweep', leaseSeconds: 60, limit: 1000, ...more });

  test('a reservation that is kept becomes the object of its asset', async () => {
    const db = getDb();
    const { key, ownerId, assetId } = await reserve(db);
    expect(await keepReservation(db, key, { assetId, sizeBytes: 2 ** 40 })).toBe(true);
    expect(await findStoredObject(db, key)).toEqual({
      ...key,
      ownerId,
      assetId,
      state: 'asset',
      ownerFolder: null,
      sizeBytes: 2 ** 40,
      version: null,
      reason: null,
      code: null,
      holder: null,
      leaseUntil: null,
      createdAt: expect.any(Date),
      changedAt: expect.any(Date),
    });
    expect([await keep(db, key), await renewReservation(db, key, 60)]).toEqual([false, false]);
  });

  test('the record that an owner deleted a file is removed with the account: its folder may get another owner', async () => {
    const db = getDb();
    const ownerId = newId();
    const key = { store: 'folder', key: `library/anna/${newId()}.jpg` };
    await recordObject(db, key, {
      state: 'refused',
      assetId: null,
      ownerId,
      sizeBytes: 1,
      version: 'v',
      reason: 'deleted by its owner',
      ownerFolder: 'anna',
    });
    await db.updateTable('stored_object').set({ code: 'deleted-by-owner' }).where('key', '=', key.key).execute();
    await disownObjects(db, ownerId);
    expect(await findStoredObject(db, key)).toMatchObject({ state: 'unowned', ownerId: null, code: null });
  });

  test('a key is reserved once', async () => {
    const db = getDb();
    const { key, ownerId, assetId } = await reserve(db);
    const again = reserveObject(db, { ...key, ownerId, assetId, holder: 'other', leaseSeconds: 60 });
    await expect(again).rejects.toMatchObject({ code: '23505' });
  });

  test('only a reservation that is not renewed is claimed, once, and its writer cannot keep it then', async () => {
    const db = getDb();
    const [live, late, renewed] = [await reserve(db), await reserve(db, -1), await reserve(db, -1)];
    expect(await renewReservation(db, renewed.key, 60)).toBe(true);
    const claims = await Promise.all(Array.from({ length: 5 }, () => claim(db)));
    expect(claims.flat()).toEqual([late.key]);
    expect(await keep(db, late.key)).toBe(false);
    expect(await listAbandoned(db, 'folder', 1000)).toEqual([{ ...late.key, isGivenUp: false }]);
    expect([await keep(db, live.key), await keep(db, renewed.key)]).toEqual([true, true]);
    await deleteStoredObject(db, late.key);
    expect(await listAbandoned(db, 'folder', 1000)).toEqual([]);
  });

  test('the only process claims reservations of others, up to the limit', async () => {
    const db = getDb();
    const mine = await reserve(db, 60, 'me');
    for (let n = 0; n < 3; n++) await reserve(db, 60, 'dead');
    expect(await claim(db, { onlyHolder: 'me', limit: 2 })).toHaveLength(2);
    expect(await claim(db, { onlyHolder: 'me', limit: 2 })).toHaveLength(1);
    expect(await findStoredObject(db, mine.key)).toMatchObject({ state: 'reserved', holder: 'me' });
  });

  test('of a concurrent claim and keep exactly one gets the key', async () => {
    const db = getDb();
    const all = await Promise.all(Array.from({ length: 20 }, () => reserve(db, -1)));
    const [claimed, ...kept] = await Promise.all([claim(db), ...all.map(({ key }) => keep(db, key))]);
    expect(claimed.length + kept.filter(Boolean).length).toBe(20);
    for (const { key } of claimed)
      expect(await findStoredObject(db, { store: 'folder', key })).toMatchObject({ state: 'refused' });
  });

  test('a released reservation is removed by a sweep, and a kept one cannot be released', async () => {
    const db = getDb();
    const [reserved, kept] = [await reserve(db), await reserve(db)];
    await keep(db, kept.key);
    expect([await abandonReservation(db, reserved.key), await abandonReservation(db, kept.key)]).toEqual([true, false]);
    expect(await keep(db, reserved.key)).toBe(false);
    expect(await listAbandoned(db, 'folder', 1000)).toEqual([{ ...reserved.key, isGivenUp: true }]);
    expect(await findStoredObject(db, kept.key)).toMatchObject({ state: 'asset' });
  });

  test('the outcome of a seen key replaces an earlier one', async () => {
    const db = getDb();
    const { key, assetId, ownerId } = await reserve(db);
    const refused = {
      state: 'refused',
      assetId: null,
      ownerId: null,
      sizeBytes: null,
      version: 'v1',
      reason: 'text',
    } as const;
    await recordObject(db, key, refused);
    expect(await findStoredObject(db, key)).toMatchObject(refused);
    const found = { state: 'asset', assetId, ownerId, sizeBytes: 5, version: 'v2', reason: null } as const;
    await recordObject(db, key, found);
    expect(await findStoredObject(db, key)).toMatchObject(found);
    expect(await findStoredObject(db, { ...key, store: 'minio' })).toBeUndefined();
  });
});
