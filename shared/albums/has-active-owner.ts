import { sql } from 'kysely';

/**
 * SQL: the owner's account of an album is not closed. An album of a closed account is hidden until the account is
 * restored.
 */
export const hasActiveOwner = (albumId: string) => sql<boolean>`exists (
  select from album_user owner join "user" on "user"."id" = owner."userId"
  where owner."albumId" = ${sql.ref(albumId)} and owner."role" = 'owner' and "user"."deletedAt" is null
)`;
