import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { servedNodes } from './stage-graph.ts';
import type { AssetType, StageState } from '#shared/db/tables.ts';
import { exhaustedReason, renewalsPerLease, servedLanes, type StageKey } from './asset-stage.ts';

export type QueuedStage = StageKey & { ownerId: string; assetType: AssetType };

export interface Lanes {
  /** How many of one stage may be queued or active at a time. */
  cap: number;
  leaseSeconds: number;
}

/** After this time a queued stage no longer delays suspects, although it is not announced again yet. */
const takenSeconds = 30;

/** A lease that missed three renewals in a row counts as abandoned, although it has not expired. */
const isHeld = (leaseSeconds: number) =>
  sql<boolean>`"leaseUntil" > now() + make_interval(secs => ${leaseSeconds * (1 - 3 / renewalsPerLease)})`;

/** SQL: the stages and media that are served and not paused, as ("stage", "kind"). */
const lanes = sql`
  select * from ${servedLanes} lane
  where not exists (select from system_metadata where "key" = 'paused:' || lane."stage")`;

/**
 * Moves pending stages to queued up to the cap of each stage, and returns them. Owners take turns: the owner with the
 * fewest queued and active stages is next, and of one owner the oldest stage.
 *
 * A stage whose last attempt ended its process is a suspect: its file may have crashed the process. Suspects run alone:
 * a suspect waits until nothing of its stage is queued or active, and others of its stage wait for it, so that it
 * cannot interrupt them; other stages continue. Lost events and dead holders are not waited for.
 */
export async function queuePendingStages(db: Db, { cap, leaseSeconds }: Lanes): Promise<QueuedStage[]> {
  const { rows } = await sql<QueuedStage>`
    with recursive lanes as materialized (${lanes}
    ), under_way as materialized (
      select "stage", "ownerId", "attempts" > case when "state" = 'active' then 1 else 0 end as "isSuspect",
        case when "state" = 'active' then ${isHeld(leaseSeconds)} else "changedAt" > now() - make_interval(secs => ${takenSeconds}) end as "isAlive"
      from asset_stage where "state" in ('queued', 'active') and ("stage", "kind") in (select "stage", "kind" from lanes)
    ), suspect as (
      select "assetId", "stage" from asset_stage
      where "state" = 'pending' and "attempts" > 0 and ("stage", "kind") in (select "stage", "kind" from lanes)
        and not exists (select from under_way where "isSuspect" and "isAlive")
      order by "attempts", "createdAt", "assetId" limit 1
    ), held as (
      select "stage" from suspect union select "stage" from under_way where "isSuspect" and "isAlive"
    ), room as (
      select "stage", "kind", ${cap} - (select count(*) from under_way u where u."stage" = lanes."stage") as "free"
      from lanes where "stage" not in (select "stage" from held)
    ), owners as (
      select "stage", "kind", "free", (
        select p."ownerId" from asset_stage p
        where p."state" = 'pending' and p."stage" = room."stage" and p."kind" = room."kind"
        order by p."ownerId" limit 1
      ) as "ownerId"
      from room where "free" > 0
      union all
      select "stage", "kind", "free", (
        select p."ownerId" from asset_stage p
        where p."state" = 'pending' and p."stage" = owners."stage" and p."kind" = owners."kind" and p."ownerId" > owners."ownerId"
        order by p."ownerId" limit 1
      )
      from owners where "ownerId" is not null
    ), waiting as (
      select o."stage", o."free", p."assetId", p."createdAt",
        (select count(*) from under_way u where u."stage" = o."stage" and u."ownerId" = o."ownerId")
          + row_number() over (partition by o."stage", o."ownerId" order by p."createdAt", p."assetId") as "turn"
      from owners o cross join lateral (
        select "assetId", "createdAt" from asset_stage
        where "state" = 'pending' and "attempts" = 0 and "stage" = o."stage" and "kind" = o."kind" and "ownerId" = o."ownerId"
        order by "createdAt" limit o."free"
      ) p
    ), next as (
      select "assetId", "stage" from (
        select *, row_number() over (partition by "stage" order by "turn", "createdAt", "assetId") as "place" from waiting
      ) ranked where "place" <= "free"
      union all
      select "assetId", "stage" from suspect
      where "stage" not in (select "stage" from under_way where "isAlive")
      limit ${cap * servedNodes.length + 1}
    ), claimed as (
      select a."assetId", a."stage" from next n cross join lateral (
        select "assetId", "stage" from asset_stage
        where "assetId" = n."assetId" and "stage" = n."stage" and "state" = 'pending' for update skip locked
      ) a
    )
    update asset_stage set "state" = 'queued', "changedAt" = now()
    from claimed where asset_stage."assetId" = claimed."assetId" and asset_stage."stage" = claimed."stage"
    returning asset_stage."assetId", asset_stage."stage", asset_stage."ownerId", asset_stage."kind" as "assetType"`.execute(
    db,
  );
  return rows;
}

