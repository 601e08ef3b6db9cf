import { sql } from 'kysely';
import type { Db } from '#shared/db/db.ts';
import type { Asset, AssetStage, Stage, StageState, User } from '#shared/db/tables.ts';

export interface StageSum {
  stage: Stage;
  state: StageState;
  count: number;
  /** Since when the oldest of these rows is in its state. */
  oldest: Date;
}

/** Counts rows by stage and state, including done ones. Reads the whole table. */
export async function sumStages(db: Db, stage?: Stage): Promise<StageSum[]> {
  let query = db
    .selectFrom('asset_stage')
    .select(({ fn }) => ['stage', 'state', fn.countAll<number>().as('count'), fn.min('changedAt').as('oldest')])
    .groupBy(['stage', 'state'])
    .orderBy('stage')
    .orderBy('state');
  if (stage !== undefined) query = query.where('stage', '=', stage);
  return query.execute();
}

export interface FailureSum {
  stage: Stage;
  state: 'failed' | 'unsupported';
  reason: string | null;
  count: number;
  latest: Date;
}

/** Reasons why stages have no result, the most frequent first. */
export async function sumFailures(db: Db, limit: number, stage?: Stage): Promise<FailureSum[]> {
  const { rows } = await sql<FailureSum>`
    select "stage", "state", "reason", count(*) as "count", max("changedAt") as "latest"
    from asset_stage where "state" in ('failed', 'unsupported') and ${stage === undefined ? sql`true` : sql`"stage" = ${stage}`}
    group by 1, 2, 3 order by 4 desc, 1, 3 limit ${limit}`.execute(db);
  return rows;
}

export type FailedPhoto = Pick<AssetStage, 'assetId' | 'stage' | 'reason' | 'changedAt'> &
  Pick<Asset, 'originalFileName' | 'originalPath'> &
  Pick<User, 'email'>;

/** The photos whose stages failed, the latest first. */
export async function listFailedPhotos(db: Db, limit: number, stage?: Stage): Promise<FailedPhoto[]> {
  let query = db
    .selectFrom('asset_stage')
    .innerJoin('asset', 'asset.id', 'asset_stage.assetId')
    .innerJoin('user', 'user.id', 'asset.ownerId')
    .select(['assetId', 'stage', 'reason', 'changedAt', 'originalFileName', 'originalPath', 'email'])
    .where('state', '=', 'failed')
    .orderBy('changedAt', 'desc')
    .orderBy('assetId')
    .limit(limit);
  if (stage !== undefined) query = query.where('stage', '=', stage);
  return query.execute();
}
