import { listMonth } from '#shared/timeline/timeline-month.ts';
import type { ResponseOf } from '../contract.ts';
import type { JsonText, RequestContext } from '../route.ts';
import type { TimelineQuery } from './schemas.ts';
import { toTimelineFilter } from './timeline-filter.ts';

type Columns = ResponseOf<'getTimeBucket'>;

const columns = [
  'id', 'ownerId', 'visibility', 'isFavorite', 'isImage', 'isTrashed', 'duration', 'createdAt', 'fileCreatedAt',
  'localOffsetHours', 'ratio', 'thumbhash', 'livePhotoVideoId', 'projectionType', 'city', 'country',
] as const satisfies (keyof Columns)[]; // prettier-ignore

/** One month as columns, which is how the web reads it. The database writes their JSON. */
export async function getTimeBucket(
  context: RequestContext,
  { timeBucket, ...query }: TimelineQuery & { timeBucket: string },
): Promise<JsonText<Columns>> {
  const arrays = await listMonth(context.ports.db, await toTimelineFilter(context, query), timeBucket, [
    ...columns,
    ...(query.withCoordinates === true ? (['latitude', 'longitude'] as const) : []),
    ...(query.withStacked === true ? (['stack'] as const) : []),
  ]);
  const members = Object.entries(arrays).map(([name, array]) => `"${name}":${array}`);
  context.reply.type('application/json; charset=utf-8');
  return `{${members.join(',')}}` as JsonText<Columns>;
}
