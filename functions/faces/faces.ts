import type { Db } from '#shared/db/db.ts';
import { lockPeopleOf, replaceFaces } from '#shared/people/asset-face.ts';
import { redriveStage } from '#shared/stages/stage-queue.ts';
import { findAssetFilePath } from '#shared/assets/render-asset.ts';
import type { Asset } from '#shared/db/tables.ts';
import { isDarkroomError } from '#shared/errors/errors.ts';
import type { DetectedFace } from '#shared/faces/face-engine.ts';
import type { Decoder } from '#shared/media/decoder.ts';
import type { RgbImage } from '#shared/media/decode-rgb.ts';
import type { Attempt, StageResult } from '#shared/pipeline/run-stage.ts';
import type { Store } from '#shared/store/store.ts';

export interface FacesPorts {
  db: Db;
  store: Pick<Store, 'toLocalFile'>;
  decodeRgb: Decoder['decodeRgb'];
  /** @throws faces/models-missing */
  detectAndEmbed: (image: RgbImage, signal: AbortSignal) => Promise<DetectedFace[]>;
  modelSet: string;
}

/** The longest edge of the decoded preview; faces too small for it are not worth more pixels. */
const maxEdgePixels = 2160;

/** Finds the faces of an asset in its preview. Without models the stage is `unsupported`, with the reason. */
export async function findFaces(
  ports: FacesPorts,
  asset: Asset,
  signal: AbortSignal,
  attempt: Attempt,
): Promise<StageResult> {
  const { db, store, decodeRgb, detectAndEmbed, modelSet } = ports;
  const previewPath = await findAssetFilePath(db, asset.id, 'preview');
  if (previewPath === undefined) return { state: 'unsupported', reason: 'There is no preview' };
  await using preview = await store.toLocalFile(previewPath);
  const image = await decodeRgb(preview.path, { maxEdgePixels }, attempt);
  try {
    const faces = await detectAndEmbed(image, signal);
    const found = {
      assetId: asset.id,
      ownerId: asset.ownerId,
      modelSet,
      imageWidth: image.width,
      imageHeight: image.height,
      faces,
    };
    return {
      lock: (tx) => lockPeopleOf(tx, asset.ownerId),
      write: async (tx) => {
        await replaceFaces(tx, found);
        // `people` may be done for the old faces; reopen it so that the new ones are clustered.
        if (faces.length > 0) await redriveStage(tx, { assetId: asset.id, stage: 'people' });
      },
      goesOn: faces.length > 0,
    };
  } catch (error) {
    if (!isDarkroomError(error, 'faces/models-missing')) throw error;
    return { state: 'unsupported', reason: error.message };
  }
}
