import { DarkroomError } from '#shared/errors/errors.ts';
import { type AssetId, isUuid, type FaceId, type UserId } from '#shared/ids/ids.ts';
import type { StoreKey } from './store.ts';

/** The derivatives of an original, as the endings of their keys. */
export type DerivedKind = 'thumbnail.webp' | 'preview.jpeg';

/**
 * Where an uploaded original lives: `upload/<userId>/<aa>/<bb>/<assetId>.<extension>`, aa and bb being the id's first
 * two bytes, so that no folder grows beyond some hundred entries.
 * @param extension without the dot; letters and digits, at most 10
 */
export function originalKey(userId: UserId, assetId: AssetId, extension: string): StoreKey {
  const ending = extension.toLowerCase();
  if (!/^[a-z0-9]{1,10}$/.test(ending)) {
    throw new DarkroomError('store/invalid-key', `${JSON.stringify(extension)} is not a file name extension`);
  }
  return `upload/${assetPath(userId, assetId)}.${ending}`;
}

/**
 * True for keys below `upload/`, where only Darkroom writes and deletes. All other originals, in `library/` or outside
 * of the store, are watched files of others.
 */
export function isUploadKey(location: string): boolean {
  return location.startsWith('upload/');
}

/** Where a file rendered from an original lives: `thumbs/<userId>/<aa>/<bb>/<assetId>_<kind>`. */
export function derivedKey(userId: UserId, assetId: AssetId, kind: DerivedKind): StoreKey {
  return `thumbs/${assetPath(userId, assetId)}_${kind}`;
}

/**
 * Where the portrait made of a face lives: `thumbs/<userId>/people/<faceId>.jpeg`. Each face has its own key, so that a
 * portrait rendered late never overwrites another.
 */
export function portraitKey(userId: UserId, faceId: FaceId): StoreKey {
  return `thumbs/${parseId(userId)}/people/${parseId(faceId)}.jpeg`;
}

function assetPath(userId: UserId, assetId: AssetId): string {
  const id = parseId(assetId);
  return `${parseId(userId)}/${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`;
}

function parseId(id: string): string {
  if (!isUuid(id)) throw new DarkroomError('store/invalid-key', `${JSON.stringify(id)} is not a UUID`);
  return id.toLowerCase();
}
