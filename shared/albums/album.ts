import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { hasActiveOwner } from './has-active-owner.ts';
import { insertRows } from '#shared/db/insert-rows.ts';
import type { Album, AlbumUserTable, User } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';

export type AlbumRole = AlbumUserTable['role'];

export interface AlbumDetails {
  album: Album;
  /** The owner first, then by name. */
  users: { user: User; role: AlbumRole }[];
  assetCount: number;
  /** Wall times, as `asset.localDateTime`; undefined for an empty album. */
  startDate: Date | undefined;
  endDate: Date | undefined;
  lastModifiedAssetTimestamp: Date | undefined;
  contributors: { userId: string; assetCount: number }[];
  /** The chosen thumbnail if it is visible in the album, else the newest asset. */
  thumbnailAssetId: string | null;
}

export interface AlbumFilter {
  isOwned?: boolean | undefined;
  isShared?: boolean | undefined;
  assetId?: string | undefined;
  id?: string | undefined;
  name?: string | undefined;
}

/**
 * The albums that a user is a member of, newest first; with `assetId` only those that contain it, and the rest of the
 * filter is ignored.
 */
export async function listAlbums(db: Db, userId: string, filter: AlbumFilter): Promise<AlbumDetails[]> {
  let query = db
    .selectFrom('album')
    .innerJoin('album_user', 'album_user.albumId', 'album.id')
    .selectAll('album')
    .where('album_user.userId', '=', userId)
    .where(hasActiveOwner('album.id'))
    .orderBy('album.createdAt', 'desc')
    .orderBy('album.id');
  if (filter.assetId !== undefined) {
    const { assetId } = filter;
    query = query.where('album.id', 'in', (eb) =>
      eb.selectFrom('album_asset').select('albumId').where('assetId', '=', assetId),
    );
    return addDetails(db, await query.execute());
  }
  if (filter.id !== undefined) query = query.where('album.id', '=', filter.id);
  if (filter.name !== undefined) query = query.where('album.albumName', '=', filter.name);
  if (filter.isOwned !== undefined) query = query.where('album_user.role', filter.isOwned ? '=' : '!=', 'owner');
  if (filter.isShared !== undefined) {
    const isShared = sql<boolean>`(select count(*) from album_user m where m."albumId" = album."id") > 1`;
    query = query.where(filter.isShared ? isShared : sql<boolean>`not ${isShared}`);
  }
  return addDetails(db, await query.execute());
}

export async function findAlbum(db: Db, id: string): Promise<AlbumDetails | undefined> {
  const albums = await db.selectFrom('album').selectAll().where('id', '=', id).execute();
  return (await addDetails(db, albums))[0];
}

async function addDetails(db: Db, albums: readonly Album[]): Promise<AlbumDetails[]> {
  if (albums.length === 0) return [];
  const ids = albums.map((album) => album.id);
  const members = await listMembers(db, ids);
  const contents = Map.groupBy(await listContents(db, ids), (it) => it.albumId);
  return albums.map((album) => {
    const own = contents.get(album.id) ?? [];
    const newest = own.toSorted((a, b) => b.endDate.getTime() - a.endDate.getTime())[0];
    return {
      album,
      users: members.get(album.id) ?? [],
      assetCount: own.reduce((sum, it) => sum + it.assetCount, 0),
      startDate: extremeOf(
        own.map((it) => it.startDate),
        Math.min,
      ),
      endDate: newest?.endDate,
      lastModifiedAssetTimestamp: extremeOf(
        own.map((it) => it.modifiedAt),
        Math.max,
      ),
      contributors: own.map(({ ownerId, assetCount }) => ({ userId: ownerId, assetCount })),
      thumbnailAssetId: (own.some((it) => it.hasThumbnail) ? album.albumThumbnailAssetId : newest?.newestId) ?? null,
    };
  });
}

/** The members of each album, the owner first, then by name; a user in several albums is the same object. */
async function listMembers(db: Db, albumIds: readonly string[]): Promise<Map<string, AlbumDetails['users']>> {
  const memberships = await db
    .selectFrom('album_user')
    .innerJoin('user', 'user.id', 'album_user.userId')
    .select(['album_user.albumId', 'album_user.userId', 'album_user.role'])
    .where('album_user.albumId', '=', sql<string>`any(${[...albumIds]}::uuid[])`)
    .where('user.deletedAt', 'is', null)
    .orderBy(sql`"album_user"."role" = 'owner'`, 'desc')
    .orderBy(sql`lower("user"."name") collate "C"`)
    .orderBy('user.id')
    .execute();
  const userIds = [...new Set(memberships.map((it) => it.userId))];
  const users = await db
    .selectFrom('user')
    .selectAll()
    .where('id', '=', sql<string>`any(${userIds}::uuid[])`)
    .execute();
  const byId = new Map(users.map((user) => [user.id, user]));
  const members = new Map<string, AlbumDetails['users']>(albumIds.map((id) => [id, []]));
  for (const { albumId, userId, role } of memberships) {
    const user = byId.get(userId);
    if (user !== undefined) members.get(albumId)?.push({ user, role });
  }
  return members;
}

