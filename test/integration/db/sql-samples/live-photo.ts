import * as livePhoto from '#shared/db/queries/live-photo.ts';
import type { SamplesOf } from './sample.ts';

export const samples: SamplesOf<typeof livePhoto> = {
  isMotionPartOf: (db, { assetIds, userId }) => livePhoto.isMotionPartOf(db, assetIds[0], userId),
  hideMotionPart: (db, { assetIds }) => livePhoto.hideMotionPart(db, assetIds[0]),
};
