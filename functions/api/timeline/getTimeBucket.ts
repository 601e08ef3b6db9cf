import { z } from 'zod';
import { listMonth } from '#shared/timeline/timeline-month.ts';
import type { ResponseOf } from '../http/contract.ts';
import { type JsonText, operation } from '../http/operation.ts';
import { parseDate } from '../http/parse-date.ts';
import { timelineFields } from './timeline-schemas.ts';
import { toTimelineFilter } from './timeline-filter.ts';

type Columns = ResponseOf<'getTimeBucket'>;

const columns = [
  'id',
  'ownerId',
  'visibility',
  'isFavorite',
  'isImage',
  'isTrashed',
  'duration',
  'createdAt',
  'fileCreatedAt',
  'localOffsetHours',
  'ratio',
  'thumbhash',
  'livePhotoVideoId',
  'projectionType',
  'city',
  'country',
] as const satisfies (keyof Columns)[];

/** Any date of the month; `timeBucket` becomes its first day. */
const month = z.string().transform((text, context) => {
  const date = parseDate(text);
  if (date !== undefined) return `${date.toISOString().slice(0, 7)}-01`;
  context.addIssue({ code: 'custom', message: 'Invalid date' });
  return z.NEVER;
});

const timeBucketQuery = z.object({ ...timelineFields, timeBucket: month });

/** Returns one month as columns. The database produces the JSON. */
export const getTimeBucket = operation('getTimeBucket', {
  method: 'GET',
  path: '/timeline/bucket',
  auth: 'user',
  permission: 'asset.read',
  sharedLink: true,
  status: 200,
  query: timeBucketQuery,
  handler: async (context, { query: { timeBucket, ...query } }) => {
    const arrays = await listMonth(context.ports.db, await toTimelineFilter(context, query), timeBucket, [
      ...columns,
      ...(query.withCoordinates === true ? (['latitude', 'longitude'] as const) : []),
      ...(query.withStacked === true ? (['stack'] as const) : []),
    ]);
    const members = Object.entries(arrays).map(([name, array]) => `"${name}":${array}`);
    context.reply.type('application/json; charset=utf-8');
    return `{${members.join(',')}}` as JsonText<Columns>;
  },
});
