import { findAssetByChecksum, type KnownAsset } from '#shared/assets/create-asset.ts';
import { restartTrashTime } from '#shared/assets/trash.ts';
import { isUploadKey } from '#shared/store/asset-keys.ts';
import type { ApiPorts } from '../http/api-ports.ts';

type KeptOriginalPorts = Pick<ApiPorts, 'db' | 'store'>;

/** Where an owner's bytes are. */
export type Whereabouts =
  | { state: 'nowhere' }
  /** Darkroom keeps them: a client need not send them. */
  | { state: 'kept'; assetId: string }
  /** An asset has them, in a file that somebody else may take away; or its file is gone. */
  | { state: 'watched' | 'lost'; asset: KnownAsset };

/**
 * Looks for the asset of an owner that has these bytes, and at its file. Where they are kept in the trash their time
 * starts anew, since a client is about to be told that they are kept.
 * @throws store/unavailable
 */
export async function findBytes(ports: KeptOriginalPorts, ownerId: string, checksum: Buffer): Promise<Whereabouts> {
  for (;;) {
    const asset = await findAssetByChecksum(ports.db, ownerId, checksum);
    if (asset === undefined) return { state: 'nowhere' };
    const isKept = await isOriginalKept(ports, asset);
    if (isKept && asset.status === 'trashed' && !(await restartTrashTime(ports.db, asset.id))) continue;
    if (isKept) return { state: 'kept', assetId: asset.id };
    const isWatched = !asset.isOffline && !isUploadKey(asset.originalPath);
    return { state: isWatched ? 'watched' : 'lost', asset };
  }
}

/**
 * True if Darkroom keeps the bytes of an asset: it wrote the original itself, and the store has all of it. Only then may
 * a client be told so; it may delete its own copy thereupon.
 * @throws store/unavailable
 */
export async function isOriginalKept(
  { store }: Pick<KeptOriginalPorts, 'store'>,
  { originalPath, fileSizeInByte, isOffline }: Pick<KnownAsset, 'originalPath' | 'fileSizeInByte' | 'isOffline'>,
): Promise<boolean> {
  if (isOffline || !isUploadKey(originalPath)) return false;
  return (await store.find(originalPath))?.sizeBytes === fileSizeInByte;
}
