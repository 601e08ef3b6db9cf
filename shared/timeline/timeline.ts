import { sql, type ExpressionBuilder } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import type { AssetVisibility, Tables } from '#shared/db/tables.ts';

export interface TimelineFilter {
  /** Owners of the assets; undefined for an album's assets of all owners. */
  ownerIds?: readonly string[] | undefined;
  visibilities: readonly AssetVisibility[];
  isTrashed: boolean;
  isFavorite?: boolean | undefined;
  albumId?: string | undefined;
  personId?: string | undefined;
  orderBy: 'localDateTime' | 'createdAt';
  order: 'asc' | 'desc';
}

export interface MonthCount {
  /** `YYYY-MM-01`. */
  month: string;
  count: number;
}

/**
 * Counts the assets of each month. For an owner's timeline the counts are maintained in a table; others are counted by
 * the query.
 */
export async function listMonthCounts(db: Db, filter: TimelineFilter): Promise<MonthCount[]> {
  const isKept = filter.ownerIds !== undefined && filter.albumId === undefined && filter.personId === undefined;
  return isKept && filter.orderBy === 'localDateTime' ? listKeptCounts(db, filter) : countMonths(db, filter);
}

async function listKeptCounts(
  db: Db,
  { ownerIds = [], visibilities, isTrashed, isFavorite, order }: TimelineFilter,
): Promise<MonthCount[]> {
  let query = db
    .selectFrom('asset_month_count')
    .select((eb) => ['month', eb.fn.sum<number>('count').as('count')])
    .where('ownerId', 'in', [...ownerIds])
    .where('visibility', 'in', [...visibilities])
    .where('isTrashed', '=', isTrashed)
    .groupBy('month')
    .having((eb) => eb(eb.fn.sum<number>('count'), '>', 0))
    .orderBy('month', order);
  if (isFavorite !== undefined) query = query.where('isFavorite', '=', isFavorite);
  return query.execute();
}

const monthOf = (column: TimelineFilter['orderBy']) => sql<string>`asset_month(${sql.ref(`asset.${column}`)})`;

async function countMonths(db: Db, filter: TimelineFilter): Promise<MonthCount[]> {
  return db
    .selectFrom('asset')
    .select((eb) => [monthOf(filter.orderBy).as('month'), eb.fn.countAll<number>().as('count')])
    .where((eb) => matchesFilter(eb, filter))
    .groupBy(monthOf(filter.orderBy))
    .orderBy('month', filter.order)
    .execute();
}

/** Matches the assets of a timeline, of any month. */
export function matchesFilter(eb: ExpressionBuilder<Tables, 'asset'>, filter: TimelineFilter) {
  const all = [
    eb('asset.status', '=', filter.isTrashed ? 'trashed' : 'active'),
    eb('asset.visibility', 'in', [...filter.visibilities]),
  ];
  if (filter.ownerIds !== undefined) all.push(eb('asset.ownerId', 'in', [...filter.ownerIds]));
  if (filter.isFavorite !== undefined) all.push(eb('asset.isFavorite', '=', filter.isFavorite));
  if (filter.albumId !== undefined) {
    const members = eb.selectFrom('album_asset').select('assetId').where('albumId', '=', filter.albumId);
    all.push(eb('asset.id', 'in', members));
  }
  if (filter.personId !== undefined) {
    const shown = eb
      .selectFrom('asset_face')
      .select('assetId')
      .where('personId', '=', filter.personId)
      .where('deletedAt', 'is', null);
    all.push(eb('asset.id', 'in', shown));
  }
  return eb.and(all);
}
