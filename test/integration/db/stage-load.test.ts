import { sql } from 'kysely';
import { beforeAll, expect, test } from 'vitest';
import { analyzeTables } from '#shared/db/maintenance.ts';
import { queuePendingStages, reclaimStages } from '#shared/stages/stage-lane.ts';
import { openMissingStages, redoStage, redriveStages } from '#shared/stages/stage-queue.ts';
import { SqlRecorder } from '#test/support/sql-recorder.ts';
import { explain } from '#test/support/explain.ts';
import { addPhotos, countStatesOf } from '#test/support/many-photos.ts';
import { addUser } from '#test/support/rows.ts';
import { onBothDatabases } from './both-databases.ts';

const count = 20_000;

onBothDatabases('a library whose stages all wait', (getDb) => {
  let owner: string;
  beforeAll(async () => {
    owner = await addUser(getDb());
    await addPhotos(getDb(), owner, count);
    await openMissingStages(getDb(), 'metadata');
    await analyzeTables(getDb());
  });

  test('a round of the relay reads only the rows that it takes, by indexes', async () => {
    const plan = await explain(getDb(), (db) => queuePendingStages(db, { cap: 16, leaseSeconds: 60 }));
    expect(plan).not.toMatch(/Seq Scan on asset_stage/);
    for (const index of ['asset_stage_pending', 'asset_stage_under_way', 'asset_stage_suspect'])
      expect(plan).toContain(index);
    const rows = [...plan.matchAll(/rows=(\d+)(?:\.\d+)? loops/g)].map(([, n]) => Number(n));
    expect(Math.max(...rows)).toBeLessThan(100);
  });

  test('the search for lost work reads only rows under way', async () => {
    const lost = { quietSeconds: 25, leaseSeconds: 60, maxAttempts: 3 };
    const plan = await explain(getDb(), (db) => reclaimStages(db, lost));
    expect(plan).not.toMatch(/Seq Scan on asset_stage/);
    expect(plan).toContain('asset_stage_under_way');
  });

  test('a stage is reopened by one statement for given photos, and in steps for all', async () => {
    const db = getDb();
    await sql`update asset_stage set "state" = 'done'`.execute(db);
    const { rows } = await sql<{ id: string }>`select "id" from asset`.execute(db);
    const ids = rows.map((row) => row.id);
    const recorder = new SqlRecorder();
    await redoStage(db.withPlugin(recorder), 'metadata', [...ids, ...ids.slice(0, 10)]);
    expect(recorder.take()).toHaveLength(1);
    expect(await countStatesOf(db, 'metadata')).toEqual({ pending: count });
    await sql`update asset_stage set "state" = 'failed'`.execute(db);
    expect(await redriveStages(db, 'metadata', ['failed'])).toBe(count);
    expect(await countStatesOf(db, 'metadata')).toEqual({ pending: count });
    await sql`update asset_stage set "state" = 'done'`.execute(db);
    await openMissingStages(db, 'thumbnail');
    expect(await countStatesOf(db, 'thumbnail')).toEqual({ pending: count });
  });
});
