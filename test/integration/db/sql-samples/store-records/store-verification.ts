import * as storeVerification from '#shared/store-records/store-verification.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof storeVerification> = {
  listOriginalsToVerify: (db) =>
    storeVerification.listOriginalsToVerify(db, { store: 'folder', after: '', limit: 1000 }),
  findVerifications: (db) => storeVerification.findVerifications(db),
  saveVerifications: (db) => storeVerification.saveVerifications(db, {}),
};
