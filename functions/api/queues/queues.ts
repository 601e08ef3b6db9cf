import { discardDeadLetters, listDeadLetters } from '#shared/outbox/dead-letter.ts';
import { clearFailedStages, dropPendingStages, listStageRows } from '#shared/stages/stage-queue.ts';
import { setStagePaused } from '#shared/stages/stage-pause.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { lettersOfQueue, queueNames, readCounts, stageOfQueue, toStatistics, type QueueName } from './stage-queues.ts';

type Queue = ResponseOf<'getQueue'>;
type JobStatus = 'active' | 'failed' | 'completed' | 'delayed' | 'waiting' | 'paused';

export async function getQueues({ ports }: RequestContext): Promise<Queue[]> {
  const counts = await readCounts(ports.db);
  return queueNames.map((name) => ({
    name,
    isPaused: counts[name].isPaused,
    statistics: toStatistics(counts[name]),
  }));
}

export async function getQueue(context: RequestContext, name: QueueName): Promise<Queue> {
  const queue = (await getQueues(context)).find((it) => it.name === name);
  if (queue === undefined) throw new DarkroomError('resource/not-found');
  return queue;
}

/** Pausing a queue lets its rows wait; going on announces them. */
export async function updateQueue(
  context: RequestContext,
  name: QueueName,
  { isPaused }: { isPaused?: boolean | undefined },
): Promise<Queue> {
  const stage = stageOfQueue[name];
  if (name === 'backgroundTask' && isPaused === true)
    throw new DarkroomError('input/invalid', 'The background task queue cannot be paused');
  if (stage !== undefined && isPaused !== undefined) {
    await setStagePaused(context.ports.db, stage, isPaused);
    if (!isPaused) context.ports.relay.kick();
  }
  return getQueue(context, name);
}

/**
 * Forgets which photos wait for a stage, and with `failed` also what failed. Assets keep what they have. What watchers
 * saw is never forgotten while it waits: nobody would tell it again.
 */
export async function emptyQueue(
  context: RequestContext,
  name: QueueName,
  { failed = false }: { failed?: boolean | undefined },
): Promise<void> {
  const stage = stageOfQueue[name];
  if (stage !== undefined) await dropPendingStages(context.ports.db, stage);
  if (failed) await clearFailed(context, name);
}

/** Forgets the failures of a queue, and gives up its dead letters. */
export async function clearFailed({ ports: { db }, auth }: RequestContext, name: QueueName): Promise<void> {
  const stage = stageOfQueue[name];
  if (stage !== undefined) await clearFailedStages(db, stage);
  const letters = lettersOfQueue(name);
  if (letters !== undefined) await discardDeadLetters(db, letters, `cleared by ${auth.user.email}`);
}

const jobNameOf = {
  metadata: 'AssetExtractMetadata',
  thumbnail: 'AssetGenerateThumbnails',
  faces: 'AssetDetectFaces',
  people: 'FacialRecognition',
  transcode: 'AssetEncodeVideo',
} as const;

const jobsMax = 1000;

const statesOf = {
  active: ['active'],
  failed: ['failed'],
  delayed: ['unsupported'],
  waiting: ['pending', 'queued'],
  paused: ['pending', 'queued'],
  completed: [],
} as const satisfies Record<JobStatus, readonly string[]>;

/** What stands in a queue, at most 1,000, with the reason of what failed. */
export async function getQueueJobs(
  { ports: { db } }: RequestContext,
  name: QueueName,
  statuses: readonly JobStatus[],
): Promise<ResponseOf<'getQueueJobs'>> {
  const asked = statuses.length === 0 ? (['active', 'failed', 'delayed', 'waiting'] as const) : statuses;
  const stage = stageOfQueue[name];
  if (stage !== undefined) {
    const states = new Set(asked.flatMap((it) => statesOf[it]));
    const rows = await listStageRows(db, stage, [...states], jobsMax);
    return rows.map((row) => ({
      id: `${stage}:${row.assetId}`,
      name: jobNameOf[stage],
      timestamp: row.createdAt.getTime(),
      data: { id: row.assetId, ...(row.reason === null ? {} : { reason: row.reason }) },
    }));
  }
  const letters = lettersOfQueue(name);
  if (letters === undefined || !asked.includes('failed')) return [];
  return (await listDeadLetters(db, jobsMax, letters)).map((letter) => ({
    id: letter.id,
    name: name === 'library' ? 'LibrarySyncFiles' : 'AssetDelete',
    timestamp: letter.receivedAt.getTime(),
    data: { id: letter.subject, type: letter.eventType, reason: letter.reason ?? `status ${letter.errorCode ?? '?'}` },
  }));
}
