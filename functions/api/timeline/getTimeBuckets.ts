import { listMonthCounts } from '#shared/timeline/timeline.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import type { TimelineQuery } from './schemas.ts';
import { toTimelineFilter } from './timeline-filter.ts';

export async function getTimeBuckets(
  context: RequestContext,
  query: TimelineQuery,
): Promise<ResponseOf<'getTimeBuckets'>> {
  const counts = await listMonthCounts(context.ports.db, await toTimelineFilter(context, query));
  return counts.map(({ month, count }) => ({ timeBucket: month, count }));
}
