import * as ownerFolder from '#shared/db/queries/owner-folder.ts';
import type { SamplesOf } from './sample.ts';

export const samples: SamplesOf<typeof ownerFolder> = {
  findOwnerOfFolder: (db, { userId }) => ownerFolder.findOwnerOfFolder(db, userId),
  recordUnowned: (db) =>
    ownerFolder.recordUnowned(
      db,
      { store: 'folder', key: 'library/ann/a.jpg' },
      { folder: 'ann', sizeBytes: 1000, version: 'v', reason: 'no user' },
    ),
  announceUnowned: (db, { userId }) => ownerFolder.announceUnowned(db, { id: userId, storageLabel: 'ann' }),
};
