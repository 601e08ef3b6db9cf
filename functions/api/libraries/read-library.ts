import type { Db } from '#shared/db/db.ts';
import type { Library } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import * as libraries from '#shared/libraries/library.ts';
import type { ResponseOf } from '../http/contract.ts';
import { serializeLibrary } from './serialize-library.ts';

/** @throws input/invalid */
export async function getLibraryById(db: Db, id: string): Promise<Library> {
  return requireLibrary(await libraries.findLibrary(db, id));
}

/** @throws input/invalid if the library does not exist */
export function requireLibrary(library: Library | undefined): Library {
  if (library === undefined) throw new DarkroomError('input/invalid', 'Library not found');
  return library;
}

/** Adds the number of its assets. */
export async function readLibrary(db: Db, library: Library): Promise<ResponseOf<'getLibrary'>> {
  const counts = await libraries.countLibraryAssets(db, [library.id]);
  return serializeLibrary(library, counts.get(library.id));
}
