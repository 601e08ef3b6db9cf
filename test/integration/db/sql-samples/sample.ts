import type { Db } from '#shared/db/db.ts';
import { createAlbum } from '#shared/albums/album.ts';
import { toVectorText } from '#shared/people/asset-face.ts';
import { newId } from '#shared/ids/ids.ts';
import { addAsset, addFace, addUser } from '#test/support/rows.ts';

/** What each sample finds in the database, and nothing else: two users, and two of each thing that the first one has. */
export interface Rows {
  userId: string;
  otherUserId: string;
  assetIds: readonly [string, string];
  albumId: string;
  personIds: readonly [string, string];
  /** On the first asset, with embeddings; the first one is the first person's. */
  faceIds: readonly [string, string];
}

/** Calls a query function so that it sends every statement it has. Only what goes through `db` is recorded. */
export type Sample = (db: Db, rows: Rows, unrecorded: Db) => Promise<unknown>;

type QueryName<Module> = {
  [Name in keyof Module]: Module[Name] extends (db: Db, ...rest: never[]) => Promise<unknown> ? Name : never;
}[keyof Module];

/** A sample for every query function of a module: one that is missing does not compile. */
export type SamplesOf<Module> = Record<QueryName<Module>, Sample>;

export async function makeRows(db: Db): Promise<Rows> {
  const [userId, otherUserId] = [await addUser(db), await addUser(db)];
  const assetIds = [(await addAsset(db, userId)).id, (await addAsset(db, userId)).id] as const;
  const albumId = newId();
  await createAlbum(db, {
    id: albumId,
    albumName: 'Trip',
    description: '',
    ownerId: userId,
    users: [{ userId: otherUserId, role: 'viewer' }],
    assetIds: [assetIds[0]],
  });
  const personIds = [newId(), newId()] as const;
  for (const id of personIds)
    await db
      .insertInto('person')
      .values({ id, ownerId: userId, name: 'Ann', birthDate: null, faceAssetId: null, color: null })
      .execute();
  const faceIds = [
    await addFace(db, assetIds[0], { personId: personIds[0] }),
    await addFace(db, assetIds[0], { left: 500 }),
  ] as const;
  const embedding = toVectorText(new Float32Array(512).fill(0.044));
  for (const faceId of faceIds)
    await db.insertInto('face_search').values({ faceId, ownerId: userId, modelSet: 'test', embedding }).execute();
  await db.updateTable('person').set({ faceAssetId: faceIds[0] }).where('id', '=', personIds[0]).execute();
  return { userId, otherUserId, assetIds, albumId, personIds, faceIds };
}

/** Tables whose rows hang on no user; all others are emptied with the users. */
const loose = [
  'system_metadata',
  'login_attempt',
  'outbox',
  'stored_object',
  'dead_letter',
  'asset_month_count',
  'scan_root',
  'bucket_listing',
  'store_identity',
] as const;

export async function removeRows(db: Db): Promise<void> {
  await db.deleteFrom('user').execute();
  for (const table of loose) await db.deleteFrom(table).execute();
}
