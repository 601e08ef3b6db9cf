import * as quota from '#shared/users/quota.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof quota> = {
  addQuotaUsage: (db, { userId }) => quota.addQuotaUsage(db, userId, 1000),
  forceQuotaUsage: (db, { userId }) => quota.forceQuotaUsage(db, userId, 1000),
};
