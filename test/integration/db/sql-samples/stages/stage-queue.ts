import * as stageQueue from '#shared/stages/stage-queue.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof stageQueue> = {
  redriveStage: (db, { assetIds: [assetId] }) => stageQueue.redriveStage(db, { assetId, stage: 'faces' }),
  redriveStages: (db) => stageQueue.redriveStages(db, 'faces', ['failed', 'unsupported']),
  redoStage: (db, { assetIds }) => stageQueue.redoStage(db, 'faces', assetIds),
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
  retryForOriginal: (db, { assetIds: [assetId] }) => stageQueue.retryForOriginal(db, assetId),
  beginStagesAnew: (db, { assetIds: [assetId] }) => stageQueue.beginStagesAnew(db, assetId),
};
