import { deletePeople } from '#shared/people/place-face.ts';
import type { RequestContext } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { removePortraits } from './remove-portraits.ts';

/** Deletes people; their faces stay without a person. */
export async function removePeople(context: RequestContext, ids: readonly string[]): Promise<void> {
  await requireAccess(context, 'person.delete', ids);
  const { db } = context.ports;
  await removePortraits(context.ports, await deletePeople(db, context.auth.user.id, ids));
}
