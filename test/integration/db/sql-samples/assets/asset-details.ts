import * as details from '#shared/assets/asset-details.ts';
import { momentAt } from '#test/support/moments.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof details> = {
  findAssetDetails: (db, { assetIds }) => details.findAssetDetails(db, assetIds[0]),
  async countAssets(db, { userId }) {
    await details.countAssets(db, userId, {});
    await details.countAssets(db, userId, { isFavorite: true, isTrashed: false, visibility: 'locked' });
  },
  async editAsset(db, { assetIds }) {
    await details.editAsset(db, assetIds, { isFavorite: true, visibility: 'archive' });
    await details.editAsset(db, assetIds, {
      moment: momentAt(new Date(), 'Europe/Zurich'),
      description: 'At the lake',
      rating: 5,
      position: { latitude: 47, longitude: 8, city: null, state: null, country: null },
    });
  },
  async relinkMotionPart(db, { assetIds: [id, videoId], userId: ownerId }, unrecorded) {
    await unrecorded.updateTable('asset').set({ type: 'VIDEO' }).where('id', '=', videoId).execute();
    await details.relinkMotionPart(db, { id, ownerId }, { livePhotoVideoId: videoId });
    await details.relinkMotionPart(db, { id, ownerId }, { livePhotoVideoId: null });
  },
  trashAssets: (db, { assetIds }) => details.trashAssets(db, assetIds),
  listMotionParts: (db, { assetIds }) => details.listMotionParts(db, assetIds),
};
