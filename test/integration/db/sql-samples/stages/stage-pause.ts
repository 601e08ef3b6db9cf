import * as stagePause from '#shared/stages/stage-pause.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof stagePause> = {
  async setStagePaused(db) {
    await stagePause.setStagePaused(db, 'faces', true);
    await stagePause.setStagePaused(db, 'faces', false);
  },
};
