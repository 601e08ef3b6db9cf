import * as timelineMonth from '#shared/timeline/timeline-month.ts';
import type { SamplesOf } from '../sample.ts';
import { filtersOf } from './timeline.ts';

const all: readonly timelineMonth.MonthColumn[] = [
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
  'latitude',
  'longitude',
  'stack',
];

export const samples: SamplesOf<typeof timelineMonth> = {
  async listMonth(db, rows) {
    const [library, ...others] = filtersOf(rows);
    if (library !== undefined) await timelineMonth.listMonth(db, library, '2024-05-01', all);
    for (const filter of others) await timelineMonth.listMonth(db, filter, '2024-05-01', ['id', 'isFavorite']);
  },
};
