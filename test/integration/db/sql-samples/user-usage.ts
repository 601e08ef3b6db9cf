import * as userUsage from '#shared/db/queries/user-usage.ts';
import type { SamplesOf } from './sample.ts';

export const samples: SamplesOf<typeof userUsage> = {
  listUserUsage: (db) => userUsage.listUserUsage(db),
};
