import * as ownerFolder from '#shared/users/owner-folder.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof ownerFolder> = {
  findOwnerOfFolder: (db, { userId }) => ownerFolder.findOwnerOfFolder(db, userId),
  holdFolder: (db) => ownerFolder.holdFolder(db, 'ann'),
  async takeFolders(db, { userId }) {
    await ownerFolder.takeFolders(db, userId, 'ann');
  },
  announceFolders: (db, { userId }) => ownerFolder.announceFolders(db, [userId, 'ann']),
};
