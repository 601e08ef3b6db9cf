import { sql } from 'kysely';
import type { Db } from '../db.ts';
import type { Asset, AssetStage, Stage, StageState } from '../tables.ts';
import { endedWithoutAWord, releaseQueued, type StageKey } from './asset-stage.ts';
import { isPaused, pausedKey } from './stage-pause.ts';

export type QueuedStage = StageKey & Pick<Asset, 'ownerId'> & { assetType: string };

/**
 * Moves pending stages to queued, oldest first, as far as the cap on queued and active ones allows, and returns them.
 * One whose last attempt ended without a word is suspected of having killed its process: it goes alone, so that it can
 * take no other down with it, and all others wait until it is settled.
 */
export async function queuePendingStages(db: Db, cap: number): Promise<QueuedStage[]> {
  const { rows } = await sql<QueuedStage>`
    with under_way as (
      select count(*) as "all",
        count(*) filter (where "attempts" > case when "state" = 'active' then 1 else 0 end) as "suspects"
      from asset_stage where "state" in ('queued', 'active')
    ), room as (
      select case
        when "suspects" > 0 then 0
        when exists (select from asset_stage where "state" = 'pending' and "attempts" > 0) then case when "all" = 0 then 1 else 0 end
        else greatest(0, ${cap} - "all") end as "free"
      from under_way
    ), suspect as (
      select "assetId", "stage" from asset_stage
      where "state" = 'pending' and "attempts" > 0 and not ${isPaused(sql.ref('stage'))}
      order by "createdAt" limit (select least("free", 1) from room)
      for update skip locked
    ), others as (
      select "assetId", "stage" from asset_stage
      where "state" = 'pending' and "attempts" = 0 and not ${isPaused(sql.ref('stage'))}
        and not exists (select from asset_stage s where s."state" = 'pending' and s."attempts" > 0)
      order by "createdAt" limit (select "free" from room)
      for update skip locked
    ), next as (
      select * from suspect union all select * from others
    ), queued as (
      update asset_stage set "state" = 'queued', "changedAt" = now()
      from next where asset_stage."assetId" = next."assetId" and asset_stage."stage" = next."stage"
      returning asset_stage."assetId", asset_stage."stage"
    )
    select queued."assetId", queued."stage", asset."ownerId", asset."type" as "assetType"
    from queued join asset on asset."id" = queued."assetId"`.execute(db);
  return rows;
}

/** Puts stages that could not be announced back to pending. */
export async function unqueueStages(db: Db, keys: readonly StageKey[]): Promise<void> {
  for (const key of keys) await releaseQueued(db, key);
}

export interface Unsettled {
  /** Queued stages that nobody has taken for this long are announced again. */
  queuedSeconds: number;
  maxAttempts: number;
  /** Set by the only process there is: whatever any other holder has is lost. */
  onlyHolder?: string | undefined;
}

/** Finds stages whose event or holder was lost, and makes them pending, or failed when their attempts are used up. */
export async function reclaimStages(
  db: Db,
  { queuedSeconds, maxAttempts, onlyHolder }: Unsettled,
): Promise<{ pending: number; failed: number }> {
  const isLost =
    onlyHolder === undefined
      ? sql<boolean>`(("state" = 'active' and "leaseUntil" < now()) or ("state" = 'queued' and "changedAt" < now() - make_interval(secs => ${queuedSeconds})))`
      : sql<boolean>`(("state" = 'active' and "holder" is distinct from ${onlyHolder}) or "state" = 'queued')`;
  const { rows } = await sql<{ state: StageState }>`
    update asset_stage set
      "state" = case when "state" = 'active' and "attempts" >= ${maxAttempts} then 'failed' else 'pending' end,
      "reason" = case when "state" = 'active' and "attempts" >= ${maxAttempts} then ${endedWithoutAWord(maxAttempts)} end,
      "holder" = null, "leaseUntil" = null, "changedAt" = now()
    where "state" in ('queued', 'active') and ${isLost}
    returning "state"`.execute(db);
  const failed = rows.filter((row) => row.state === 'failed').length;
  return { pending: rows.length - failed, failed };
}

