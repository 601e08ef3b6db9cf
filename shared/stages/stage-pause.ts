import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { deleteSystemMetadata, putSystemMetadata } from '#shared/settings/system-metadata.ts';
import type { Stage } from '#shared/db/tables.ts';

export const pausedKey = (stage: Stage) => `paused:${stage}` as const;

/** SQL that is true while a stage is paused. */
export const isPaused = (stage: ReturnType<typeof sql.val>) =>
  sql<boolean>`exists (select from system_metadata where key = 'paused:' || ${stage})`;

/** Pauses a stage (its rows stay pending) or resumes it. */
export async function setStagePaused(db: Db, stage: Stage, paused: boolean): Promise<void> {
  if (paused) await putSystemMetadata(db, pausedKey(stage), true);
  else await deleteSystemMetadata(db, pausedKey(stage));
}
