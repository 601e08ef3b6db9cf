import type { TimelineFilter } from '#shared/timeline/timeline.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { requireAccess } from '../http/require-access.ts';
import type { RequestContext } from '../http/operation.ts';
import type { TimelineQuery } from './timeline-schemas.ts';

/** @throws access/denied for timelines of others, auth/required for locked assets without the PIN code */
export async function toTimelineFilter(context: RequestContext, query: TimelineQuery): Promise<TimelineFilter> {
  const { auth } = context;
  const { albumId, personId, userId, visibility, isTrashed = false, isFavorite, orderBy, order = 'desc' } = query;
  refuseWhatIsNotBuilt(query);
  if (visibility === 'locked' && auth.session?.hasElevatedPermission !== true) {
    throw new DarkroomError('auth/required', 'Elevated permission is required');
  }
  const showsArchive = visibility === 'archive' || visibility === undefined;
  if (query.withPartners === true && (showsArchive || isFavorite !== undefined || isTrashed)) {
    throw new DarkroomError(
      'input/invalid',
      'withPartners is only supported for non-archived, non-trashed, non-favorited assets',
    );
  }
  if (userId !== undefined && userId !== auth.user.id) {
    throw new DarkroomError('access/denied', 'Not found or no timeline.read access');
  }
  if (albumId !== undefined) await requireAccess(context, 'album.read', [albumId]);
  if (personId !== undefined) await requireAccess(context, 'person.read', [personId]);
  // Assets that others locked or trashed are hidden from the members of an album.
  const isOwnOnly = albumId === undefined || isTrashed || visibility === 'locked';
  return {
    ownerIds: isOwnOnly ? [auth.user.id] : undefined,
    visibilities: visibility === undefined ? ['archive', 'timeline'] : [visibility],
    isTrashed,
    isFavorite,
    albumId,
    personId,
    orderBy: orderBy === 'createdAt' ? 'createdAt' : 'localDateTime',
    order,
  };
}

function refuseWhatIsNotBuilt({ tagId, bbox }: TimelineQuery): void {
  if (tagId !== undefined)
    throw new DarkroomError('operation/not-implemented', 'Timelines of a tag are not implemented yet');
  if (bbox !== undefined)
    throw new DarkroomError('operation/not-implemented', 'Timelines of a part of the map are not implemented yet');
}
