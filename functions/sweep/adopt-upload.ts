import { sidecarOf } from '#shared/store/sidecar-name.ts';
import { basename, extname } from 'node:path';
import { findAsset } from '#shared/assets/asset.ts';
import { createAsset, findAssetByChecksum, hasAssetOfSize } from '#shared/assets/create-asset.ts';
import type { Db } from '#shared/db/db.ts';
import { moveOriginal } from '#shared/assets/original.ts';
import { findUser } from '#shared/users/user.ts';
import type { Asset } from '#shared/db/tables.ts';
import { isUuid } from '#shared/ids/ids.ts';
import { findFormat } from '#shared/media/formats.ts';
import { originalKey } from '#shared/store/asset-keys.ts';
import { hashObject } from '#shared/store/hash-object.ts';
import type { Store, ObjectInfo } from '#shared/store/store.ts';

export interface AdoptUploadPorts {
  db: Db;
  store: Pick<Store, 'kind' | 'find' | 'read'>;
}

export type Adoption =
  /** A new asset with the id in the key, or an asset whose own file was missing. */
  | { outcome: 'adopted'; assetId: string }
  /** An asset has the same bytes; its own file was read and compared just now. */
  | { outcome: 'second-copy'; assetId: string }
  /** No asset has these bytes yet, and the client may send them again. */
  | { outcome: 'awaited' }
  | { outcome: 'unadoptable'; reason: string };

const unadoptable = (reason: string): Adoption => ({ outcome: 'unadoptable', reason });

export interface AdoptOptions {
  /** Does not create an asset yet, because the client may send the bytes again with their name and dates, which are lost here. */
  isAwaited?: boolean;
  signal: AbortSignal;
}

/** Creates an asset for a complete upload whose row is lost, with the id in its key. @throws store/unavailable */
export async function adoptUpload(
  ports: AdoptUploadPorts,
  object: ObjectInfo,
  { isAwaited = false, signal }: AdoptOptions,
): Promise<Adoption> {
  const { db, store } = ports;
  const { key, sizeBytes, modifiedAt } = object;
  const [, ownerId = ''] = key.split('/');
  const assetId = basename(key, extname(key));
  const format = findFormat(basename(key));
  const isWritten = isUuid(ownerId) && isUuid(assetId) && key === originalKey(ownerId, assetId, extname(key).slice(1));
  if (!isWritten || format === undefined || sizeBytes === 0) return unadoptable('it is not an upload');
  if ((await findUser(db, ownerId)) === undefined) return unadoptable('its owner has no account');
  if ((await findAsset(db, assetId)) !== undefined) return unadoptable('its asset has its original elsewhere');
  if (isAwaited && !(await hasAssetOfSize(db, ownerId, sizeBytes))) return { outcome: 'awaited' };
  const checksum = await hashObject(store, key, signal);
  if (isAwaited) {
    const same = await findAssetByChecksum(db, ownerId, checksum);
    return same === undefined
      ? { outcome: 'awaited' }
      : await settleSame(ports, object, { id: same.id, checksum, signal });
  }
  const sidecarKey = sidecarOf(key);
  const created = await createAsset(db, {
    store: store.kind,
    origin: { kind: 'found', version: object.version },
    sidecarPath: (await store.find(sidecarKey)) === undefined ? undefined : sidecarKey,
    asset: {
      id: assetId,
      ownerId,
      type: format.kind === 'video' ? 'VIDEO' : 'IMAGE',
      checksum,
      originalPath: key,
      originalFileName: basename(key),
      fileSizeInByte: sizeBytes,
      fileCreatedAt: modifiedAt,
      fileModifiedAt: modifiedAt,
      localDateTime: modifiedAt,
    },
  });
  switch (created.outcome) {
    case 'created':
      return { outcome: 'adopted', assetId };
    case 'duplicate':
      return await settleSame(ports, object, { id: created.assetId, checksum, signal });
    case 'quota-exceeded':
      return unadoptable('the quota of its owner is exceeded');
    case 'no-motion-part':
    case 'lost':
      return unadoptable('another asset was created concurrently');
  }
}

/** Handles bytes that another asset has, whose own file may be missing. */
async function settleSame(
  { db, store }: AdoptUploadPorts,
  { key, sizeBytes, version }: ObjectInfo,
  { id, checksum, signal }: { id: string; checksum: Buffer; signal: AbortSignal },
): Promise<Adoption> {
  const asset = await findAsset(db, id);
  if (asset === undefined) return unadoptable('another asset was created concurrently');
  if (await isWhole(store, asset, checksum, signal)) return { outcome: 'second-copy', assetId: id };
  const place = { store: store.kind, key, sizeBytes, version, isExternal: false, ownerFolder: null };
  return (await moveOriginal(db, asset, place))
    ? { outcome: 'adopted', assetId: id }
    : unadoptable('another asset was created concurrently');
}

async function isWhole(
  store: AdoptUploadPorts['store'],
  { originalPath, fileSizeInByte }: Asset,
  checksum: Buffer,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await store.find(originalPath);
  if (found?.sizeBytes !== fileSizeInByte) return false;
  return checksum.equals(await hashObject(store, originalPath, signal));
}
