import { DarkroomError } from '#shared/errors/errors.ts';
import * as faces from '#shared/people/place-face.ts';
import type { ResponseOf } from '../http/contract.ts';
import type { RequestContext } from '../http/operation.ts';
import { listAllowed } from '../http/require-access.ts';
import { removePortraits } from './remove-portraits.ts';

/** Merges people into the first one that belongs to the caller; returns the result for each other person. */
export async function mergeIntoFirst(
  context: RequestContext,
  ids: readonly string[],
): Promise<ResponseOf<'mergePeople'>> {
  if (ids.length < 2) throw new DarkroomError('input/invalid', 'At least two people are required for merging');
  if (new Set(ids).size !== ids.length)
    throw new DarkroomError('input/invalid', 'Cannot merge a person into themselves');
  const allowed = await listAllowed(context, 'person.merge', ids);
  const { ports, auth } = context;
  const own = ids.filter((id) => allowed.has(id));
  const merged = await faces.mergePeople(ports.db, auth.user.id, own);
  await removePortraits(ports, merged);
  ports.relay.kick();
  const gone = new Set(merged.map((it) => it.id));
  return ids
    .filter((id) => id !== own[0])
    .map((id) => {
      if (gone.has(id)) return { id, success: true };
      return { id, success: false, error: allowed.has(id) ? 'not_found' : 'no_permission' };
    });
}
