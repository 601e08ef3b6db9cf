import type { StageCounts } from '#shared/db/queries/stage-queue.ts';
import type { Stage } from '#shared/db/tables.ts';
import type { ResponseOf } from '../contract.ts';

export type QueueName = ResponseOf<'getQueue'>['name'];
export type QueueStatistics = ResponseOf<'getQueue'>['statistics'];

/** Every queue that clients know; those that are a stage of ours, and those that have nothing to do here. */
export const stageOfQueue = {
  thumbnailGeneration: 'thumbnail',
  metadataExtraction: 'metadata',
  videoConversion: 'transcode',
  faceDetection: 'faces',
  facialRecognition: 'people',
  smartSearch: undefined,
  duplicateDetection: undefined,
  backgroundTask: undefined,
  storageTemplateMigration: undefined,
  migration: undefined,
  search: undefined,
  sidecar: undefined,
  library: undefined,
  notifications: undefined,
  backupDatabase: undefined,
  ocr: undefined,
  workflow: undefined,
  integrityCheck: undefined,
  editor: undefined,
} as const satisfies Record<QueueName, Stage | undefined>;

export const queueNames = Object.keys(stageOfQueue) as [QueueName, ...QueueName[]];

const nothing: StageCounts = { pending: 0, queued: 0, active: 0, failed: 0, unsupported: 0, isPaused: false };

export function countsOf(counts: ReadonlyMap<Stage, StageCounts>, name: QueueName): StageCounts {
  const stage = stageOfQueue[name];
  return (stage === undefined ? undefined : counts.get(stage)) ?? nothing;
}

/** What waits is `paused` while its queue is; what is done leaves the counts, as upstream; what awaits a format is `delayed`. */
export function toStatistics({ pending, queued, active, failed, unsupported, isPaused }: StageCounts): QueueStatistics {
  const waiting = pending + queued;
  return {
    active,
    failed,
    delayed: unsupported,
    completed: 0,
    waiting: isPaused ? 0 : waiting,
    paused: isPaused ? waiting : 0,
  };
}
