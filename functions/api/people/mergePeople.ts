import { operation } from '../http/operation.ts';
import { mergeIntoFirst } from './merge-people.ts';
import { idsBody } from '../http/fields.ts';

export const mergePeople = operation('mergePeople', {
  method: 'POST',
  path: '/people/merge',
  auth: 'user',
  permission: 'person.merge',
  status: 200,
  body: idsBody,
  handler: async (context, { body: { ids } }) => {
    return mergeIntoFirst(context, ids);
  },
});
