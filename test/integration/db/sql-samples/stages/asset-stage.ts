import * as assetStage from '#shared/stages/asset-stage.ts';
import { setStagePaused } from '#shared/stages/stage-pause.ts';
import type { SamplesOf } from '../sample.ts';

const metadata = { stage: 'metadata', holder: 'h', leaseSeconds: 60 } as const;
const attempt = { ...metadata, recipe: 'r', maxAttempts: 3 } as const;

export const samples: SamplesOf<typeof assetStage> = {
  async takeStage(db, { assetIds: [first, second] }, unrecorded) {
    await assetStage.takeStage(db, { ...attempt, assetId: first });
    await assetStage.takeStage(db, { ...attempt, assetId: first });
    await setStagePaused(unrecorded, 'metadata', true);
    await assetStage.takeStage(db, { ...attempt, assetId: second });
  },
  renewStage: (db, { assetIds: [assetId] }) => assetStage.renewStage(db, { ...metadata, assetId }),
  settleStage: (db, { assetIds: [assetId] }) =>
    assetStage.settleStage(db, { ...metadata, assetId, state: 'done', next: { stages: ['thumbnail'], cap: 16 } }),
  releaseStage: (db, { assetIds: [assetId] }) => assetStage.releaseStage(db, { ...metadata, assetId }),
  openStage: (db, { assetIds: [assetId] }) => assetStage.openStage(db, { assetId, stage: 'faces' }, 'queued'),
};
