import * as stageLane from '#shared/stages/stage-lane.ts';
import type { SamplesOf } from '../sample.ts';

const lost = { quietSeconds: 25, leaseSeconds: 60, maxAttempts: 3 };

export const samples: SamplesOf<typeof stageLane> = {
  queuePendingStages: (db) => stageLane.queuePendingStages(db, { cap: 10, leaseSeconds: 60 }),
  unqueueStages: (db, { assetIds }) =>
    stageLane.unqueueStages(
      db,
      assetIds.map((assetId) => ({ assetId, stage: 'metadata' })),
    ),
  isWorkOpen: (db) => stageLane.isWorkOpen(db),
  async reclaimStages(db) {
    await stageLane.reclaimStages(db, lost);
    await stageLane.reclaimStages(db, { ...lost, onlyHolder: 'h' });
  },
};
