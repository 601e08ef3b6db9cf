import type { Db } from '#shared/db/db.ts';
import * as libraries from '#shared/libraries/library.ts';
import { writeOutbox } from '#shared/outbox/outbox.ts';
import type { Library } from '#shared/db/tables.ts';
import { inTransaction } from '#shared/db/transaction.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { objectRemoved } from '#shared/events/new-event.ts';
import { scanRequested } from '#shared/events/new-event.ts';
import { newId } from '#shared/ids/ids.ts';
import { createExclusion } from '#shared/store/exclusion.ts';
import { isWithin } from '#shared/store/location.ts';
import { getUserById } from '../admin-users/find-user-admin.ts';
import type { BodyOf, ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { findFault, findFaultOfName } from './import-paths.ts';
import { serializeLibrary } from './serialize.ts';

type LibraryResponse = ResponseOf<'getLibrary'>;

const source = '/darkroom/api';
const nameDefault = 'New External Library';
/** What a NAS, macOS and Syncthing keep beside the pictures. */
const exclusionsDefault = [
  '**/@eaDir/**',
  '**/._*',
  '**/#recycle/**',
  '**/#snapshot/**',
  '**/.stversions/**',
  '**/.stfolder/**',
];

/** @throws input/invalid */
async function getLibraryById(db: Db, id: string): Promise<Library> {
  return requireLibrary(await libraries.findLibrary(db, id));
}

function requireLibrary(library: Library | undefined): Library {
  if (library === undefined) throw new DarkroomError('input/invalid', 'Library not found');
  return library;
}

async function toResponse(db: Db, library: Library): Promise<LibraryResponse> {
  const counts = await libraries.countLibraryAssets(db, [library.id]);
  return serializeLibrary(library, counts.get(library.id));
}

export async function getAllLibraries({ ports: { db } }: RequestContext): Promise<LibraryResponse[]> {
  const all = await libraries.listLibraries(db);
  const counts = await libraries.countLibraryAssets(
    db,
    all.map((it) => it.id),
  );
  return all.map((library) => serializeLibrary(library, counts.get(library.id)));
}

export async function getLibrary({ ports: { db } }: RequestContext, id: string): Promise<LibraryResponse> {
  return toResponse(db, await getLibraryById(db, id));
}

/** Makes a library. Its folders need not be there yet, but must be ones that may ever be read. */
export async function createLibrary(
  { ports: { db, config } }: RequestContext,
  { ownerId, name = nameDefault, importPaths = [], exclusionPatterns = exclusionsDefault }: BodyOf<'createLibrary'>,
): Promise<LibraryResponse> {
  await getUserById(db, ownerId, { withDeleted: false });
  createExclusion(exclusionPatterns);
  for (const path of importPaths) refuse(findFaultOfName(config, path));
  await refuseTaken(db, undefined, importPaths);
  return toResponse(
    db,
    await libraries.createLibrary(db, { id: newId(), ownerId, name, importPaths, exclusionPatterns }),
  );
}

/** Changes a library. What it no longer shows is offline soon; what it shows anew is found by the next scan. */
export async function updateLibrary(
  { ports: { db, config, relay } }: RequestContext,
  id: string,
  changes: BodyOf<'updateLibrary'>,
): Promise<LibraryResponse> {
  const before = await getLibraryById(db, id);
  createExclusion(changes.exclusionPatterns ?? []);
  const added = (changes.importPaths ?? []).filter((path) => !before.importPaths.includes(path));
  for (const path of added) refuse(await findFault(config, path));
  await refuseTaken(db, id, added);
  const library = await libraries.updateLibrary(db, id, changes, hideWhatIsOutside);
  relay.kick();
  return toResponse(db, requireLibrary(library));
}

function refuse(fault: string | undefined): void {
  if (fault !== undefined) throw new DarkroomError('input/invalid', `Invalid import path: ${fault}`);
}

/** One file is one asset: two libraries cannot show the same folder. One within the other's is its own. */
async function refuseTaken(db: Db, id: string | undefined, paths: readonly string[]): Promise<void> {
  const others = (await libraries.listLibraries(db)).filter((it) => it.id !== id);
  const taken = new Set(others.flatMap((it) => it.importPaths));
  if (paths.some((path) => taken.has(path))) refuse('Another library has it');
}

const pageAssets = 5_000;
const nilId = '00000000-0000-0000-0000-000000000000';

async function hideWhatIsOutside(tx: Db, { id, importPaths, exclusionPatterns }: Library): Promise<void> {
  const isExcluded = createExclusion(exclusionPatterns);
  const isShown = (key: string) => importPaths.some((path) => isWithin(key, path)) && !isExcluded(key);
  for (let after = nilId; ;) {
    const page = await libraries.listLibraryOriginals(tx, id, { after, limit: pageAssets });
    const hidden = page.filter(({ key }) => !isShown(key));
    await writeOutbox(
      tx,
      hidden.map(({ store, key, version }) => objectRemoved(source, { store, key, version: version ?? '' })),
    );
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.assetId;
  }
}

/** Deletes a library with its assets. Its files are never touched. */
export async function deleteLibrary({ ports: { db, relay } }: RequestContext, id: string): Promise<void> {
  if (!(await libraries.deleteLibrary(db, id))) requireLibrary(undefined);
  relay.kick();
}

/** Asks for scans of libraries; the queue `library` is busy from then on until they have ended. */
export async function requestScans(db: Db, ids: readonly string[]): Promise<void> {
  await inTransaction(db, async (tx) => {
    await libraries.noteScanRequests(tx, ids);
    await writeOutbox(
      tx,
      ids.map((libraryId) => scanRequested(source, { libraryId })),
    );
  });
}

/** Has the folders of a library looked through soon. */
export async function scanLibrary({ ports: { db, relay } }: RequestContext, id: string): Promise<void> {
  await getLibraryById(db, id);
  await requestScans(db, [id]);
  relay.kick();
}

export async function getLibraryStatistics(
  { ports: { db } }: RequestContext,
  id: string,
): Promise<ResponseOf<'getLibraryStatistics'>> {
  await getLibraryById(db, id);
  const counts = (await libraries.countLibraryAssets(db, [id])).get(id);
  const { photos, videos, sizeBytes } = counts ?? { photos: 0, videos: 0, sizeBytes: 0 };
  return { photos, videos, total: photos + videos, usage: sizeBytes };
}

/** Says of each path whether it could be read as an import path now. */
export async function validate(
  { ports: { db, config } }: RequestContext,
  id: string,
  { importPaths = [], exclusionPatterns = [] }: BodyOf<'validate'>,
): Promise<ResponseOf<'validate'>> {
  await getLibraryById(db, id);
  createExclusion(exclusionPatterns);
  const answers = importPaths.map(async (importPath) => {
    const fault = await findFault(config, importPath.replace(/(?<=[^/])\/+$/, ''));
    return fault === undefined ? { importPath, isValid: true } : { importPath, isValid: false, message: fault };
  });
  return { importPaths: await Promise.all(answers) };
}
