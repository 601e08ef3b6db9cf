import { operation } from '../http/operation.ts';
import { requireAccess } from '../http/require-access.ts';
import { mergeIntoFirst } from './merge-people.ts';
import { idsBody } from '../http/fields.ts';
import { idParams } from '../http/fields.ts';

/** The older operation, with the target person in the path and the others in the body. */
export const mergePersonLegacy = operation('mergePersonLegacy', {
  method: 'POST',
  path: '/people/:id/merge',
  auth: 'user',
  permission: 'person.merge',
  status: 200,
  params: idParams,
  body: idsBody,
  handler: async (context, { params: { id }, body: { ids } }) => {
    await requireAccess(context, 'person.update', [id]);
    return mergeIntoFirst(context, [id, ...ids]);
  },
});
