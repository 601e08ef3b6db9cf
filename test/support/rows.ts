import { randomBytes } from 'node:crypto';
import type { Db } from '#shared/db/db.ts';
import { createAsset, type Created } from '#shared/assets/create-asset.ts';
import { reserveObject } from '#shared/assets/stored-object.ts';
import { newId } from '#shared/ids/ids.ts';
import type { NewAsset, Stage } from '#shared/db/tables.ts';

/** A user without a password, with a unique e-mail address. */
export async function addUser(
  db: Db,
  more: { quotaSizeInBytes?: number | null; storageLabel?: string | null } = {},
): Promise<string> {
  const id = newId();
  const { quotaSizeInBytes = null, storageLabel = null } = more;
  await db
    .insertInto('user')
    .values({
      id,
      email: `${id}@example.org`,
      password: null,
      avatarColor: null,
      pinCode: null,
      deletedAt: null,
      quotaSizeInBytes,
      storageLabel,
    })
    .execute();
  return id;
}

/** Creates an asset as an upload does, with a reservation and then the row. No bytes are stored. */
export async function addAsset(
  db: Db,
  ownerId: string,
  more: Partial<Omit<NewAsset, 'libraryId'>> = {},
): Promise<{ id: string; created: Created }> {
  const id = newId();
  const originalPath = `upload/${ownerId}/${id}.jpg`;
  await reserveObject(db, {
    store: 'folder',
    key: originalPath,
    ownerId,
    assetId: id,
    holder: 'test',
    leaseSeconds: 60,
  });
  const date = new Date('2024-05-06T07:08:09.123Z');
  const created = await createAsset(db, {
    store: 'folder',
    origin: { kind: 'reserved' },
    asset: {
      id,
      ownerId,
      type: 'IMAGE',
      checksum: randomBytes(20),
      originalPath,
      originalFileName: 'a.jpg',
      fileSizeInByte: 1000,
      fileCreatedAt: date,
      fileModifiedAt: date,
      localDateTime: date,
      width: null,
      height: null,
      thumbhash: null,
      duration: null,
      livePhotoVideoId: null,
      stackId: null,
      duplicateId: null,
      deletedAt: null,
      ...more,
    },
  });
  return { id, created };
}

/** The state that a stage of an asset is in. */
export async function stateOf(db: Db, assetId: string, stage: Stage): Promise<string | undefined> {
  const row = await db
    .selectFrom('asset_stage')
    .select('state')
    .where('assetId', '=', assetId)
    .where('stage', '=', stage)
    .executeTakeFirst();
  return row?.state;
}

/** A face on an asset, with a box of a picture of 1000 x 1000; it has no person without `personId`. */
export async function addFace(
  db: Db,
  assetId: string,
  more: { personId?: string | null; left?: number; edge?: number; deletedAt?: Date | null } = {},
): Promise<string> {
  const id = newId();
  const { personId = null, left = 0, edge = 100, deletedAt = null } = more;
  await db
    .insertInto('asset_face')
    .values({
      id,
      assetId,
      personId,
      deletedAt,
      modelSet: 'test',
      imageWidth: 1000,
      imageHeight: 1000,
      score: 0.9,
      boundingBoxX1: left,
      boundingBoxY1: 10,
      boundingBoxX2: left + edge,
      boundingBoxY2: 10 + edge,
    })
    .execute();
  return id;
}
