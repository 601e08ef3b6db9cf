import { DarkroomError } from '#shared/errors/errors.ts';
import { type AssetId, isUuid, type FaceId, type UserId } from '#shared/ids/ids.ts';
import type { StoreKey } from './store.ts';

/** What is rendered from an original, by the ending of its key. */
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
 * True for what lies where uploads do: only Darkroom writes there, so that nobody else takes it away. Anything else that
 * is shown, in `library/` or outside of the store, is merely watched.
 */
export function isUploadKey(location: string): boolean {
  return location.startsWith('upload/');
}

/** Where a file rendered from an original lives: `thumbs/<userId>/<aa>/<bb>/<assetId>_<kind>`. */
export function derivedKey(userId: UserId, assetId: AssetId, kind: DerivedKind): StoreKey {
  return `thumbs/${assetPath(userId, assetId)}_${kind}`;
}

/**
 * Where the portrait made of a face lives: `thumbs/<userId>/people/<faceId>.jpeg`. Each face has its own, so that one
 * that is made late never takes the place of another.
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
