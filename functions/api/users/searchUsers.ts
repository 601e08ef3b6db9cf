import { listUsers } from '#shared/users/user.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { serializeUser } from './serialize.ts';

/** Everybody who has an account, to share with. */
export async function searchUsers({ ports: { db } }: RequestContext): Promise<ResponseOf<'searchUsers'>> {
  return (await listUsers(db)).map(serializeUser);
}
