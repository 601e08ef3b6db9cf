import type { ResponseOf } from '../contract.ts';

/** Whoever gets here has valid credentials. Any other answer makes the mobile app wipe its data. */
export async function validateAccessToken(): Promise<ResponseOf<'validateAccessToken'>> {
  return { authStatus: true };
}
