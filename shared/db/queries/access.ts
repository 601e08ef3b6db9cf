import type { Db } from '../db.ts';
import type { AlbumUserTable } from '../tables.ts';

export interface Caller {
  userId: string;
  /** Locked assets are seen only while the PIN was given. */
  seesLocked: boolean;
}

/** Assets of the caller (`own`), and with `shared` also those in albums that they are a member of. */
export async function listAccessibleAssets(
  db: Db,
  caller: Caller,
  ids: readonly string[],
  reach: 'own' | 'shared',
): Promise<Set<string>> {
  let own = db
    .selectFrom('asset')
    .select('id')
    .where('id', 'in', [...ids])
    .where('ownerId', '=', caller.userId)
    .where('status', '!=', 'deleted');
  if (!caller.seesLocked) own = own.where('visibility', '!=', 'locked');
  const found = new Set((await own.execute()).map((row) => row.id));
  if (reach === 'own' || found.size === ids.length) return found;
  const shared = await db
    .selectFrom('asset')
    .innerJoin('album_asset', 'album_asset.assetId', 'asset.id')
    .innerJoin('album_user', 'album_user.albumId', 'album_asset.albumId')
    .select('asset.id')
    .where('asset.id', 'in', [...ids])
    .where('album_user.userId', '=', caller.userId)
    .where('asset.status', '=', 'active')
    .where('asset.visibility', '!=', 'locked')
    .execute();
  for (const row of shared) found.add(row.id);
  return found;
}

export async function listAccessibleAlbums(
  db: Db,
  userId: string,
  ids: readonly string[],
  roles: readonly AlbumUserTable['role'][],
): Promise<Set<string>> {
  const rows = await db
    .selectFrom('album_user')
    .select('albumId')
    .where('albumId', 'in', [...ids])
    .where('userId', '=', userId)
    .where('role', 'in', [...roles])
    .execute();
  return new Set(rows.map((row) => row.albumId));
}

export async function listOwnPeople(db: Db, userId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('person')
    .select('id')
    .where('id', 'in', [...ids])
    .where('ownerId', '=', userId)
    .execute();
  return new Set(rows.map((row) => row.id));
}

export async function listOwnFaces(db: Db, userId: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db
    .selectFrom('asset_face')
    .innerJoin('asset', 'asset.id', 'asset_face.assetId')
    .select('asset_face.id')
    .where('asset_face.id', 'in', [...ids])
    .where('asset.ownerId', '=', userId)
    .where('asset.status', '!=', 'deleted')
    .execute();
  return new Set(rows.map((row) => row.id));
}
