import type { Config } from '#shared/config/config.ts';
import type { Db } from '#shared/db/db.ts';
import { holdLibrary, listServedLibraries } from '#shared/libraries/library.ts';
import { findOwnerOfFolder, holdFolder, ownerFolderOf } from '#shared/users/owner-folder.ts';
import type { Asset, Library } from '#shared/db/tables.ts';
import { createExclusion } from '#shared/store/exclusion.ts';
import { bucketLocation, isExternalLocation, isWithin, libraryPrefix } from '#shared/store/location.ts';

export interface OwnershipPorts {
  db: Db;
  config: Pick<Config, 'DARKROOM_WATCH_FOLDER' | 'DARKROOM_WATCH_BUCKET'>;
}

export interface Owned {
  state: 'owned';
  ownerId: string;
  libraryId: string | null;
  ownerFolder: string | null;
}

/** The owner of a file by its location. `foreign`: nothing is watched there; mostly files that Darkroom wrote. */
export type Ownership = Owned | { state: 'unowned'; ownerFolder: string | null; reason: string } | { state: 'foreign' };

/**
 * The first folder below `library/` of the store, or below the watched folder or bucket, names the owner. Any other
 * absolute path belongs to the library whose import path lies closest above it, unless that library excludes it.
 */
export async function findOwnership({ db, config }: OwnershipPorts, location: string): Promise<Ownership> {
  const below = watchedPartOf(config, location);
  if (below !== undefined) {
    const ownerFolder = ownerFolderOf(below);
    if (ownerFolder === null) return { state: 'unowned', ownerFolder: null, reason: 'lies in the folder of no user' };
    const owner = await findOwnerOfFolder(db, ownerFolder);
    return owner === undefined
      ? { state: 'unowned', ownerFolder, reason: `no user has the storage label ${ownerFolder}` }
      : { state: 'owned', ownerId: owner.id, libraryId: null, ownerFolder };
  }
  if (!isExternalLocation(location)) return { state: 'foreign' };
  const library = findLibraryOf(await listServedLibraries(db), location);
  if (library === undefined) return { state: 'unowned', ownerFolder: null, reason: 'lies in no library' };
  if (createExclusion(library.exclusionPatterns)(location))
    return { state: 'unowned', ownerFolder: null, reason: 'excluded by its library' };
  return { state: 'owned', ownerId: library.ownerId, libraryId: library.id, ownerFolder: null };
}

/** Like `findOwnership`, and locks the answer until the transaction ends. */
export async function holdOwnership(ports: OwnershipPorts, location: string): Promise<Ownership> {
  const { db, config } = ports;
  const below = watchedPartOf(config, location);
  const folder = below === undefined ? null : ownerFolderOf(below);
  if (folder !== null) await holdFolder(db, folder);
  const ownership = await findOwnership(ports, location);
  if (ownership.state !== 'owned' || ownership.libraryId === null) return ownership;
  await holdLibrary(db, ownership.libraryId);
  return await findOwnership(ports, location);
}

/** True if a place belongs to an asset's owner and library: only then the file there is its original. */
export function isOfPlace({ ownerId, libraryId }: Pick<Asset, 'ownerId' | 'libraryId'>, place: Ownership): boolean {
  return place.state === 'owned' && place.ownerId === ownerId && place.libraryId === libraryId;
}

/** What comes after `library/`, or after the watched folder or bucket; undefined elsewhere. */
function watchedPartOf(config: OwnershipPorts['config'], location: string): string | undefined {
  if (location.startsWith(libraryPrefix)) return location.slice(libraryPrefix.length);
  const { DARKROOM_WATCH_FOLDER: folder, DARKROOM_WATCH_BUCKET: bucket } = config;
  if (folder !== undefined && isWithin(location, folder)) return location.slice(folder.length + 1);
  const prefix = bucket === undefined ? undefined : bucketLocation(bucket);
  return prefix !== undefined && location.startsWith(prefix) ? location.slice(prefix.length) : undefined;
}

/** Of two libraries with the same path, the older one has the file. */
function findLibraryOf(libraries: readonly Library[], location: string): Library | undefined {
  const [closest] = libraries
    .flatMap((library) => library.importPaths.map((path) => ({ library, path })))
    .filter(({ path }) => isWithin(location, path))
    .sort((a, b) => b.path.length - a.path.length);
  return closest?.library;
}
