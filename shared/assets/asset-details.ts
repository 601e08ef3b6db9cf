import { sql } from 'kysely';
import type { Moment } from '#shared/time/moment.ts';
import type { Db } from '#shared/db/db.ts';
import { inTransaction, withLocks } from '#shared/db/transaction.ts';
import { shownInTimeline } from './describe-asset.ts';
import type { Asset, AssetExif, AssetVisibility, Person, User } from '#shared/db/tables.ts';
import { lockAssets } from './asset.ts';
import {
  findMotionPart,
  findMotionPartFault,
  hideMotionPart,
  showMotionPart,
  type MotionPartFault,
} from './live-photo.ts';
import { listMoments, setMoments } from './moment.ts';

export interface AssetDetails {
  asset: Asset;
  exif: AssetExif | undefined;
  owner: User | undefined;
  people: Person[];
}

/** An asset with everything that a client shows beside it; undefined if it was deleted permanently. */
export async function findAssetDetails(db: Db, id: string): Promise<AssetDetails | undefined> {
  const asset = await db
    .selectFrom('asset')
    .selectAll()
    .where('id', '=', id)
    .where('status', '!=', 'deleted')
    .executeTakeFirst();
  if (asset === undefined) return undefined;
  const exif = await db.selectFrom('asset_exif').selectAll().where('assetId', '=', id).executeTakeFirst();
  const owner = await db.selectFrom('user').selectAll().where('id', '=', asset.ownerId).executeTakeFirst();
  const people = await db
    .selectFrom('person')
    .selectAll()
    .where('id', 'in', (faces) =>
      faces
        .selectFrom('asset_face')
        .select('personId')
        .where('assetId', '=', id)
        .where('deletedAt', 'is', null)
        .where('personId', 'is not', null)
        .$narrowType<{ personId: string }>(),
    )
    .orderBy('createdAt')
    .execute();
  return { asset, exif, owner, people };
}

export interface AssetCountFilter {
  isFavorite?: boolean | undefined;
  isTrashed?: boolean | undefined;
  visibility?: AssetVisibility | undefined;
}

/** How many assets of each type the owner has. Hidden ones are left out, and locked ones unless asked for. */
export async function countAssets(
  db: Db,
  ownerId: string,
  filter: AssetCountFilter,
): Promise<{ images: number; videos: number }> {
  let query = db
    .selectFrom('asset_month_count')
    .select((eb) => ['type', eb.fn.sum<number>('count').as('count')])
    .where('ownerId', '=', ownerId)
    .groupBy('type');
  if (filter.isTrashed !== undefined) query = query.where('isTrashed', '=', filter.isTrashed);
  query =
    filter.visibility === undefined
      ? query.where('visibility', 'in', ['timeline', 'archive'])
      : query.where('visibility', '=', filter.visibility);
  if (filter.isFavorite !== undefined) query = query.where('isFavorite', '=', filter.isFavorite);
  const rows = await query.execute();
  const of = (type: string) => rows.find((row) => row.type === type)?.count ?? 0;
  return { images: of('IMAGE'), videos: of('VIDEO') };
}

export interface AssetEdit {
  isFavorite?: boolean | undefined;
  visibility?: AssetVisibility | undefined;
  livePhotoVideoId?: string | null | undefined;
  duplicateId?: string | null | undefined;
  /** When they were taken: one moment for all, or for each a moment computed from its current one. */
  moment?: Moment | ((current: Moment) => Moment) | undefined;
  description?: string | undefined;
  rating?: number | null | undefined;
  position?:
    | { latitude: number; longitude: number; city: string | null; state: string | null; country: string | null }
    | undefined;
}

/**
 * Gives a photo another moving part, or none, and writes the other changes, in one transaction: the new part is hidden,
 * the former one gets the visibility of the photo. Returns why it could not be done; then nothing was written.
 */
export async function relinkMotionPart(
  db: Db,
  { id, ownerId }: Pick<Asset, 'id' | 'ownerId'>,
  edit: AssetEdit & { livePhotoVideoId: string | null },
): Promise<MotionPartFault | undefined> {
  const { livePhotoVideoId } = edit;
  // One change for each owner at a time: the current part of the photo is known before the rows are locked.
  return withLocks(db, [`live photos of ${ownerId}`], async (tx) => {
    const before = await findMotionPart(tx, id);
    const rows = [id, before, livePhotoVideoId].filter((it) => typeof it === 'string');
    await lockAssets(tx, rows);
    const fault = livePhotoVideoId === null ? undefined : await findMotionPartFault(tx, livePhotoVideoId, ownerId);
    if (fault !== undefined) return fault;
    await editAsset(tx, [id], edit);
    if (livePhotoVideoId !== null) await hideMotionPart(tx, livePhotoVideoId);
    if (before !== undefined && before !== livePhotoVideoId) await showAsItsPhoto(tx, before, id);
    return undefined;
  });
}

async function showAsItsPhoto(tx: Db, videoId: string, photoId: string): Promise<void> {
  const photo = await tx.selectFrom('asset').select('visibility').where('id', '=', photoId).executeTakeFirst();
  if (photo !== undefined) await showMotionPart(tx, videoId, photo.visibility);
}

/** Writes what a person changed, and locks the changed columns against a later reading of the file. */
export async function editAsset(db: Db, ids: readonly string[], edit: AssetEdit): Promise<void> {
  if (ids.length === 0) return;
  const { moment, description, rating, position, ...flags } = edit;
  const columns = withoutUndefined(flags);
  const exif = withoutUndefined({ description, rating, ...position });
  await inTransaction(db, async (tx) => {
    await lockAssets(tx, ids);
    if (moment !== undefined) {
      const next = typeof moment === 'function' ? moment : () => moment;
      const current = await listMoments(tx, ids);
      await setMoments(
        tx,
        current.map((it) => ({ assetId: it.assetId, moment: next(it.moment) })),
      );
    }
    await tx
      .updateTable('asset')
      .set({ ...columns, ...shownInTimeline(exif), updatedAt: sql`now()` })
      .where('id', 'in', [...ids])
      .execute();
    const names = Object.keys(exif);
    if (names.length === 0) return;
    await tx
      .updateTable('asset_exif')
      .set({
        ...exif,
        updatedAt: sql`now()`,
        lockedProperties: sql`array(select distinct unnest("lockedProperties" || ${names}::text[]))`,
      })
      .where('assetId', 'in', [...ids])
      .execute();
  });
}

function withoutUndefined<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Puts assets into the trash; moving parts of live photos go with their photo. Returns the number of assets. */
export async function trashAssets(db: Db, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  return inTransaction(db, async (tx) => {
    await lockAssets(tx, ids);
    const { numUpdatedRows } = await tx
      .updateTable('asset')
      .set({ status: 'trashed', deletedAt: sql`now()`, updatedAt: sql`now()` })
      .where('id', 'in', [...ids])
      .where('status', '=', 'active')
      .executeTakeFirst();
    return Number(numUpdatedRows);
  });
}

/** The moving parts of these photos that no other photo uses. */
export async function listMotionParts(db: Db, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('asset')
    .select('livePhotoVideoId')
    .distinct()
    .where('id', 'in', [...ids])
    .where('livePhotoVideoId', 'is not', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('asset as other')
            .select('other.id')
            .whereRef('other.livePhotoVideoId', '=', 'asset.livePhotoVideoId')
            .where('other.id', 'not in', [...ids])
            .where('other.status', '!=', 'deleted'),
        ),
      ),
    )
    .execute();
  return rows.flatMap((row) => row.livePhotoVideoId ?? []);
}
