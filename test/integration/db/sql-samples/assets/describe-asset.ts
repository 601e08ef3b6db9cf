import * as describing from '#shared/assets/describe-asset.ts';
import { momentAt } from '#test/support/moments.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof describing> = {
  async describeAsset(db, { assetIds }, unrecorded) {
    const { assetId, lockedProperties, updatedAt, timeZone, ...exif } = await unrecorded
      .selectFrom('asset_exif')
      .selectAll()
      .where('assetId', '=', assetIds[0])
      .executeTakeFirstOrThrow();
    const moment = momentAt(updatedAt, timeZone);
    await describing.describeAsset(db, assetId, {
      exif,
      moment,
      width: null,
      height: null,
    });
    await unrecorded
      .updateTable('asset_exif')
      .set({ lockedProperties: [...lockedProperties, 'dateTimeOriginal'] })
      .where('assetId', '=', assetId)
      .execute();
    await describing.describeAsset(db, assetId, {
      exif,
      moment,
      width: null,
      height: null,
    });
  },
  shapeAsset: (db, { assetIds }) =>
    describing.shapeAsset(db, assetIds[0], {
      exifImageWidth: 4000,
      exifImageHeight: 3000,
      orientation: '6',
      width: 3000,
      height: 4000,
    }),
};
