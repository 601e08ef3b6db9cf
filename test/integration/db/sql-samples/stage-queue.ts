import * as stageQueue from '#shared/db/queries/stage-queue.ts';
import type { SamplesOf } from './sample.ts';

export const samples: SamplesOf<typeof stageQueue> = {
  queuePendingStages: (db) => stageQueue.queuePendingStages(db, 10),
  unqueueStages: (db, { assetIds }) =>
    stageQueue.unqueueStages(
      db,
      assetIds.map((assetId) => ({ assetId, stage: 'metadata' })),
    ),
  async reclaimStages(db) {
    await stageQueue.reclaimStages(db, { queuedSeconds: 900, maxAttempts: 3 });
    await stageQueue.reclaimStages(db, { queuedSeconds: 900, maxAttempts: 3, onlyHolder: 'h' });
  },
  async redriveStages(db, { assetIds }) {
    await stageQueue.redriveStages(db, 'faces', ['failed', 'unsupported']);
    await stageQueue.redriveStages(db, 'faces', ['failed', 'unsupported'], assetIds[0]);
  },
  reopenStages: (db, { assetIds }) =>
    stageQueue.reopenStages(
      db,
      assetIds.map((assetId) => ({ assetId, stage: 'metadata' })),
    ),
  countStages: (db) => stageQueue.countStages(db),
  dropPendingStages: (db) => stageQueue.dropPendingStages(db, 'faces'),
  clearFailedStages: (db) => stageQueue.clearFailedStages(db, 'faces'),
  async openMissingStages(db) {
    await stageQueue.openMissingStages(db, 'metadata');
    await stageQueue.openMissingStages(db, 'thumbnail');
  },
  listStageRows: (db) => stageQueue.listStageRows(db, 'faces', ['failed', 'unsupported'], 10),
};
