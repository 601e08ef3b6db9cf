import * as stageReport from '#shared/stages/stage-report.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof stageReport> = {
  async sumStages(db) {
    await stageReport.sumStages(db);
    await stageReport.sumStages(db, 'faces');
  },
  async sumFailures(db) {
    await stageReport.sumFailures(db, 20);
    await stageReport.sumFailures(db, 20, 'faces');
  },
  async listFailedPhotos(db) {
    await stageReport.listFailedPhotos(db, 20);
    await stageReport.listFailedPhotos(db, 20, 'faces');
  },
};
