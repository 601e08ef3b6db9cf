import * as account from '#shared/accounts/account.ts';
import { createLibrary } from '#shared/libraries/library.ts';
import { newId } from '#shared/ids/ids.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof account> = {
  async beginRemoval(db, { userId: ownerId }, unrecorded) {
    const library = { id: newId(), ownerId, name: 'Photos', importPaths: ['/mnt/photos'], exclusionPatterns: [] };
    await createLibrary(unrecorded, library);
    await account.beginRemoval(db, ownerId);
  },
  listAccountsToRemove: (db) => account.listAccountsToRemove(db, 7),
  isReadyToForget: (db, { userId }) => account.isReadyToForget(db, userId),
  listPeopleOfOwner: (db, { userId }) => account.listPeopleOfOwner(db, userId),
  async forgetAccount(db, { userId }, unrecorded) {
    await account.beginRemoval(unrecorded, userId);
    await unrecorded.deleteFrom('asset').where('ownerId', '=', userId).execute();
    await account.forgetAccount(db, userId);
  },
};
