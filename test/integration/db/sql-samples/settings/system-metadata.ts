import * as systemMetadata from '#shared/settings/system-metadata.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof systemMetadata> = {
  findSystemMetadata: (db) => systemMetadata.findSystemMetadata(db, 'admin-onboarding'),
  putSystemMetadata: (db) => systemMetadata.putSystemMetadata(db, 'admin-onboarding', { isOnboarded: true }),
  listSystemMetadataKeys: (db) => systemMetadata.listSystemMetadataKeys(db, 'paused:'),
  deleteSystemMetadata: (db) => systemMetadata.deleteSystemMetadata(db, 'admin-onboarding'),
};
