import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { listSystemMetadataKeys } from '#shared/settings/system-metadata.ts';
import { isServed, listKinds, servedNodes, type ServedStage } from './stage-graph.ts';
import { stages, type AssetStage, type Stage, type StageState } from '#shared/db/tables.ts';
import { openStage, servedLanes, type StageKey } from './asset-stage.ts';
import { pausedKey } from './stage-pause.ts';

/** SQL that resets a stage to its initial state. */
const asNew = sql`"state" = 'pending', "reason" = null, "code" = null, "recipe" = null, "attempts" = 0, "createdAt" = now(), "changedAt" = now()`;

/** Makes a settled stage of an asset pending again. */
export async function redriveStage(db: Db, { assetId, stage }: StageKey): Promise<void> {
  await sql`
    update asset_stage set ${asNew}
    where "assetId" = ${assetId} and "stage" = ${stage} and "state" in ('done', 'failed', 'unsupported')`.execute(db);
}

/** Retries the stages of an asset that failed because its original was missing. */
export async function retryForOriginal(db: Db, assetId: string): Promise<void> {
  await sql`
    update asset_stage set ${asNew}
    where "assetId" = ${assetId} and "state" = 'failed' and "code" = 'store/not-found'`.execute(db);
}

/** Repeats all stages that depend on the original, because its bytes changed. */
export async function beginStagesAnew(tx: Db, assetId: string): Promise<void> {
  await tx.deleteFrom('asset_stage').where('assetId', '=', assetId).execute();
  await openStage(tx, { assetId, stage: 'metadata' }, 'pending');
}

/** Assets handled by one statement; other transactions can run between two statements. */
const assetsPerStep = 10_000;

/** Makes every stage of one name that is in one of `states` pending again, in steps. Returns how many. */
export async function redriveStages(db: Db, stage: Stage, states: readonly StageState[]): Promise<number> {
  if (!isServed(stage)) return 0;
  return await inSteps(async (afterId) => {
    const { rows } = await sql<Step>`
      with step as (
        select "assetId", "kind" from asset_stage
        where "stage" = ${stage} and "state" = any(${[...states]}::text[]) and "assetId" > ${afterId}
        order by "assetId" limit ${assetsPerStep}
      ), changed as (
        update asset_stage s set ${asNew}
        from step join asset a on a."id" = step."assetId" and a."type" = any(${listKinds(stage)}::text[])
        where s."assetId" = step."assetId" and s."stage" = ${stage} and s."state" = any(${[...states]}::text[])
        returning s."assetId"
      )
      select (select "assetId" from step order by 1 desc limit 1) as "lastId", (select count(*) from changed) as "count"`.execute(
      db,
    );
    return rows[0];
  });
}

interface Step {
  /** The id of the last asset handled; null if there was none. */
  lastId: string | null;
  count: number;
}

async function inSteps(step: (afterId: string) => Promise<Step | undefined>): Promise<number> {
  let total = 0;
  for (let afterId: string | null = firstId; afterId !== null;) {
    const { lastId, count }: Step = (await step(afterId)) ?? { lastId: null, count: 0 };
    total += count;
    afterId = lastId;
  }
  return total;
}

const firstId = '00000000-0000-0000-0000-000000000000';

/**
 * Opens a stage for these assets, or reopens it if it is settled, in one statement. Rows that are open, and assets for
 * whose media no function serves the stage, stay unchanged.
 */
export async function redoStage(db: Db, stage: ServedStage, assetIds: readonly string[]): Promise<void> {
  await sql`
    insert into asset_stage ("assetId", "stage", "ownerId", "kind")
    select "id", ${stage}, "ownerId", "type" from asset
    where "id" = any(${[...assetIds]}::uuid[]) and "type" = any(${listKinds(stage)}::text[])
    order by "id"
    on conflict ("assetId", "stage") do update
    set ${asNew}
    where asset_stage."state" in ('done', 'failed', 'unsupported')`.execute(db);
}

/**
 * Makes these stages pending with no attempts counted, unless they are done, unsupported or leased. Returns those that
 * were changed.
 */
