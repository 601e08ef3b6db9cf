import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { hasActiveOwner } from '#shared/albums/has-active-owner.ts';
import { isLocked } from '#shared/assets/is-locked.ts';
import type { AlbumUserTable } from '#shared/db/tables.ts';

export interface Caller {
  userId: string;
  /** True while the session is unlocked by the PIN code; otherwise locked assets are not accessible. */
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
  if (!caller.seesLocked) own = own.where(sql<boolean>`not ${isLocked}`);
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
    .where(sql<boolean>`not ${isLocked}`)
    .where(hasActiveOwner('album_user.albumId'))
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
    .where(hasActiveOwner('album_user.albumId'))
    .execute();
  return new Set(rows.map((row) => row.albumId));
}

/** People of the caller; those that appear only on locked assets need the PIN code. */
export async function listOwnPeople(db: Db, caller: Caller, ids: readonly string[]): Promise<Set<string>> {
  let query = db
    .selectFrom('person')
    .select('id')
    .where('id', 'in', [...ids])
    .where('ownerId', '=', caller.userId);
  if (!caller.seesLocked) {
    const faces = sql`
      from asset_face join asset on asset."id" = asset_face."assetId"
      where asset_face."personId" = person."id" and asset_face."deletedAt" is null and asset."status" <> 'deleted'`;
    query = query.where(
      sql<boolean>`(not exists (select ${faces}) or exists (select ${faces} and asset."visibility" <> 'locked'))`,
    );
  }
  return new Set((await query.execute()).map((row) => row.id));
}

/** Faces on assets of the caller; those on locked assets need the PIN code. */
export async function listOwnFaces(db: Db, caller: Caller, ids: readonly string[]): Promise<Set<string>> {
  let query = db
    .selectFrom('asset_face')
    .innerJoin('asset', 'asset.id', 'asset_face.assetId')
    .select('asset_face.id')
    .where('asset_face.id', 'in', [...ids])
    .where('asset.ownerId', '=', caller.userId)
    .where('asset.status', '!=', 'deleted');
  if (!caller.seesLocked) query = query.where(sql<boolean>`not ${isLocked}`);
  return new Set((await query.execute()).map((row) => row.id));
}
