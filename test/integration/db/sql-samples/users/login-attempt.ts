import { randomBytes } from 'node:crypto';
import * as loginAttempt from '#shared/users/login-attempt.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof loginAttempt> = {
  async limitLoginAttempt(db) {
    const key = randomBytes(32);
    for (let attempt = 0; attempt < 7; attempt++) await loginAttempt.limitLoginAttempt(db, key, 5);
  },
  forgetLoginAttempt: (db) => loginAttempt.forgetLoginAttempt(db, randomBytes(32)),
  clearLoginAttempts: (db) => loginAttempt.clearLoginAttempts(db, randomBytes(32)),
};
