import * as metadata from '#shared/assets/asset-metadata.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof metadata> = {
  listAssetMetadata: (db, { assetIds }) => metadata.listAssetMetadata(db, assetIds[0]),
  findAssetMetadata: (db, { assetIds: [assetId] }) => metadata.findAssetMetadata(db, { assetId, key: 'mobile' }),
  putAssetMetadata: (db, { assetIds: [assetId] }) =>
    metadata.putAssetMetadata(db, [{ assetId, key: 'mobile', value: { at: 1 } }]),
  deleteAssetMetadata: (db, { assetIds: [assetId] }) => metadata.deleteAssetMetadata(db, [{ assetId, key: 'mobile' }]),
};
