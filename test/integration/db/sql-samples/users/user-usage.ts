import * as userUsage from '#shared/users/user-usage.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof userUsage> = {
  listUserUsage: (db) => userUsage.listUserUsage(db),
};
