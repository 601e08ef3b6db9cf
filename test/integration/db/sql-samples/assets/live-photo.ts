import * as livePhoto from '#shared/assets/live-photo.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof livePhoto> = {
  findMotionPartFault: (db, { assetIds, userId }) => livePhoto.findMotionPartFault(db, assetIds[0], userId),
  hideMotionPart: (db, { assetIds }) => livePhoto.hideMotionPart(db, assetIds[0]),
  showMotionPart: (db, { assetIds }) => livePhoto.showMotionPart(db, assetIds[0], 'timeline'),
  findMotionPart: (db, { assetIds }) => livePhoto.findMotionPart(db, assetIds[0]),
};
