import { findAssetByChecksum, type KnownAsset } from '#shared/assets/create-asset.ts';
import { restartTrashTime } from '#shared/assets/trash.ts';
import { isUploadKey } from '#shared/store/asset-keys.ts';
import type { ApiPorts } from '../http/api-ports.ts';

type KeptOriginalPorts = Pick<ApiPorts, 'db' | 'store'>;

export type Whereabouts =
  | { state: 'nowhere' }
  /** Darkroom keeps the bytes: a client need not send them. */
  | { state: 'kept'; assetId: string }
  /** An asset has the bytes in a watched file, which others may remove; or its file is missing. */
  | { state: 'watched' | 'lost'; asset: KnownAsset };

/**
 * Finds the asset of an owner that has these bytes, and checks its file. If the asset is in the trash its retention time
 * starts anew, since the client is told that the bytes are kept.
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
 * True if Darkroom wrote the original of the asset itself, and the store has it in full size. Only then may a client be
 * told that the bytes are kept, because it may then delete its own copy.
 * @throws store/unavailable
 */
export async function isOriginalKept(
  { store }: Pick<KeptOriginalPorts, 'store'>,
  { originalPath, fileSizeInByte, isOffline }: Pick<KnownAsset, 'originalPath' | 'fileSizeInByte' | 'isOffline'>,
): Promise<boolean> {
  if (isOffline || !isUploadKey(originalPath)) return false;
  return (await store.find(originalPath))?.sizeBytes === fileSizeInByte;
}
