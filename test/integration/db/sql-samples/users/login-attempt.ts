import { randomBytes } from 'node:crypto';
import * as loginAttempt from '#shared/users/login-attempt.ts';
import type { SamplesOf } from '../sample.ts';

export const samples: SamplesOf<typeof loginAttempt> = {
  async takeLoginTurn(db) {
    const key = randomBytes(32);
    for (let turn = 0; turn < 7; turn++) await loginAttempt.takeLoginTurn(db, key, 5);
  },
  forgetLoginAttempt: (db) => loginAttempt.forgetLoginAttempt(db, randomBytes(32)),
  clearLoginAttempts: (db) => loginAttempt.clearLoginAttempts(db, randomBytes(32)),
};