export async function reopenStages(db: Db, keys: readonly StageKey[]): Promise<StageKey[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<StageKey>`
    with asked as (
      select distinct * from unnest(${keys.map((it) => it.assetId)}::uuid[], ${keys.map((it) => it.stage)}::text[]) as k("assetId", "stage")
    ), free as (
      select s."assetId", s."stage" from asset_stage s join asked using ("assetId", "stage")
      where s."state" in ('pending', 'queued', 'failed') and s."stage" = any(${servedStages}::text[])
      for update of s skip locked
    )
    update asset_stage set ${asNew}
    from free where asset_stage."assetId" = free."assetId" and asset_stage."stage" = free."stage"
    returning asset_stage."assetId", asset_stage."stage"`.execute(db);
  return rows;
}

const servedStages = servedNodes.map((node) => node.stage);

export type StageCounts = Record<Exclude<StageState, 'done'>, number> & { isPaused: boolean };

/** Counts rows by stage and state, without done ones. */
export async function countStages(db: Db): Promise<Map<Stage, StageCounts>> {
  const { rows } = await sql<{ stage: Stage; state: StageState; count: number }>`
    with served as materialized ${servedLanes}
    select "stage", 'pending' as "state", count(*) as "count" from asset_stage join served using ("stage", "kind")
    where "state" = 'pending' group by 1
    union all
    select "stage", "state", count(*) from asset_stage join served using ("stage", "kind")
    where "state" in ('queued', 'active') group by 1, 2
    union all
    select "stage", "state", count(*) from asset_stage where "state" in ('failed', 'unsupported') group by 1, 2`.execute(
    db,
  );
  const paused = new Set(await listSystemMetadataKeys(db, 'paused:'));
  const counts = new Map<Stage, StageCounts>();
  for (const stage of stages) {
    counts.set(stage, {
      pending: 0,
      queued: 0,
      active: 0,
      failed: 0,
      unsupported: 0,
      isPaused: paused.has(pausedKey(stage)),
    });
  }
  for (const { stage, state, count } of rows) {
    const entry = counts.get(stage);
    if (entry !== undefined && state !== 'done') entry[state] += count;
  }
  return counts;
}

/** Deletes pending rows of a stage: their assets have no result until the stage is started for them again. */
export async function dropPendingStages(db: Db, stage: Stage): Promise<void> {
  await db.deleteFrom('asset_stage').where('stage', '=', stage).where('state', 'in', ['pending', 'queued']).execute();
}

/** Deletes failed rows of a stage: their assets count as missing the stage. */
export async function clearFailedStages(db: Db, stage: Stage): Promise<void> {
  await db.deleteFrom('asset_stage').where('stage', '=', stage).where('state', '=', 'failed').execute();
}

/**
 * Opens a stage as pending for every asset that has no row of it, whose previous stage is done, and for whose media a
 * function serves it, in steps.
 */
export async function openMissingStages(db: Db, stage: Stage): Promise<void> {
  for (const { kind, after } of servedNodes.filter((node) => node.stage === stage)) {
    const isReady =
      after === undefined
        ? sql<boolean>`true`
        : sql<boolean>`exists (select from asset_stage f where f."assetId" = step."id" and f."stage" = ${after} and f."state" = 'done')`;
    await inSteps(async (afterId) => {
      const { rows } = await sql<Step>`
        with step as (
          select "id", "ownerId", "type", "status", "visibility" from asset where "id" > ${afterId} order by "id" limit ${assetsPerStep}
        ), opened as (
          insert into asset_stage ("assetId", "stage", "ownerId", "kind")
          select "id", ${stage}, "ownerId", "type" from step
          where "status" <> 'deleted' and "visibility" <> 'hidden' and "type" = ${kind} and ${isReady}
          on conflict do nothing
          returning "assetId"
        )
        select (select "id" from step order by 1 desc limit 1) as "lastId", (select count(*) from opened) as "count"`.execute(
        db,
      );
      return rows[0];
    });
  }
}

/** Rows of a stage in some states, oldest first. */
export async function listStageRows(
  db: Db,
  stage: Stage,
  states: readonly StageState[],
  limit: number,
): Promise<AssetStage[]> {
  if (states.length === 0) return [];
  return db
    .selectFrom('asset_stage')
    .selectAll()
    .where('stage', '=', stage)
    .where('state', 'in', [...states])
    .orderBy('createdAt')
    .limit(limit)
    .execute();
}
