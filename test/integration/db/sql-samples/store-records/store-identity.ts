import * as storeIdentity from '#shared/store-records/store-identity.ts';
import { newId } from '#shared/ids/ids.ts';
import type { SamplesOf } from '../sample.ts';

const [id, epoch, next] = [newId(), newId(), newId()];

export const samples: SamplesOf<typeof storeIdentity> = {
  findStoreIdentity: (db) => storeIdentity.findStoreIdentity(db),
  proposeStoreIdentity: (db) => storeIdentity.proposeStoreIdentity(db, { id, epoch }),
  confirmStoreIdentity: (db) => storeIdentity.confirmStoreIdentity(db),
  beginEpoch: (db) => storeIdentity.beginEpoch(db, { current: epoch, next, isAlone: false }),
  completeEpoch: (db) => storeIdentity.completeEpoch(db, next),
  holdDeletions: (db) => storeIdentity.holdDeletions(db, 'the epochs differ'),
  partFromStore: (db) => storeIdentity.partFromStore(db, { epoch, reason: 'restored' }),
  releaseDeletions: (db) => storeIdentity.releaseDeletions(db),
  adoptStore: (db) => storeIdentity.adoptStore(db, { id, epoch, reason: 'adopted' }),
  resumeDeletions: (db) => storeIdentity.resumeDeletions(db, next),
  listOriginalsToRecognize: (db) => storeIdentity.listOriginalsToRecognize(db, 10),
};
