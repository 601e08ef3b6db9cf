import { sql, type RawBuilder } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import { isExpired, leaseEnd, noLease } from '#shared/db/lease.ts';
import type { ErrorCode } from '#shared/errors/errors.ts';
import { listKinds, servedNodes, type ServedStage } from './stage-graph.ts';
import type { Stage, StageState } from '#shared/db/tables.ts';
import { isPaused } from './stage-pause.ts';

export interface StageKey {
  assetId: string;
  stage: Stage;
}

export interface TakeStage extends StageKey {
  /** The recipe of the result; a row that was settled with another recipe may be taken again. */
  recipe: string;
  holder: string;
  leaseSeconds: number;
  /** After this many attempts that ended their process the row is settled as failed instead of being taken. */
  maxAttempts: number;
}

/** SQL: the stages and media that a function serves, as ("stage", "kind"). */
export const servedLanes = sql`
  (select * from unnest(${servedNodes.map((node) => node.stage)}::text[], ${servedNodes.map((node) => node.kind)}::text[]) as served("stage", "kind"))`;

/** How often a lease is renewed before it would run out. */
export const renewalsPerLease = 12;

export type Taken =
  | { outcome: 'taken'; attempts: number }
  | { outcome: 'settled' }
  | { outcome: 'busy' }
  | { outcome: 'exhausted' }
  /** Not now: the stage is paused, or its last attempt ended its process. The relay announces it again. */
  | { outcome: 'postponed' }
  | { outcome: 'gone' };

/**
 * Takes the lease of a stage for one attempt, in one statement: of concurrent callers exactly one gets it. An expired
 * lease is not taken over but released to the relay, which announces such a suspect alone.
 */
export async function takeStage(db: Db, input: TakeStage): Promise<Taken> {
  const { assetId, stage, recipe, holder, leaseSeconds, maxAttempts } = input;
  const { rows } = await sql<{ state: StageState; attempts: number }>`
    update asset_stage set
      "state" = case when "attempts" >= ${maxAttempts} then 'failed' else 'active' end,
      "reason" = case when "attempts" >= ${maxAttempts} then ${exhaustedReason(maxAttempts)} end,
      "code" = null,
      "recipe" = ${recipe},
      "attempts" = case when "attempts" >= ${maxAttempts} then "attempts" else "attempts" + 1 end,
      "holder" = case when "attempts" >= ${maxAttempts} then null else ${holder} end,
      "leaseUntil" = case when "attempts" >= ${maxAttempts} then null else ${leaseEnd(leaseSeconds)} end,
      "changedAt" = now()
    where "assetId" = ${assetId} and "stage" = ${stage} and not ${isPaused(sql.val(stage))} and (
      "state" in ('pending', 'queued')
      or ("state" in ('done', 'failed', 'unsupported') and "recipe" is distinct from ${recipe})
    )
    returning "state", "attempts"`.execute(db);
  const row = rows[0];
  if (row !== undefined)
    return row.state === 'active' ? { outcome: 'taken', attempts: row.attempts } : { outcome: 'exhausted' };
  return explainNotTaken(db, input);
}

export const exhaustedReason = (attempts: number) => `Each of ${attempts} attempts ended its process`;

async function explainNotTaken(db: Db, { assetId, stage }: TakeStage): Promise<Taken> {
  const row = await db
    .selectFrom('asset_stage')
    .select('state')
    .where('assetId', '=', assetId)
    .where('stage', '=', stage)
    .executeTakeFirst();
  if (row === undefined) return { outcome: 'gone' };
  if (row.state === 'active') return { outcome: (await releaseExpired(db, { assetId, stage })) ? 'postponed' : 'busy' };
  if (row.state === 'pending' || row.state === 'queued') {
    await releaseQueued(db, { assetId, stage });
    return { outcome: 'postponed' };
  }
  return { outcome: 'settled' };
}

async function releaseExpired(db: Db, { assetId, stage }: StageKey): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('asset_stage')
    .set({ state: 'pending', ...noLease, changedAt: sql`now()` })
    .where('assetId', '=', assetId)
    .where('stage', '=', stage)
    .where('state', '=', 'active')
    .where(isExpired)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Sets a queued stage that could not be taken back to pending. */
async function releaseQueued(db: Db, { assetId, stage }: StageKey): Promise<void> {
  await db
    .updateTable('asset_stage')
    .set({ state: 'pending', changedAt: sql`now()` })
    .where('assetId', '=', assetId)
    .where('stage', '=', stage)
    .where('state', '=', 'queued')
    .execute();
}

