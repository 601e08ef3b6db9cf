import { listApiKeys } from '#shared/users/api-key.ts';
import type { ResponseOf } from '../contract.ts';
import type { RequestContext } from '../route.ts';
import { serializeApiKey } from './serialize.ts';

/** The caller's keys. */
export async function getApiKeys({ ports: { db }, auth }: RequestContext): Promise<ResponseOf<'getApiKeys'>> {
  return (await listApiKeys(db, auth.user.id)).map(serializeApiKey);
}
