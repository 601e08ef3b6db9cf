import { sql } from 'kysely';
import { newId } from '#shared/ids/ids.ts';
import type { Db } from '#shared/db/db.ts';
import type { ScanKind, ScanPhase, ScanRun } from '#shared/db/tables.ts';

/** The scan of a tree that has not ended; there is at most one. */
export async function findOpenRun(db: Db, rootId: string): Promise<ScanRun | undefined> {
  return await db
    .selectFrom('scan_run')
    .selectAll()
    .where('rootId', '=', rootId)
    .where('finishedAt', 'is', null)
    .executeTakeFirst();
}

export async function startRun(db: Db, rootId: string, kind: ScanKind, at: Date): Promise<ScanRun> {
  return await db
    .insertInto('scan_run')
    .values({
      id: newId(),
      rootId,
      kind,
      phase: 'known',
      cursor: null,
      counts: '{}',
      startedAt: at,
      heartbeatAt: at,
      finishedAt: null,
      outcome: null,
      reason: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export interface RunProgress {
  phase: ScanPhase;
  cursor: string | null;
  counts: Record<string, number>;
  errors: number;
}

export async function saveRun(db: Db, id: string, { counts, ...progress }: RunProgress, at: Date): Promise<void> {
  await db
    .updateTable('scan_run')
    .set({ ...progress, counts: JSON.stringify(counts), heartbeatAt: at })
    .where('id', '=', id)
    .execute();
}

/** Ends the open scan of a tree, if there is one. */
export async function finishOpenRun(
  db: Db,
  rootId: string,
  { outcome, reason, at }: { outcome: NonNullable<ScanRun['outcome']>; reason: string | null; at: Date },
): Promise<void> {
  await db
    .updateTable('scan_run')
    .set({ finishedAt: at, outcome, reason })
    .where('rootId', '=', rootId)
    .where('finishedAt', 'is', null)
    .execute();
}

/** Deletes the scans of a tree that ended before its last `keep` scans. */
export async function deleteOldRuns(db: Db, rootId: string, keep: number): Promise<void> {
  await sql`
    delete from scan_run where "rootId" = ${rootId} and "finishedAt" < (
      select "finishedAt" from scan_run where "rootId" = ${rootId} and "finishedAt" is not null
      order by "finishedAt" desc limit 1 offset ${keep}
    )`.execute(db);
}

/** The scan of a tree that began last. */
export async function findLatestRun(db: Db, rootId: string): Promise<ScanRun | undefined> {
  return await db
    .selectFrom('scan_run')
    .selectAll()
    .where('rootId', '=', rootId)
    .orderBy('startedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}