/** Extends the lease. Returns false if `holder` has lost it. */
export async function renewStage(db: Db, key: StageKey & { holder: string; leaseSeconds: number }): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('asset_stage')
    .set({ leaseUntil: leaseEnd(key.leaseSeconds) })
    .where('assetId', '=', key.assetId)
    .where('stage', '=', key.stage)
    .where('state', '=', 'active')
    .where('holder', '=', key.holder)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export interface SettleStage extends StageKey {
  holder: string;
  state: 'done' | 'failed' | 'unsupported';
  reason?: string | undefined;
  /** The code of the error that made it fail. */
  code?: ErrorCode | undefined;
  /** The following stages, and how many of one stage may be queued or active at a time. */
  next?: { stages: readonly ServedStage[]; cap: number } | undefined;
}

/**
 * Ends an attempt with a result and opens the following stages, in one statement, which locks the asset's row until the
 * end of the transaction against other stages and edits. They are opened as queued if the cap allows it and none of the
 * stage is waiting, else as pending: then the relay chooses the next owner. Returns false if `holder` has lost the
 * lease or the asset was deleted: then nothing may be written.
 */
export async function settleStage(db: Db, input: SettleStage): Promise<false | { next: StageState[] }> {
  const { assetId, stage, holder, state, reason, code, next = { stages: [], cap: 0 } } = input;
  const { rows } = await sql<{ next: StageState[] }>`
    with alive as (select "id", "ownerId", "type" from asset where "id" = ${assetId} and "status" <> 'deleted' for no key update),
    settled as (
      update asset_stage set "state" = ${state}, "reason" = ${reason ?? null}, "code" = ${code ?? null}, "holder" = null, "leaseUntil" = null,
        "attempts" = 0, "changedAt" = now()
      from alive
      where "assetId" = alive."id" and "stage" = ${stage} and "state" = 'active' and "holder" = ${holder}
      returning "assetId"
    ),
    opened as (
      insert into asset_stage ("assetId", "stage", "ownerId", "kind", "state")
      select "id", n."stage", "ownerId", "type", case when ${hasRoom(next.cap)} then 'queued' else 'pending' end
      from alive join settled on "assetId" = "id" cross join unnest(${[...next.stages]}::text[]) n("stage")
      on conflict ("assetId", "stage") do update set "stage" = excluded."stage"
      returning "state"
    )
    select array(select "state" from opened) as "next" from settled`.execute(db);
  return rows[0] ?? false;
}

/**
 * SQL that is true if a stage of `n` may be queued without the relay: it is not paused, and has no pending and no
 * suspect row.
 */
const hasRoom = (cap: number) => sql<boolean>`
  not ${isPaused(sql.ref('n.stage'))}
  and not exists (select from asset_stage p where p."state" = 'pending' and p."stage" = n."stage" and p."kind" = alive."type")
  and (
    select count(*) < ${cap} and not coalesce(bool_or(u."attempts" > case when u."state" = 'active' then 1 else 0 end), false)
    from asset_stage u where u."state" in ('queued', 'active') and u."stage" = n."stage" and ("stage", "kind") in ${servedLanes}
  )`;

/** Releases a lease without a result after a retryable error: the attempt does not count. */
export async function releaseStage(db: Db, key: StageKey & { holder: string }): Promise<void> {
  await db
    .updateTable('asset_stage')
    .set({
      state: 'queued',
      ...noLease,
      attempts: sql`greatest("attempts" - 1, 0)`,
      changedAt: sql`now()`,
    })
    .where('assetId', '=', key.assetId)
    .where('stage', '=', key.stage)
    .where('state', '=', 'active')
    .where('holder', '=', key.holder)
    .execute();
}

/**
 * SQL that opens a stage as pending for rows of assets ("id", "ownerId", "type") of media for which a function serves
 * it.
 */
export const openingOf = (stage: ServedStage, assets: RawBuilder<unknown>) => sql`
  insert into asset_stage ("assetId", "stage", "ownerId", "kind")
  select "id", ${stage}, "ownerId", "type" from ${assets} where "type" = any(${listKinds(stage)}::text[])`;

/**
 * Opens a stage for an asset. An open or settled row stays unchanged. Paused stages begin as pending. Returns undefined
 * and opens nothing if no function serves the stage for the asset's media.
 */
export async function openStage(
  db: Db,
  { assetId, stage }: { assetId: string; stage: ServedStage },
  state: 'pending' | 'queued',
): Promise<StageState | undefined> {
  const { rows } = await sql<{ state: StageState }>`
    insert into asset_stage ("assetId", "stage", "ownerId", "kind", "state")
    select "id", ${stage}, "ownerId", "type", case when ${isPaused(sql.val(stage))} then 'pending' else ${state} end
    from asset where "id" = ${assetId} and "type" = any(${listKinds(stage)}::text[])
    on conflict ("assetId", "stage") do update set "stage" = excluded."stage"
    returning "state"`.execute(db);
  return rows[0]?.state;
}
