import { randomBytes } from 'node:crypto';
import * as creating from '#shared/assets/create-asset.ts';
import { reserveObject } from '#shared/assets/stored-object.ts';
import { newId } from '#shared/ids/ids.ts';
import type { Rows, SamplesOf } from '../sample.ts';

const newAsset = ({ userId: ownerId }: Rows): creating.CreateAsset['asset'] => {
  const id = newId();
  const [fileCreatedAt, fileModifiedAt, localDateTime] = [new Date(), new Date(), new Date()];
  return {
    id,
    ownerId,
    type: 'IMAGE',
    checksum: randomBytes(20),
    originalPath: `upload/${id}.jpg`,
    originalFileName: 'a.jpg',
    fileSizeInByte: 1000,
    fileCreatedAt,
    fileModifiedAt,
    localDateTime,
    width: null,
    height: null,
    thumbhash: null,
    duration: null,
    livePhotoVideoId: null,
    stackId: null,
    duplicateId: null,
    deletedAt: null,
  };
};

export const samples: SamplesOf<typeof creating> = {
  async createAsset(db, rows, unrecorded) {
    const asset = newAsset(rows);
    const { id: assetId, ownerId, originalPath: key } = asset;
    await reserveObject(unrecorded, { store: 'folder', key, ownerId, assetId, holder: 'h', leaseSeconds: 60 });
    const uploaded = { store: 'folder', origin: { kind: 'reserved' }, asset } as const;
    await creating.createAsset(db, { ...uploaded, sidecarPath: 'a.xmp', metadata: [{ key: 'mobile', value: {} }] });
    await creating.createAsset(db, { ...uploaded, asset: { ...asset, id: newId() } });
    const livePhotoVideoId = rows.assetIds[0];
    await creating.createAsset(db, { ...uploaded, asset: { ...newAsset(rows), livePhotoVideoId } });
    await creating.createAsset(db, { ...uploaded, origin: { kind: 'found', version: 'v' }, asset: newAsset(rows) });
  },
  hasAssetOfSize: (db, { userId }) => creating.hasAssetOfSize(db, userId, 1),
  findAssetByChecksum: (db, { userId }) => creating.findAssetByChecksum(db, userId, randomBytes(20)),
};
