import { z } from 'zod';
import { listDeadLetters } from '#shared/outbox/dead-letter.ts';
import { listStageRows } from '#shared/stages/stage-queue.ts';
import { operation } from '../http/operation.ts';
import { queueParams } from './queue-schemas.ts';
import { lettersOfQueue, stageOfQueue } from './stage-queues.ts';

const status = z.enum(['active', 'failed', 'completed', 'delayed', 'waiting', 'paused']);
type JobStatus = z.output<typeof status>;

const statesOf = {
  active: ['active'],
  failed: ['failed'],
  delayed: ['unsupported'],
  waiting: ['pending', 'queued'],
  paused: ['pending', 'queued'],
  completed: [],
} as const satisfies Record<JobStatus, readonly string[]>;

const jobsMax = 1000;

const jobNameOf = {
  metadata: 'AssetExtractMetadata',
  thumbnail: 'AssetGenerateThumbnails',
  faces: 'AssetDetectFaces',
  people: 'FacialRecognition',
  transcode: 'AssetEncodeVideo',
} as const;

const queueJobsQuery = z.object({
  status: z.union([status.transform((it) => [it]), z.array(status)]).default([]),
});

/** Lists at most 1,000 entries of a queue, with the reasons of failures. */
export const getQueueJobs = operation('getQueueJobs', {
  method: 'GET',
  path: '/queues/:name/jobs',
  auth: 'admin',
  permission: 'queueJob.read',
  status: 200,
  params: queueParams,
  query: queueJobsQuery,
  handler: async ({ ports: { db } }, { params: { name }, query: { status: statuses } }) => {
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
      data: {
        id: letter.subject,
        type: letter.eventType,
        reason: letter.reason ?? `status ${letter.errorCode ?? '?'}`,
      },
    }));
  },
});
