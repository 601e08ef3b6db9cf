import type { EventFunction } from '#shared/platform/platform.ts';

/** Every event function by the name of its folder; none is loaded before it is asked for. */
export const eventFunctions: Readonly<Record<string, () => Promise<{ fn: EventFunction }>>> = {
  ingest: () => import('#functions/ingest/main.ts'),
  metadata: () => import('#functions/metadata/main.ts'),
  thumbnail: () => import('#functions/thumbnail/main.ts'),
  faces: () => import('#functions/faces/main.ts'),
  people: () => import('#functions/people/main.ts'),
  sweep: () => import('#functions/sweep/main.ts'),
  'watch-minio': () => import('#functions/watch-minio/main.ts'),
  'watch-nfs': () => import('#functions/watch-nfs/main.ts'),
  'dead-letter': () => import('#functions/dead-letter/main.ts'),
};
