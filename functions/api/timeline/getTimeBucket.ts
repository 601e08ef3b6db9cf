import { listMonth, type TimelineRow } from '#shared/db/queries/timeline.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import type { TimelineQuery } from './schemas.ts';
import { toTimelineFilter } from './timeline-filter.ts';

type Columns = ResponseOf<'getTimeBucket'>;

/** One month as columns, which is how the web reads it. */
export async function getTimeBucket(
  context: RequestContext,
  { timeBucket, ...query }: TimelineQuery & { timeBucket: string },
): Promise<Columns> {
  const rows = await listMonth(context.ports.db, await toTimelineFilter(context, query), timeBucket);
  return toColumns(rows, query);
}

const hourMs = 60 * 60 * 1000;

function toColumns(rows: readonly TimelineRow[], { withCoordinates, withStacked }: TimelineQuery): Columns {
  return {
    id: rows.map((row) => row.id),
    ownerId: rows.map((row) => row.ownerId),
    visibility: rows.map((row) => row.visibility),
    isFavorite: rows.map((row) => row.isFavorite),
    isImage: rows.map((row) => row.type === 'IMAGE'),
    isTrashed: rows.map((row) => row.status === 'trashed'),
    duration: rows.map((row) => row.duration),
    createdAt: rows.map((row) => new Date(row.createdAtMs).toISOString()),
    fileCreatedAt: rows.map((row) => new Date(row.fileCreatedAtMs).toISOString()),
    localOffsetHours: rows.map((row) => (row.localDateTimeMs - row.fileCreatedAtMs) / hourMs),
    ratio: rows.map(ratioOf),
    thumbhash: rows.map((row) => row.thumbhash?.toString('base64') ?? null),
    livePhotoVideoId: rows.map((row) => row.livePhotoVideoId),
    projectionType: rows.map((row) => row.projectionType),
    city: rows.map((row) => row.city),
    country: rows.map((row) => row.country),
    ...(withCoordinates === true
      ? { latitude: rows.map((row) => row.latitude), longitude: rows.map((row) => row.longitude) }
      : {}),
    ...(withStacked === true ? { stack: rows.map(() => null) } : {}),
  };
}

/** Width by height as people see it; 1 until it is known. */
function ratioOf({ width, height }: TimelineRow): number {
  return width === null || height === null || height === 0 ? 1 : Math.round((width / height) * 1000) / 1000;
}
