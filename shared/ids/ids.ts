import { createHash, randomUUID } from 'node:crypto';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]?: Name };

export type UserId = Branded<'UserId'>;
export type AssetId = Branded<'AssetId'>;
export type AlbumId = Branded<'AlbumId'>;
export type FaceId = Branded<'FaceId'>;

/** A random UUID v4, the form that every Immich client expects of ids. */
export function newId(): string {
  return randomUUID();
}

/** Returns the same id for the same parts: 64 hex digits of SHA-256 over the parts, each with its length. */
export function deterministicId(...parts: readonly (string | number)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(String(part))}:${part};`);
  return hash.digest('hex');
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** True for the textual form of any UUID. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