function extremeOf(dates: readonly Date[], pick: (...ms: number[]) => number): Date | undefined {
  return dates.length === 0 ? undefined : new Date(pick(...dates.map((it) => it.getTime())));
}

interface Contents {
  albumId: string;
  ownerId: string;
  assetCount: number;
  startDate: Date;
  endDate: Date;
  modifiedAt: Date;
  newestId: string;
  /** True if the album's chosen thumbnail is one of these assets. */
  hasThumbnail: boolean;
}

/**
 * The visible content of each album per owner, without trashed, hidden and locked assets. The counts are maintained by
 * triggers.
 */
async function listContents(db: Db, albumIds: readonly string[]): Promise<Contents[]> {
  return db
    .selectFrom('album_content')
    .innerJoin('album', 'album.id', 'album_content.albumId')
    .select((eb) => [
      'album_content.albumId',
      'album_content.ownerId',
      'album_content.assetCount',
      eb.ref('album_content.startDate').$notNull().as('startDate'),
      eb.ref('album_content.endDate').$notNull().as('endDate'),
      eb.ref('album_content.modifiedAt').$notNull().as('modifiedAt'),
      eb.ref('album_content.newestId').$notNull().as('newestId'),
      sql<boolean>`exists (
        select from asset join album_asset on album_asset."assetId" = asset."id" and album_asset."albumId" = album."id"
        where asset."id" = album."albumThumbnailAssetId" and asset."ownerId" = album_content."ownerId"
          and asset."status" = 'active' and asset."visibility" in ('timeline', 'archive')
      )`.as('hasThumbnail'),
    ])
    .where('album_content.albumId', '=', sql<string>`any(${[...albumIds]}::uuid[])`)
    .where('album_content.assetCount', '>', 0)
    .orderBy('album_content.ownerId')
    .execute();
}

export interface NewAlbum {
  id: string;
  albumName: string;
  description: string;
  ownerId: string;
  users: readonly { userId: string; role: AlbumRole }[];
  assetIds: readonly string[];
}

/** @throws a foreign key violation if a user does not exist */
export async function createAlbum(
  db: Db,
  { id, albumName, description, ownerId, users, assetIds }: NewAlbum,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx.insertInto('album').values({ id, albumName, description, albumThumbnailAssetId: null }).execute();
    await tx.insertInto('album_user').values({ albumId: id, userId: ownerId, role: 'owner' }).execute();
    await addAlbumUsers(tx, id, users);
    await addAlbumAssets(tx, id, assetIds);
  });
}

export async function updateAlbum(
  db: Db,
  id: string,
  changes: Partial<Pick<Album, 'albumName' | 'description' | 'albumThumbnailAssetId' | 'isActivityEnabled' | 'order'>>,
): Promise<void> {
  await db
    .updateTable('album')
    .set({ ...changes, updatedAt: sql`now()` })
    .where('id', '=', id)
    .execute();
}

export async function deleteAlbum(db: Db, id: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await sql`
      select from asset where "id" in (select "assetId" from album_asset where "albumId" = ${id}) order by "id" for share`.execute(
      tx,
    );
    await tx.deleteFrom('album').where('id', '=', id).execute();
  });
}

/**
 * Adds assets, except those already in the album and deleted ones; adds nothing to an album that does not exist.
 * Returns the added ids. Safe to call concurrently.
 */
export async function addAlbumAssets(db: Db, albumId: string, assetIds: readonly string[]): Promise<Set<string>> {
  if (assetIds.length === 0) return new Set();
  return await inTransaction(db, async (tx) => {
    const { rows } = await sql<{ assetId: string }>`
      insert into album_asset ("albumId", "assetId")
      select target."id", there."id" from (select "id" from album where "id" = ${albumId} for key share) target, (
        select "id" from asset where "id" = any(${[...assetIds]}::uuid[]) and "status" <> 'deleted' order by "id" for share
      ) there
      on conflict do nothing returning "assetId"`.execute(tx);
    const added = new Set(rows.map((row) => row.assetId));
    if (added.size === 0) return added;
    const first = assetIds.find((it) => added.has(it));
    await tx
      .updateTable('album')
      .set({ updatedAt: sql`now()`, albumThumbnailAssetId: sql`coalesce("albumThumbnailAssetId", ${first}::uuid)` })
      .where('id', '=', albumId)
      .execute();
    return added;
  });
}

