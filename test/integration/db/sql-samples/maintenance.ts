import * as maintenance from '#shared/db/queries/maintenance.ts';
import type { SamplesOf } from './sample.ts';

export const samples: SamplesOf<typeof maintenance> = {
  analyzeTables: (db) => maintenance.analyzeTables(db),
};
