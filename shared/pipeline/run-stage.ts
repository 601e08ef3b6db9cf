import type { Config } from '#shared/config/config.ts';
import { crashPoint, type CrashPoint } from '#shared/crash/crash-point.ts';
import { commitLater } from '#shared/db/commit-later.ts';
import type { Db } from '#shared/db/db.ts';
import { keepLease, type KeptLease } from '#shared/db/lease.ts';
import { findAsset, isAssetAlive } from '#shared/assets/asset.ts';
import { releaseStage, renewalsPerLease, renewStage, settleStage, takeStage } from '#shared/stages/asset-stage.ts';
import { listNext } from '#shared/stages/stage-graph.ts';
import type { Asset, Stage } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { toDarkroomError, isDarkroomError, type DarkroomError, type ErrorCode } from '#shared/errors/errors.ts';
import type { DarkroomEvent } from '#shared/events/catalogue.ts';
import { done, type Outcome } from '#shared/events/receive.ts';
import type { Log } from '#shared/log/log.ts';
import { wakeEvent } from './stage-events.ts';

export interface StagePorts {
  db: Db;
  holder: string;
  log: Log;
  config: Pick<Config, 'DARKROOM_LEASE_SECONDS' | 'DARKROOM_MAX_ATTEMPTS' | 'DARKROOM_QUEUE_CAP'>;
}

export interface StageRun {
  stage: Stage;
  recipe: string;
  assetId: string;
}

export interface Attempt {
  /** The process of an earlier attempt died: the file may crash this one too. */
  isSuspect: boolean;
}

/** The result of an attempt; nothing of it is in the database before `write` ran. */
export interface StageResult {
  state?: 'done' | 'unsupported' | 'failed';
  reason?: string | undefined;
  /** The code of the error that made it fail. */
  code?: ErrorCode | undefined;
  /** Takes locks that must be taken before that of the asset's row; `inTransaction` defines the order. */
  lock?(tx: Db): Promise<void>;
  /** Writes the result, in the transaction that settles the stage. */
  write?(tx: Db): Promise<void>;
  /** Removes files written outside of the database, if the asset was deleted meanwhile. */
  discard?(): Promise<void>;
  /** False if the following stages have nothing to do for this asset. */
  goesOn?: boolean;
}

type Work = (asset: Asset, signal: AbortSignal, attempt: Attempt) => Promise<StageResult>;

/**
 * Runs one attempt at one stage of one asset under a lease: take, work, and settle with the result and the next stage
 * in one transaction. A stage that is done is not done again. A photo that cannot be processed settles the stage as
 * failed and is not an error; a retryable error releases the lease and is thrown, so that the Broker retries. Its
 * commits need not wait for the disk: if a power cut loses one, the stage is done again.
 */
export function runStage(ports: StagePorts, run: StageRun, signal: AbortSignal, work: Work): Promise<Outcome> {
  return commitLater(() => runOnce(ports, run, signal, work));
}

async function runOnce(
  ports: StagePorts,
  { stage, recipe, assetId }: StageRun,
  signal: AbortSignal,
  work: Work,
): Promise<Outcome> {
  const { db, holder, config } = ports;
  const leaseSeconds = config.DARKROOM_LEASE_SECONDS;
  const taken = await takeStage(db, {
    assetId,
    stage,
    recipe,
    holder,
    leaseSeconds,
    maxAttempts: config.DARKROOM_MAX_ATTEMPTS,
  });
  if (taken.outcome === 'busy') return { outcome: 'busy' };
  if (taken.outcome !== 'taken') return done;
  const asset = await findAsset(db, assetId);
  if (asset === undefined || asset.status === 'deleted') return done;
  crash(`${stage}/after-lease`, asset.originalFileName);
  using lease = keepStage(ports, { stage, assetId });
  const working = AbortSignal.any([lease.signal, signal]);
  try {
    const result = await attempt(() => work(asset, working, { isSuspect: taken.attempts > 1 }));
    return await settle(ports, { stage, recipe, asset }, result);
  } catch (error) {
    await releaseStage(db, { assetId, stage, holder }).catch(() => {});
    throw error;
  }
}

/** Failures caused by the photo become the result; all others are thrown. */
async function attempt(work: () => Promise<StageResult>): Promise<StageResult> {
  try {
    return await work();
  } catch (error) {
    if (isDarkroomError(error, 'media/unsupported')) return { state: 'unsupported', reason: error.message };
    if (isDarkroomError(error) && !error.retry) return failedBy(error);
    throw error;
  }
}

/** The result of a stage that failed because of the photo. */
export function failedBy({ message, code }: DarkroomError): StageResult & { state: 'failed' } {
  return { state: 'failed', reason: `${message} (${code})`, code };
}

async function settle(
  { db, holder, log, config }: StagePorts,
  { stage, recipe, asset }: { stage: Stage; recipe: string; asset: Asset },
  result: StageResult,
): Promise<Outcome> {
  const state = result.state ?? 'done';
  const goesOn = result.goesOn ?? state === 'done';
  const next = goesOn ? listNext(stage, asset.type) : [];
  const settled = await inTransaction(db, async (tx) => {
    await result.lock?.(tx);
    const ended = await settleStage(tx, {
      assetId: asset.id,
      stage,
      holder,
      state,
      reason: result.reason,
      code: result.code,
      next: { stages: next, cap: config.DARKROOM_QUEUE_CAP },
    });
    if (ended === false) return (await isAssetAlive(tx, asset.id)) ? 'lost' : 'gone';
    await result.write?.(tx);
    return ended.next;
  });
  crash(`${stage}/after-commit`, asset.originalFileName);
  if (settled === 'gone') {
    await result.discard?.();
    return done;
  }
  if (settled === 'lost') return { outcome: 'busy' };
  const { reason } = result;
  if (state !== 'done') log.warn({ assetId: asset.id, stage, state, reason }, 'stage settled without a result');
  else if (reason !== undefined) log.warn({ assetId: asset.id, stage, reason }, 'stage settled with a warning');
  const [first] = next;
  if (first === undefined || !settled.includes('queued')) return done;
  // One event wakes all following stages.
  return { outcome: 'done', reply: reply(first, asset, recipe) };
}

function reply(next: Stage, asset: Asset, recipe: string): DarkroomEvent {
  return wakeEvent(next, { assetId: asset.id, ownerId: asset.ownerId, assetType: asset.type }, recipe);
}

/** Renews the lease during the work. */
function keepStage({ db, holder, config, log }: StagePorts, key: { stage: Stage; assetId: string }): KeptLease {
  const seconds = config.DARKROOM_LEASE_SECONDS;
  return keepLease({
    seconds,
    renewalsPerLease,
    renew: () => renewStage(db, { ...key, holder, leaseSeconds: seconds }),
    onError: (error) => log.warn({ err: toDarkroomError(error), ...key }, 'lease not renewed'),
  });
}

function crash(name: string, fileName: string): void {
  crashPoint(name as CrashPoint, fileName);
}