/** Removes assets from an album; if the thumbnail is among them it is reset. Returns the ids that were in it. */
export async function removeAlbumAssets(db: Db, albumId: string, assetIds: readonly string[]): Promise<Set<string>> {
  if (assetIds.length === 0) return new Set();
  return inTransaction(db, async (tx) => {
    // Assets are locked before members, in the same order as by changes of assets.
    await sql`select from asset where "id" = any(${[...assetIds]}::uuid[]) order by "id" for share`.execute(tx);
    const rows = await tx
      .deleteFrom('album_asset')
      .where('albumId', '=', albumId)
      .where('assetId', '=', sql<string>`any(${[...assetIds]}::uuid[])`)
      .returning('assetId')
      .execute();
    if (rows.length === 0) return new Set();
    await tx
      .updateTable('album')
      .set({
        updatedAt: sql`now()`,
        albumThumbnailAssetId: sql`case when "albumThumbnailAssetId" = any(${[...assetIds]}::uuid[]) then null else "albumThumbnailAssetId" end`,
      })
      .where('id', '=', albumId)
      .execute();
    return new Set(rows.map((row) => row.assetId));
  });
}

/** Adds members; the role of an existing member is unchanged. */
export async function addAlbumUsers(
  db: Db,
  albumId: string,
  users: readonly { userId: string; role: AlbumRole }[],
): Promise<void> {
  if (users.length === 0) return;
  const rows = users.map(({ userId, role }) => ({ albumId, userId, role }));
  await insertRows(db, 'album_user', rows)
    .onConflict((conflict) => conflict.columns(['albumId', 'userId']).doNothing())
    .execute();
}

export async function setAlbumRole(db: Db, albumId: string, userId: string, role: AlbumRole): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('album_user')
    .set({ role })
    .where('albumId', '=', albumId)
    .where('userId', '=', userId)
    .where('role', '!=', 'owner')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Ends a membership. The owner's cannot be ended. */
export async function removeAlbumUser(db: Db, albumId: string, userId: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('album_user')
    .where('albumId', '=', albumId)
    .where('userId', '=', userId)
    .where('role', '!=', 'owner')
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Returns those of `assetIds` that are in the album. */
export async function listAlbumMembersOf(db: Db, albumId: string, assetIds: readonly string[]): Promise<Set<string>> {
  if (assetIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('album_asset')
    .select('assetId')
    .where('albumId', '=', albumId)
    .where('assetId', '=', sql<string>`any(${[...assetIds]}::uuid[])`)
    .execute();
  return new Set(rows.map((row) => row.assetId));
}

export async function listAlbumPositions(db: Db, albumId: string) {
  const rows = await db
    .selectFrom('album_asset')
    .innerJoin('asset', 'asset.id', 'album_asset.assetId')
    .innerJoin('asset_exif', 'asset_exif.assetId', 'asset.id')
    .select(['asset.id', 'asset.latitude', 'asset.longitude', 'asset.city', 'asset_exif.state', 'asset.country'])
    .where('album_asset.albumId', '=', albumId)
    .where('asset.status', '=', 'active')
    .where('asset.visibility', 'in', ['timeline', 'archive'])
    .where('asset.latitude', 'is not', null)
    .where('asset.longitude', 'is not', null)
    .orderBy('asset.localDateTime', 'desc')
    .execute();
  return rows.flatMap(({ latitude, longitude, ...row }) =>
    latitude === null || longitude === null ? [] : { ...row, lat: latitude, lon: longitude },
  );
}

export async function countAlbums(
  db: Db,
  userId: string,
): Promise<{ owned: number; shared: number; notShared: number }> {
  const { rows } = await sql<{ role: AlbumRole; members: number }>`
    select "role", (select count(*) from album_user m where m."albumId" = album_user."albumId") as "members"
    from album_user where "userId" = ${userId} and ${hasActiveOwner('album_user.albumId')}`.execute(db);
  const owned = rows.filter((row) => row.role === 'owner');
  const shared = rows.filter((row) => row.members > 1).length;
  return { owned: owned.length, shared, notShared: owned.filter((row) => row.members === 1).length };
}

/** Deletes the albums that a user owns. */
export async function deleteAlbumsOf(tx: Db, userId: string): Promise<void> {
  await sql`
    delete from album using album_user
    where album_user."albumId" = album."id" and album_user."userId" = ${userId} and album_user."role" = 'owner'`.execute(
    tx,
  );
}
