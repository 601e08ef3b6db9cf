import { sql } from 'kysely';

/**
 * An asset of the locked folder, or the moving part of a photo there: only its owner sees it, and only with the PIN.
 */
export const isLocked = sql<boolean>`(asset."visibility" = 'locked' or exists (
  select from asset photo
  where photo."livePhotoVideoId" = asset."id" and photo."visibility" = 'locked' and photo."status" <> 'deleted'
))`;
