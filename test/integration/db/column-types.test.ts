import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import { toVectorText } from '#shared/people/asset-face.ts';
import { newId } from '#shared/ids/ids.ts';
import { addAsset, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const date = new Date('2024-05-06T07:08:09.123Z');
const bytes = Buffer.from([0, 1, 0x5c, 0x27, 255]);
const big = 2 ** 53 - 1;
const list = ['', 'a "b", {c}', '\\', 'NULL', 'ä 🙂'];
const json = { list: [1, null, '…'], nested: { is: true, n: 0.1 } };

onBothDatabases('columns', (getDb) => {
  const userRow = (db: Db, id: string) =>
    db.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  test('a bigint is a number up to 2^53, a boolean a boolean and a time a Date with milliseconds', async () => {
    const db = getDb();
    const id = await addUser(db, { quotaSizeInBytes: big });
    await db.updateTable('user').set({ deletedAt: date, isAdmin: true }).where('id', '=', id).execute();
    const user = await userRow(db, id);
    expect(user).toMatchObject({ quotaSizeInBytes: big, quotaUsageInBytes: 0, isAdmin: true, deletedAt: date });
    expect(user.createdAt).toBeInstanceOf(Date);
    expect(user.pinCode).toBeNull();
  });

  test('a time is the same moment whatever the year', async () => {
    const db = getDb();
    for (const moment of ['0099-01-01T00:00:00.001Z', '1930-11-18T12:03:58.000Z', '9999-12-31T23:59:59.999Z']) {
      const { id } = await addAsset(db, await addUser(db), { localDateTime: new Date(moment) });
      const row = await db.selectFrom('asset').select('localDateTime').where('id', '=', id).executeTakeFirstOrThrow();
      expect(row.localDateTime.toISOString()).toBe(moment);
    }
  });

  test('bytes are a Buffer with every byte value', async () => {
    const db = getDb();
    const checksum = Buffer.concat([bytes, Buffer.from(newId())]);
    const { id } = await addAsset(db, await addUser(db), { checksum, thumbhash: Buffer.alloc(0) });
    const row = await db
      .selectFrom('asset')
      .select(['checksum', 'thumbhash'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ checksum, thumbhash: Buffer.alloc(0) });
    expect([Buffer.isBuffer(row.checksum), Buffer.isBuffer(row.thumbhash)]).toEqual([true, true]);
  });

  test('a list of texts is an array, with any characters in the texts', async () => {
    const db = getDb();
    const { id } = await addAsset(db, await addUser(db));
    await db.updateTable('asset_exif').set({ tags: list, lockedProperties: [] }).where('assetId', '=', id).execute();
    const row = await db
      .selectFrom('asset_exif')
      .select(['tags', 'lockedProperties', 'latitude'])
      .where('assetId', '=', id)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ tags: list, lockedProperties: [], latitude: null });
  });

  test('a fraction is the number that was written', async () => {
    const db = getDb();
    const { id } = await addAsset(db, await addUser(db));
    const [latitude, longitude, fNumber] = [47.376_886_999_999_99, -0.1, 1e-7];
    await db.updateTable('asset_exif').set({ latitude, longitude, fNumber }).where('assetId', '=', id).execute();
    const row = await db
      .selectFrom('asset_exif')
      .select(['latitude', 'longitude', 'fNumber'])
      .where('assetId', '=', id)
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ latitude, longitude, fNumber });
  });

  test('json is the value that was written, of any kind', async () => {
    const db = getDb();
    for (const [index, value] of [json, [], 'text', 7, true, null].entries()) {
      const key = `sample-${index}`;
      await db
        .insertInto('system_metadata')
        .values({ key, value: JSON.stringify(value) })
        .execute();
      const row = await db.selectFrom('system_metadata').select('value').where('key', '=', key).executeTakeFirst();
      expect(row).toEqual({ value });
    }
  });

  test('a month is text, and counts and sums are numbers', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    await addAsset(db, ownerId, { fileSizeInByte: big });
    const counts = await db.selectFrom('asset_month_count').selectAll().where('ownerId', '=', ownerId).execute();
    expect(counts).toEqual([
      {
        ownerId,
        visibility: 'timeline',
        isTrashed: false,
        isFavorite: false,
        month: '2024-05-01',
        type: 'IMAGE',
        count: 1,
      },
    ]);
    const { rows } = await sql`
      select count(*) as "count", sum("fileSizeInByte") as "bytes", avg("fileSizeInByte") as "average", 0.5 as "half"
      from asset where "ownerId" = ${ownerId}`.execute(db);
    expect(rows).toEqual([{ count: 1, bytes: big, average: big, half: 0.5 }]);
  });

  test('an embedding is text of half precision, and a distance a number', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const { id: assetId } = await addAsset(db, ownerId);
    const box = {
      imageWidth: 9,
      imageHeight: 9,
      boundingBoxX1: 0,
      boundingBoxY1: 0,
      boundingBoxX2: 9,
      boundingBoxY2: 9,
    };
    const faceId = newId();
    await db
      .insertInto('asset_face')
      .values({ id: faceId, assetId, personId: null, modelSet: 'test', score: 0.5, deletedAt: null, ...box })
      .execute();
    const embedding = toVectorText(new Float32Array(512).fill(0.25));
    await db.insertInto('face_search').values({ faceId, ownerId, modelSet: 'test', embedding }).execute();
    const { rows } = await sql`
      select s."embedding", f."score", s."embedding" <=> s."embedding" as "distance"
      from face_search s join asset_face f on f."id" = s."faceId" where s."faceId" = ${faceId}`.execute(db);
    expect(rows).toEqual([{ embedding, score: 0.5, distance: 0 }]);
  });

  test('a statement returns the number of changed rows as a bigint', async () => {
    const db = getDb();
    const id = await addUser(db);
    const { numUpdatedRows } = await db.updateTable('user').set({ name: 'A' }).where('id', '=', id).executeTakeFirst();
    const { numDeletedRows } = await db.deleteFrom('user').where('id', '=', id).executeTakeFirst();
    expect([numUpdatedRows, numDeletedRows]).toEqual([1n, 1n]);
    expect((await db.deleteFrom('user').where('id', '=', id).executeTakeFirst()).numDeletedRows).toBe(0n);
  });

  test('a violation has its code and constraint', async () => {
    const db = getDb();
    const id = await addUser(db);
    const again = { id, email: 'other@example.org', password: null, avatarColor: null, pinCode: null } as const;
    const row = { ...again, deletedAt: null, quotaSizeInBytes: null, storageLabel: null };
    await expect(db.insertInto('user').values(row).execute()).rejects.toMatchObject({
      code: '23505',
      constraint: 'user_pkey',
    });
    const orphan = { assetId: newId(), key: 'k', value: '{}' };
    await expect(db.insertInto('asset_metadata').values(orphan).execute()).rejects.toMatchObject({ code: '23503' });
    await expect(sql`select ${'no number'}::integer`.execute(db)).rejects.toMatchObject({ code: '22P02' });
  });
});
