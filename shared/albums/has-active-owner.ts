import { sql } from 'kysely';

/** Of an album: its owner's account is not closed. Else nobody sees it until the account is restored. */
export const hasActiveOwner = (albumId: string) => sql<boolean>`exists (
  select from album_user owner join "user" on "user"."id" = owner."userId"
  where owner."albumId" = ${sql.ref(albumId)} and owner."role" = 'owner' and "user"."deletedAt" is null
)`;
