import * as objectAudit from '#shared/store-records/object-audit.ts';
import type { SamplesOf } from '../sample.ts';

const store = 'folder';

export const samples: SamplesOf<typeof objectAudit> = {
  listKnownOriginals: (db) => objectAudit.listKnownOriginals(db, { store, after: '', limit: 1000 }),
  listUnknownKeys: (db) => objectAudit.listUnknownKeys(db, { store, keys: ['upload/a.jpg'], isRestored: false }),
  listKnownRenderings: (db, { assetIds }) =>
    objectAudit.listKnownRenderings(db, { assetId: assetIds[0], path: '' }, 1000),
};
