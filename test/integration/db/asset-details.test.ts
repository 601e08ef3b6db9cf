import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Db } from '#shared/db/db.ts';
import {
  countAssets,
  editAsset,
  findAssetDetails,
  listMotionParts,
  trashAssets,
} from '#shared/assets/asset-details.ts';
import { openStage, settleStage, takeStage, type StageKey } from '#shared/stages/asset-stage.ts';
import { deleteAssets } from '#shared/assets/asset.ts';
import { createPerson } from '#shared/people/person.ts';
import { describeAsset, type AssetDescription } from '#shared/assets/describe-asset.ts';
import { analyzeTables } from '#shared/db/maintenance.ts';
import { restoreAssets } from '#shared/assets/trash.ts';
import { findTime } from '#shared/media/captured-time.ts';
import { normalizeMetadata } from '#shared/media/normalize-metadata.ts';
import { momentAt } from '#test/support/moments.ts';
import { addAsset, addFace, addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const taken = new Date('2001-02-03T04:05:06.789Z');
const noExif = {
  make: null,
  model: null,
  lensModel: null,
  exifImageWidth: null,
  exifImageHeight: null,
  fileSizeInByte: 1000,
  orientation: null,
  modifyDate: null,
  latitude: null,
  longitude: null,
  city: null,
  state: null,
  country: null,
  description: '',
  fNumber: null,
  focalLength: null,
  iso: null,
  exposureTime: null,
  fps: null,
  livePhotoCID: null,
  projectionType: null,
  profileDescription: null,
  colorspace: null,
  bitsPerSample: null,
  autoStackId: null,
  rating: null,
  tags: null,
};
const read = (more: Partial<AssetDescription['exif']> = {}): AssetDescription => ({
  exif: { ...noExif, ...more },
  moment: momentAt(taken, 'UTC'),
  width: 40,
  height: 30,
});
const edited = momentAt(new Date('1999-12-31T23:00:00Z'), 'UTC+1');
const zurich = { latitude: 47.4, longitude: 8.5, city: 'Zurich', state: 'Zurich', country: 'Switzerland' };

const take = (db: Db, key: StageKey) =>
  takeStage(db, { ...key, recipe: 'r', holder: 'h', leaseSeconds: 60, maxAttempts: 3 });
const settle = (db: Db, key: StageKey, description: AssetDescription) =>
  db.transaction().execute(async (tx) => {
    const settled = await settleStage(tx, { ...key, holder: 'h', state: 'done' });
    await describeAsset(tx, key.assetId, description);
    return settled;
  });

onBothDatabases('details of assets', (getDb) => {
  const details = async (db: Db, id: string) => {
    const found = await findAssetDetails(db, id);
    if (found?.exif === undefined) throw new Error('the asset has details');
    return { ...found, exif: found.exif };
  };

  test('metadata of a file is written, and read back in its types', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const { id } = await addAsset(db, ownerId);
    const exif = {
      make: 'Canon',
      exifImageWidth: 4000,
      fileSizeInByte: 2 ** 40,
      modifyDate: taken,
      latitude: -33.9,
      longitude: 18.4,
      fNumber: 2.8,
      iso: 100,
      tags: ['a/b', 'c, "d"'],
      rating: 5,
      fps: 29.97,
      exposureTime: '1/250',
    };
    await describeAsset(db, id, read(exif));
    const found = await details(db, id);
    expect(found.exif).toEqual({
      ...noExif,
      ...exif,
      dateTimeOriginal: taken,
      timeZone: 'UTC',
      assetId: id,
      lockedProperties: [],
      updatedAt: expect.any(Date),
    });
    expect(found.asset).toMatchObject({ id, localDateTime: taken, fileCreatedAt: taken, width: 40, height: 30 });
    expect(found.owner).toMatchObject({ id: ownerId, quotaUsageInBytes: 1000 });
    expect(found.people).toEqual([]);
  });

  test('metadata with arbitrary values in tags is written', async () => {
    const db = getDb();
    const { id } = await addAsset(db, await addUser(db));
    const names = [
      'Make',
      'Model',
      'LensID',
      'ImageSize',
      'ImageWidth',
      'Orientation',
      'FNumber',
      'FocalLength',
      'ISO',
      'ExposureTime',
      'GPSLatitude',
      'GPSLongitude',
      'ImageDescription',
      'VideoFrameRate',
      'ContentIdentifier',
      'ProjectionType',
      'ProfileDescription',
      'ColorSpace',
      'BitsPerSample',
      'Rating',
      'TagsList',
      'BurstID',
      'DateTimeOriginal',
      'OffsetTimeOriginal',
      'TimeZone',
      'TimeZoneOffset',
      'MIMEType',
    ];
    const poisons: unknown[] = [
      'a\0b',
      '\0',
      '\uD800',
      'x\uDFFFy',
      '\u{1F338}'.repeat(20_000),
      '1e999',
      '-1e999',
      '1e308',
      '99999999999999999999',
      '-1',
      'inf',
      'undef',
      'NaN',
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 53,
      -0,
      true,
      null,
      undefined,
      {},
      { a: 'b' },
      [],
      [[]],
      ['a\0', null, {}, 7, '\uDC00'],
      Array.from({ length: 3000 }, (_, n) => `\0${n}`),
      '9999:12:31 23:59:59-14:00',
      '0001:01:02 00:00:00+14:00',
      '2021:07:04 18:30:15+15:59',
      "'; drop table asset; --",
      'x'.repeat(1_000_000),
    ];
    for (const poison of poisons) {
      const tags = Object.fromEntries(names.map((name) => [name, poison]));
      const fallbackDates = { fileCreatedAt: taken, fileModifiedAt: taken };
      const { moment, width, height, ...exif } = normalizeMetadata({ tags, ...findTime(tags) }, undefined, 1, {
        fallbackDates,
      });
      await describeAsset(db, id, { exif: { ...exif, city: null, state: null, country: null }, moment, width, height });
      const found = await details(db, id);
      expect(found.exif, JSON.stringify(poison)?.slice(0, 40)).toMatchObject({ ...exif, timeZone: moment.timeZone });
      expect(found.asset).toMatchObject({ fileCreatedAt: moment.instant, localDateTime: moment.wallTime });
    }
  });

  test('edits of a user stay when the file is read again, and other fields are updated', async () => {
    const db = getDb();
    const { id } = await addAsset(db, await addUser(db));
    await editAsset(db, [id], { moment: edited, description: 'Mine', position: zurich });
    await editAsset(db, [id], { rating: null, description: 'Mine again' });
    await describeAsset(
      db,
      id,
      read({ description: 'Of the file', rating: 3, latitude: 1, longitude: 2, city: 'Elsewhere', make: 'Canon' }),
    );
    const { asset, exif } = await details(db, id);
    expect(exif).toMatchObject({
      ...zurich,
      description: 'Mine again',
      rating: null,
      dateTimeOriginal: edited.instant,
      make: 'Canon',
      timeZone: 'UTC+1',
    });
    expect(exif.lockedProperties.toSorted()).toEqual([
      'city',
      'country',
      'dateTimeOriginal',
      'description',
      'latitude',
      'longitude',
      'rating',
      'state',
      'timeZone',
    ]);
    expect(asset).toMatchObject({ fileCreatedAt: edited.instant, localDateTime: edited.wallTime, width: 40 });
  });

  test('an edit moves each asset from its own moment, and keeps instant, wall time and zone together', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const [paris, nowhere] = [(await addAsset(db, ownerId)).id, (await addAsset(db, ownerId)).id];
    await describeAsset(db, paris, { ...read(), moment: momentAt(new Date('2021-03-27T12:00:00Z'), 'Europe/Paris') });
    const dayMs = 86_400_000;
    await editAsset(db, [paris, nowhere], {
      moment: ({ instant, timeZone }) => momentAt(new Date(instant.getTime() + dayMs), timeZone),
    });
    expect(await details(db, paris)).toMatchObject({
      asset: { fileCreatedAt: new Date('2021-03-28T12:00:00Z'), localDateTime: new Date('2021-03-28T14:00:00Z') },
      exif: { dateTimeOriginal: new Date('2021-03-28T12:00:00Z'), timeZone: 'Europe/Paris' },
    });
    const moved = new Date('2024-05-07T07:08:09.123Z');
    expect(await details(db, nowhere)).toMatchObject({
      asset: { fileCreatedAt: moved, localDateTime: moved },
      exif: { dateTimeOriginal: moved, timeZone: null, lockedProperties: expect.arrayContaining(['timeZone']) },
    });
  });

  test('an asset whose wall time does not match its zone keeps the wall time', async () => {
    const db = getDb();
    const { id } = await addAsset(db, await addUser(db), {
      fileCreatedAt: new Date('2020-01-01T10:00:00Z'),
      localDateTime: new Date('2020-01-01T15:30:00Z'),
    });
    await editAsset(db, [id], { moment: (current) => current });
    expect(await details(db, id)).toMatchObject({
      asset: { fileCreatedAt: new Date('2020-01-01T10:00:00Z'), localDateTime: new Date('2020-01-01T15:30:00Z') },
      exif: { timeZone: 'UTC+5:30' },
    });
  });

  test('an edit of flags does not lock metadata fields', async () => {
    const db = getDb();
    const { id } = await addAsset(db, await addUser(db));
    await editAsset(db, [id], { isFavorite: true, visibility: 'archive', description: undefined });
    const { asset, exif } = await details(db, id);
    expect(asset).toMatchObject({ isFavorite: true, visibility: 'archive' });
    expect(exif.lockedProperties).toEqual([]);
  });

  test('an edit while a stage settles stays, whichever comes first, and neither fails', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const ids = await Promise.all(Array.from({ length: 30 }, async () => (await addAsset(db, ownerId)).id));
    for (const id of ids) await take(db, { assetId: id, stage: 'metadata' });
    await Promise.all(
      ids.flatMap((id) => [
        settle(db, { assetId: id, stage: 'metadata' }, read({ description: 'Of the file', make: 'Canon' })),
        editAsset(db, [id], { description: 'Mine', moment: edited }),
      ]),
    );
    for (const id of ids) {
      const { asset, exif } = await details(db, id);
      expect(exif).toMatchObject({
        description: 'Mine',
        make: 'Canon',
        dateTimeOriginal: edited.instant,
        timeZone: 'UTC+1',
      });
      expect(asset).toMatchObject({ fileCreatedAt: edited.instant, localDateTime: edited.wallTime, width: 40 });
    }
  });

  test('two stages of one asset that settle at once both write, and neither fails', async () => {
    const db = getDb();
    const { id: assetId } = await addAsset(db, await addUser(db));
    const stages = ['metadata', 'thumbnail'] as const;
    await openStage(db, { assetId, stage: 'thumbnail' }, 'queued');
    for (let turn = 0; turn < 10; turn++) {
      for (const stage of stages) await take(db, { assetId, stage });
      const settled = await Promise.all(stages.map((stage) => settle(db, { assetId, stage }, read())));
      expect(settled).toEqual([{ next: [] }, { next: [] }]);
      await db.updateTable('asset_stage').set({ state: 'pending' }).where('assetId', '=', assetId).execute();
    }
  });

  test('concurrent edits and deletions of the same assets wait for each other, for few and many ids', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const { rows } = await sql<{ id: string }>`
      insert into asset ("id", "ownerId", "type", "checksum", "originalPath", "originalFileName", "fileSizeInByte",
        "fileCreatedAt", "fileModifiedAt", "localDateTime")
      select gen_random_uuid(), ${ownerId}, 'IMAGE', n::text::bytea, '', '', 1, now(), now(), now() from generate_series(1, 500) n
      returning "id"`.execute(db);
    await analyzeTables(db);
    const all = rows.map((row) => row.id);
    const some = () => all.filter(() => Math.random() < 0.02);
    const changes = [
      () => editAsset(db, all, { isFavorite: Math.random() < 0.5 }),
      () => editAsset(db, some(), { isFavorite: Math.random() < 0.5 }),
      () => trashAssets(db, all),
      () => trashAssets(db, some()),
      () => restoreAssets(db, some()),
    ];
    const change = async (n: number) => {
      for (let turn = 0; turn < 10; turn++) await changes[(n + turn) % changes.length]?.();
    };
    await Promise.all(Array.from({ length: 5 }, (_, n) => change(n)));
    expect(await countAssets(db, ownerId, {})).toEqual({ images: 500, videos: 0 });
  });

  test('people on an asset are those with a face that is not removed, each once', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const { id } = await addAsset(db, ownerId);
    const [ann, bob] = [
      await createPerson(db, ownerId, { name: 'Ann' }),
      await createPerson(db, ownerId, { name: 'Bob' }),
    ];
    await addFace(db, id, { personId: ann.id });
    await addFace(db, id, { personId: ann.id });
    await addFace(db, id, { personId: bob.id, deletedAt: taken });
    await addFace(db, id);
    expect((await details(db, id)).people.map((person) => person.id)).toEqual([ann.id]);
  });

  test('counts are numbers, of the assets that an owner sees', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    await addAsset(db, ownerId, { isFavorite: true });
    await addAsset(db, ownerId, { type: 'VIDEO', visibility: 'archive' });
    await addAsset(db, ownerId, { type: 'VIDEO', visibility: 'hidden' });
    await addAsset(db, ownerId, { visibility: 'locked' });
    const trashed = await addAsset(db, ownerId);
    expect(await trashAssets(db, [trashed.id])).toBe(1);
    expect(await trashAssets(db, [trashed.id])).toBe(0);
    expect(await countAssets(db, ownerId, {})).toEqual({ images: 2, videos: 1 });
    expect(await countAssets(db, ownerId, { isTrashed: true })).toEqual({ images: 1, videos: 0 });
    expect(await countAssets(db, ownerId, { isTrashed: false, isFavorite: true })).toEqual({ images: 1, videos: 0 });
    expect(await countAssets(db, ownerId, { visibility: 'locked' })).toEqual({ images: 1, videos: 0 });
  });

  test('a moving part is deleted with the last of its photos', async () => {
    const db = getDb();
    const ownerId = await addUser(db);
    const { id: livePhotoVideoId } = await addAsset(db, ownerId, { type: 'VIDEO', visibility: 'hidden' });
    const [first, second] = [
      await addAsset(db, ownerId, { livePhotoVideoId }),
      await addAsset(db, ownerId, { livePhotoVideoId }),
    ];
    expect(await listMotionParts(db, [first.id])).toEqual([]);
    expect(await listMotionParts(db, [first.id, second.id])).toEqual([livePhotoVideoId]);
    await deleteAssets(db, [second.id]);
    expect(await listMotionParts(db, [first.id])).toEqual([livePhotoVideoId]);
    expect(await listMotionParts(db, [])).toEqual([]);
  });

  test('an asset deleted for good has no details', async () => {
    const db = getDb();
    const { id } = await addAsset(db, await addUser(db));
    await deleteAssets(db, [id]);
    expect(await findAssetDetails(db, id)).toBeUndefined();
  });
});
