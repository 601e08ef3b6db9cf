/** The types of Darkroom's events by their names in the code; `catalogue` describes them. */
export const eventTypes = {
  objectCreated: 'photos.darkroom.object.created.v1',
  objectRemoved: 'photos.darkroom.object.removed.v1',
  objectMoved: 'photos.darkroom.object.moved.v1',
  assetCreated: 'photos.darkroom.asset.created.v1',
  assetDescribed: 'photos.darkroom.asset.described.v1',
  assetRendered: 'photos.darkroom.asset.rendered.v1',
  facesEmbedded: 'photos.darkroom.faces.embedded.v1',
  assetDeleted: 'photos.darkroom.asset.deleted.v1',
  listingUnfinished: 'photos.darkroom.listing.unfinished.v1',
  scanRequested: 'photos.darkroom.scan.requested.v1',
  scanUnfinished: 'photos.darkroom.scan.unfinished.v1',
} as const;

const prefix = 'photos.darkroom.';

/** Returns `object.created` for `photos.darkroom.object.created.v1`; other types are unchanged. */
export function shortenType(type: string): string {
  return type.startsWith(prefix) ? type.slice(prefix.length).replace(/\.v1$/, '') : type;
}

/** The inverse of `shortenType`; a full type is unchanged. */
export function expandType(name: string): string {
  return /^[a-z]+\.[a-z]+$/.test(name) ? `${prefix}${name}.v1` : name;
}

/** What watchers report about files and objects. */
export const objectTypes: readonly string[] = [
  eventTypes.objectCreated,
  eventTypes.objectRemoved,
  eventTypes.objectMoved,
];