/** Makes settled stages pending again: one asset's, or every one of `stage` in one of `states`. */
export async function redriveStages(
  db: Db,
  stage: Stage,
  states: readonly StageState[],
  assetId?: string,
): Promise<number> {
  let query = db
    .updateTable('asset_stage')
    .set({ state: 'pending', reason: null, recipe: null, attempts: 0, createdAt: sql`now()`, changedAt: sql`now()` })
    .where('stage', '=', stage)
    .where('state', 'in', [...states]);
  if (assetId !== undefined) query = query.where('assetId', '=', assetId);
  const { numUpdatedRows } = await query.executeTakeFirst();
  return Number(numUpdatedRows);
}

/**
 * Makes these stages pending with all their attempts before them, unless they are done, unsupported, or somebody has
 * them in hand. Returns those that were changed.
 */
export async function reopenStages(db: Db, keys: readonly StageKey[]): Promise<StageKey[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<StageKey>`
    with asked as (
      select distinct * from unnest(${keys.map((it) => it.assetId)}::uuid[], ${keys.map((it) => it.stage)}::text[]) as k("assetId", "stage")
    ), free as (
      select s."assetId", s."stage" from asset_stage s join asked using ("assetId", "stage")
      where s."state" in ('pending', 'queued', 'failed') for update of s skip locked
    )
    update asset_stage set "state" = 'pending', "reason" = null, "recipe" = null, "attempts" = 0, "createdAt" = now(), "changedAt" = now()
    from free where asset_stage."assetId" = free."assetId" and asset_stage."stage" = free."stage"
    returning asset_stage."assetId", asset_stage."stage"`.execute(db);
  return rows;
}

export type StageCounts = Record<Exclude<StageState, 'done'>, number> & { isPaused: boolean };

/** How many stages stand where, per stage; settled ones that are done are not counted. */
export async function countStages(db: Db): Promise<Map<Stage, StageCounts>> {
  const { rows } = await sql<{ stage: Stage; state: StageState; count: number }>`
    select "stage", "state", count(*) as "count" from asset_stage where "state" in ('pending', 'queued', 'active') group by 1, 2
    union all
    select "stage", "state", count(*) from asset_stage where "state" in ('failed', 'unsupported') group by 1, 2`.execute(
    db,
  );
  const paused = new Set(
    (await db.selectFrom('system_metadata').select('key').where('key', 'like', 'paused:%').execute()).map(
      (it) => it.key,
    ),
  );
  const counts = new Map<Stage, StageCounts>();
  for (const stage of ['metadata', 'thumbnail', 'faces', 'people', 'transcode'] as const) {
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
    if (entry !== undefined && state !== 'done') entry[state] = count;
  }
  return counts;
}

/** Forgets stages that wait and are not under way: the assets stay without their result until somebody starts the stage. */
export async function dropPendingStages(db: Db, stage: Stage): Promise<void> {
  await db.deleteFrom('asset_stage').where('stage', '=', stage).where('state', 'in', ['pending', 'queued']).execute();
}

/** Forgets failures: those assets count as lacking the stage. */
export async function clearFailedStages(db: Db, stage: Stage): Promise<void> {
  await db.deleteFrom('asset_stage').where('stage', '=', stage).where('state', '=', 'failed').execute();
}

const forerunnerOf = {
  metadata: undefined,
  thumbnail: 'metadata',
  faces: 'thumbnail',
  people: 'faces',
  transcode: 'metadata',
} as const;

/** Opens a stage as pending for every asset that lacks it and whose stage before it is settled. */
export async function openMissingStages(db: Db, stage: Stage): Promise<void> {
  const forerunner = forerunnerOf[stage];
  const isReady =
    forerunner === undefined
      ? sql<boolean>`true`
      : sql<boolean>`exists (select from asset_stage f where f."assetId" = asset."id" and f."stage" = ${forerunner} and f."state" = 'done')`;
  await sql`
    insert into asset_stage ("assetId", "stage")
    select asset."id", ${stage} from asset
    where asset."status" <> 'deleted' and asset."visibility" <> 'hidden' and ${isReady}
      and (${stage} <> 'transcode' or asset."type" = 'VIDEO')
    on conflict do nothing`.execute(db);
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
