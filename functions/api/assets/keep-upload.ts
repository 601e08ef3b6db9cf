import { crashPoint } from '#shared/crash/crash-point.ts';
import { createAsset } from '#shared/assets/create-asset.ts';
import { findMotionPartFault } from '#shared/assets/live-photo.ts';
import { takeOverOriginal } from '#shared/assets/original.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { ResponseOf } from '../http/contract.ts';
import type { ApiPorts } from '../http/api-ports.ts';
import { findBytes, type Whereabouts } from './kept-original.ts';
import { motionPartError } from './motion-part-error.ts';
import type { ReceivedOriginal } from './receive-original.ts';
import type { UploadFields } from './upload-fields.ts';

type Answer = ResponseOf<'uploadAsset'>;

/** An upload whose whole body has been received. */
export interface Arrived {
  assetId: string;
  ownerId: string;
  original: ReceivedOriginal;
  fields: UploadFields;
  assetType: 'IMAGE' | 'VIDEO';
  sidecar: { key: string; bytes: Buffer } | undefined;
}

/** How often the lookup of an asset with the same bytes is repeated if the asset changes concurrently. */
const looksMax = 5;

/**
 * Creates an asset for an upload, or gives its bytes to the asset with the same checksum whose file is missing or only
 * watched. Discards the bytes if Darkroom keeps them already.
 * @throws input/invalid, quota/exceeded, store/unavailable, store/full, db/unavailable
 */
export async function keepUpload(ports: ApiPorts, arrived: Arrived): Promise<Answer> {
  const { ownerId, original, fields, sidecar } = arrived;
  for (let looks = 1; looks <= looksMax; looks += 1) {
    const bytes = await findBytes(ports, ownerId, original.checksum);
    if (bytes.state === 'kept') {
      await original.discard();
      return { id: bytes.assetId, status: 'duplicate' };
    }
    if (looks === 1) {
      await requireMotionPart(ports, fields.livePhotoVideoId, ownerId);
      await original.keep(sidecar);
      crashPoint('upload/after-rename');
    }
    const answer = await giveAway(ports, arrived, bytes);
    crashPoint('upload/after-commit');
    if (answer === undefined) continue;
    ports.relay.kick();
    return answer;
  }
  throw new DarkroomError('resource/conflict', 'An asset with the same bytes keeps changing; send the upload again');
}

async function requireMotionPart({ db }: ApiPorts, videoId: string | undefined, ownerId: string): Promise<void> {
  const fault = videoId === undefined ? undefined : await findMotionPartFault(db, videoId, ownerId);
  if (fault !== undefined) throw motionPartError(fault);
}

/** undefined if the asset has changed since it was found. */
async function giveAway(
  { db, store }: ApiPorts,
  { assetId, ownerId, original, fields, assetType, sidecar }: Arrived,
  bytes: Exclude<Whereabouts, { state: 'kept' }>,
): Promise<Answer | undefined> {
  const sidecarPath = sidecar?.key;
  if (bytes.state !== 'nowhere') {
    const known = { ...bytes.asset, isLost: bytes.state === 'lost' };
    const taken = await original.offer((upload) =>
      takeOverOriginal(db, known, { store: store.kind, ...upload, sidecarPath }),
    );
    if (taken === 'lost') throw tookTooLong();
    return taken === 'changed' ? undefined : { id: known.id, status: 'duplicate' };
  }
  const created = await original.offer(({ key, sizeBytes }) =>
    createAsset(db, {
      store: store.kind,
      origin: { kind: 'reserved' },
      sidecarPath,
      metadata: fields.metadata,
      asset: {
        id: assetId,
        ownerId,
        type: assetType,
        visibility: fields.visibility,
        checksum: original.checksum,
        originalPath: key,
        originalFileName: fields.fileName,
        fileSizeInByte: sizeBytes,
        fileCreatedAt: fields.fileCreatedAt,
        fileModifiedAt: fields.fileModifiedAt,
        localDateTime: fields.fileCreatedAt,
        isFavorite: fields.isFavorite,
        duration: fields.duration ?? null,
        livePhotoVideoId: fields.livePhotoVideoId ?? null,
      },
    }),
  );
  switch (created.outcome) {
    case 'created':
      return { id: assetId, status: 'created' };
    case 'duplicate':
      return undefined;
    case 'quota-exceeded':
      throw new DarkroomError('quota/exceeded');
    case 'no-motion-part':
      throw motionPartError('not-found');
    case 'lost':
      throw tookTooLong();
  }
}

const tookTooLong = () =>
  new DarkroomError('store/unavailable', 'The upload took too long and was taken back; send it again');
