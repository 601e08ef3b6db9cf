import { clearFailedStages, countStages, dropPendingStages, listStageRows } from '#shared/db/queries/stage-queue.ts';
import { setStagePaused } from '#shared/db/queries/stage-pause.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { countsOf, queueNames, stageOfQueue, toStatistics, type QueueName } from './stage-queues.ts';

type Queue = ResponseOf<'getQueue'>;
type JobStatus = 'active' | 'failed' | 'completed' | 'delayed' | 'waiting' | 'paused';

export async function getQueues({ ports }: RequestContext): Promise<Queue[]> {
  const counts = await countStages(ports.db);
  return queueNames.map((name) => {
    const of = countsOf(counts, name);
    return { name, isPaused: of.isPaused, statistics: toStatistics(of) };
  });
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

/** Forgets what waits, or with `failed` also what failed. Assets keep what they have. */
export async function emptyQueue(
  { ports }: RequestContext,
  name: QueueName,
  { failed = false }: { failed?: boolean | undefined },
): Promise<void> {
  const stage = stageOfQueue[name];
  if (stage === undefined) return;
  await dropPendingStages(ports.db, stage);
  if (failed) await clearFailedStages(ports.db, stage);
}

const jobNameOf = {
  metadata: 'AssetExtractMetadata',
  thumbnail: 'AssetGenerateThumbnails',
  faces: 'AssetDetectFaces',
  people: 'FacialRecognition',
  transcode: 'AssetEncodeVideo',
} as const;

const statesOf = {
  active: ['active'],
  failed: ['failed'],
  delayed: ['unsupported'],
  waiting: ['pending', 'queued'],
  paused: ['pending', 'queued'],
  completed: [],
} as const satisfies Record<JobStatus, readonly string[]>;

/** The stages that stand in a queue, at most 1,000, with the reason of those that failed. */
export async function getQueueJobs(
  { ports }: RequestContext,
  name: QueueName,
  statuses: readonly JobStatus[],
): Promise<ResponseOf<'getQueueJobs'>> {
  const stage = stageOfQueue[name];
  if (stage === undefined) return [];
  const states = (statuses.length === 0 ? (['active', 'failed', 'delayed', 'waiting'] as const) : statuses).flatMap(
    (it) => statesOf[it],
  );
  const rows = await listStageRows(ports.db, stage, [...new Set(states)], 1000);
  return rows.map((row) => ({
    id: `${stage}:${row.assetId}`,
    name: jobNameOf[stage],
    timestamp: row.createdAt.getTime(),
    data: { id: row.assetId, ...(row.reason === null ? {} : { reason: row.reason }) },
  }));
}
