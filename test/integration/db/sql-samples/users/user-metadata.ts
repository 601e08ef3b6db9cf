import * as userMetadata from '#shared/users/user-metadata.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof userMetadata> = {
  findUserMetadata: (db, { userId }) => userMetadata.findUserMetadata(db, userId, 'preferences'),
  listUserMetadata: (db, { userId, otherUserId }) =>
    userMetadata.listUserMetadata(db, [userId, otherUserId], 'preferences'),
  putUserMetadata: (db, { userId }) => userMetadata.putUserMetadata(db, userId, 'preferences', {}),
  changeUserMetadata: (db, { userId }) => userMetadata.changeUserMetadata(db, userId, 'preferences', () => ({})),
  deleteUserMetadata: (db, { userId }) => userMetadata.deleteUserMetadata(db, userId, 'preferences'),
};
