import { sql } from 'kysely';
import type { Db } from '../db.ts';
import type { Stage } from '../tables.ts';

export const pausedKey = (stage: Stage): string => `paused:${stage}`;

/** SQL that is true while a stage is paused. */
export const isPaused = (stage: ReturnType<typeof sql.val>) =>
  sql<boolean>`exists (select from system_metadata where key = 'paused:' || ${stage})`;

/** Pauses a stage (its rows wait as pending) or lets it go on. */
export async function setStagePaused(db: Db, stage: Stage, paused: boolean): Promise<void> {
  if (paused) {
    await db
      .insertInto('system_metadata')
      .values({ key: pausedKey(stage), value: 'true' })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .execute();
  } else {
    await db.deleteFrom('system_metadata').where('key', '=', pausedKey(stage)).execute();
  }
}
