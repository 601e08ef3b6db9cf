import * as library from '#shared/libraries/library.ts';
import { newId } from '#shared/ids/ids.ts';
import type { Db } from '#shared/db/db.ts';
import type { SamplesOf } from '../sample.ts';

const newLibrary = (ownerId: string) => ({
  id: newId(),
  ownerId,
  name: 'Photos',
  importPaths: ['/mnt/photos'],
  exclusionPatterns: ['**/Raw/**'],
});
const add = (db: Db, ownerId: string) => library.createLibrary(db, newLibrary(ownerId));

export const samples: SamplesOf<typeof library> = {
  listLibraries: (db) => library.listLibraries(db),
  listServedLibraries: (db) => library.listServedLibraries(db),
  findLibrary: (db) => library.findLibrary(db, newId()),
  holdLibrary: (db) => library.holdLibrary(db, newId()),
  createLibrary: (db, { userId }) => add(db, userId),
  async updateLibrary(db, { userId }, unrecorded) {
    const { id } = await add(unrecorded, userId);
    await library.updateLibrary(db, id, { importPaths: ['/mnt/pictures'] });
  },
  async deleteLibrary(db, { userId }, unrecorded) {
    const { id } = await add(unrecorded, userId);
    await library.deleteLibrary(db, id);
  },
  forgetDeletedLibraries: (db) => library.forgetDeletedLibraries(db),
  noteScanRequests: (db) => library.noteScanRequests(db, [newId()]),
  findScanRequest: (db) => library.findScanRequest(db, newId()),
  endScanRequest: (db) => library.endScanRequest(db, newId(), new Date('2024-05-06T07:08:09.123Z')),
  countLibraryScans: (db) => library.countLibraryScans(db),
  countLibraryAssets: (db) => library.countLibraryAssets(db, [newId()]),
  listLibraryOriginals: (db) => library.listLibraryOriginals(db, newId(), { after: newId(), limit: 1000 }),
  noteLibraryScan: (db) => library.noteLibraryScan(db, newId(), new Date(0)),
};
