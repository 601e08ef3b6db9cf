import * as storedObject from '#shared/assets/stored-object.ts';
import type { SamplesOf } from '../sample.ts';

const key = { store: 'folder', key: 'upload/a.jpg' };

export const samples: SamplesOf<typeof storedObject> = {
  reserveObject: (db, { userId, assetIds }) =>
    storedObject.reserveObject(db, { ...key, ownerId: userId, assetId: assetIds[0], holder: 'h', leaseSeconds: 60 }),
  renewReservation: (db) => storedObject.renewReservation(db, key, 60),
  keepReservation: (db, { assetIds }) =>
    storedObject.keepReservation(db, key, { assetId: assetIds[0], sizeBytes: 1000 }),
  abandonReservation: (db) => storedObject.abandonReservation(db, key),
  async claimAbandonedReservations(db) {
    await storedObject.claimAbandonedReservations(db, { holder: 'h', leaseSeconds: 60, limit: 10 });
    await storedObject.claimAbandonedReservations(db, { holder: 'h', leaseSeconds: 60, limit: 10, onlyHolder: 'h' });
  },
  listAbandoned: (db) => storedObject.listAbandoned(db, 'folder', 10),
  postponeAbandoned: (db) => storedObject.postponeAbandoned(db, key),
  setObjectAside: (db) => storedObject.setObjectAside(db, key, 'it is no upload'),
  deleteStoredObject: (db) => storedObject.deleteStoredObject(db, key),
  listDuplicatesOf: (db, { assetIds }) => storedObject.listDuplicatesOf(db, assetIds[0]),
  findStoredObject: (db) => storedObject.findStoredObject(db, key),
  listRevisions: (db) => storedObject.listRevisions(db, [key, { store: 'external', key: '/mnt/photos/a.jpg' }]),
  recordObject: (db, { userId }) =>
    storedObject.recordObject(db, key, {
      state: 'refused',
      assetId: null,
      ownerId: userId,
      sizeBytes: 1000,
      version: 'v',
      reason: 'not-a-photo',
    }),
  disownObjects: (db, { userId }) => storedObject.disownObjects(db, userId),
};
