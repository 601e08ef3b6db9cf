import { crashPoint } from '#shared/crash/crash-point.ts';
import { renderAsset } from '#shared/assets/render-asset.ts';
import type { Asset } from '#shared/db/tables.ts';
import type { Decoder } from '#shared/media/decoder.ts';
import type { Attempt, StageResult } from '#shared/pipeline/run-stage.ts';
import { derivedKey } from '#shared/store/asset-keys.ts';
import type { Store } from '#shared/store/store.ts';

export interface ThumbnailPorts {
  store: Pick<Store, 'toLocalFile' | 'put' | 'delete'>;
  renderImage: Decoder['renderImage'];
  inputPixelsMax: number;
  missingPercentMax: number;
  /** False where faces are switched off: the thumbnail is then the last stage. */
  looksForFaces: boolean;
}

/** Makes the thumbnail, the preview and the thumbhash of an asset. Idempotent: the files have fixed keys. */
export async function makeThumbnail(
  { store, renderImage, inputPixelsMax, missingPercentMax, looksForFaces }: ThumbnailPorts,
  asset: Asset,
  signal: AbortSignal,
  attempt: Attempt,
): Promise<StageResult> {
  if (asset.visibility === 'hidden') return { goesOn: false };
  await using file = await store.toLocalFile(asset.originalPath);
  const limits = { inputPixelsMax, missingPercentMax };
  const image = await renderImage(file.path, { fileName: asset.originalFileName, signal, ...limits }, attempt);
  const files = [
    { type: 'thumbnail', path: derivedKey(asset.ownerId, asset.id, 'thumbnail.webp'), bytes: image.thumbnail.bytes },
    { type: 'preview', path: derivedKey(asset.ownerId, asset.id, 'preview.jpeg'), bytes: image.preview.bytes },
  ] as const;
  await Promise.all(files.map(({ path, bytes }) => store.put(path, bytes)));
  crashPoint('thumbnail/after-files');
  return {
    reason: image.warning,
    goesOn: looksForFaces,
    write: (tx) =>
      renderAsset(tx, asset.id, {
        thumbhash: Buffer.from(image.thumbhash),
        files,
      }),
    discard: async () => {
      for (const { path } of files) await store.delete(path);
    },
  };
}
