import * as timeline from '#shared/timeline/timeline.ts';
import type { Rows, SamplesOf } from '../sample.ts';

/** An owner's library, then an album, a person, and by the time of upload. */
export const filtersOf = ({ userId, otherUserId, albumId, personIds }: Rows): timeline.TimelineFilter[] => {
  const of = {
    visibilities: ['timeline', 'archive'],
    isTrashed: false,
    order: 'desc',
    orderBy: 'localDateTime',
  } as const;
  const ownerIds = [userId, otherUserId];
  return [
    { ...of, ownerIds },
    { ...of, ownerIds, isFavorite: true },
    { ...of, albumId },
    { ...of, ownerIds, personId: personIds[0] },
    { ...of, ownerIds, orderBy: 'createdAt' },
  ];
};

export const samples: SamplesOf<typeof timeline> = {
  async listMonthCounts(db, rows) {
    for (const filter of filtersOf(rows)) await timeline.listMonthCounts(db, filter);
  },
};
