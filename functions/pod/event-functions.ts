import type { EventFunction } from '#shared/platform/platform.ts';

/** Event functions by the name of their folder, loaded on demand. */
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