/** Sets stages that could not be announced back to pending. */
export async function unqueueStages(db: Db, keys: readonly StageKey[]): Promise<void> {
  await sql`
    update asset_stage set "state" = 'pending', "changedAt" = now()
    from unnest(${keys.map((it) => it.assetId)}::uuid[], ${keys.map((it) => it.stage)}::text[]) as k("assetId", "stage")
    where asset_stage."assetId" = k."assetId" and asset_stage."stage" = k."stage" and asset_stage."state" = 'queued'`.execute(
    db,
  );
}

/**
 * True while a stage that is not paused is open, or an event is unsent or not acknowledged. Uses the partial indexes of
 * open rows.
 */
export async function isWorkOpen(db: Db): Promise<boolean> {
  const { rows } = await sql<{ isOpen: boolean }>`
    with lanes as (${lanes})
    select exists (select from asset_stage join lanes using ("stage", "kind") where "state" = 'pending')
      or exists (select from asset_stage join lanes using ("stage", "kind") where "state" in ('queued', 'active'))
      or exists (select from outbox) as "isOpen"`.execute(db);
  return rows[0]?.isOpen ?? false;
}

export interface Unsettled {
  /** A queued stage is lost if no stage of the same name made progress for this long. */
  quietSeconds: number;
  leaseSeconds: number;
  maxAttempts: number;
  /** Set by the only process of the installation: leases of all other holders are lost. */
  onlyHolder?: string | undefined;
}

/**
 * Finds stages whose event or holder was lost, and makes them pending, or failed when their attempts are used up. An
 * event is lost if it was not taken while no stage of the same name made progress, or if it waited longer than
 * `waitsSecondsMax` of the graph.
 */
export async function reclaimStages(
  db: Db,
  { quietSeconds, leaseSeconds, maxAttempts, onlyHolder }: Unsettled,
): Promise<{ pending: number; failed: number }> {
  const isLost =
    onlyHolder === undefined
      ? sql<boolean>`(("state" = 'active' and "leaseUntil" < now()) or ("state" = 'queued' and "changedAt" < now() - make_interval(
          secs => coalesce((select w."seconds" from waits w where w."stage" = asset_stage."stage" and w."isMoving"), ${quietSeconds}))))`
      : sql<boolean>`(("state" = 'active' and "holder" is distinct from ${onlyHolder}) or "state" = 'queued')`;
  const isExhausted = sql<boolean>`("state" = 'active' and "attempts" >= ${maxAttempts})`;
  const waits = servedNodes.map((node) => node.waitsSecondsMax);
  const waitingStages = servedNodes.map((node) => node.stage);
  const { rows } = await sql<{ state: StageState }>`
    with waits as materialized (
      select "stage", max("seconds") as "seconds", exists (
        select from asset_stage a where a."state" = 'active' and a."stage" = w."stage" and ${isHeld(leaseSeconds)}
      ) as "isMoving"
      from unnest(${waitingStages}::text[], ${waits}::float8[]) as w("stage", "seconds") group by "stage"
    )
    update asset_stage set
      "state" = case when ${isExhausted} then 'failed' else 'pending' end,
      "reason" = case when ${isExhausted} then ${exhaustedReason(maxAttempts)} end,
      "holder" = null, "leaseUntil" = null, "changedAt" = now()
    where "state" in ('queued', 'active') and ${isLost}
    returning "state"`.execute(db);
  const failed = rows.filter((row) => row.state === 'failed').length;
  return { pending: rows.length - failed, failed };
}
