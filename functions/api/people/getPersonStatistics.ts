import * as people from '#shared/people/person.ts';
import { operation } from '../http/operation.ts';
import { readPerson } from './read-person.ts';
import { idParams } from '../http/fields.ts';

export const getPersonStatistics = operation('getPersonStatistics', {
  method: 'GET',
  path: '/people/:id/statistics',
  auth: 'user',
  permission: 'person.statistics',
  status: 200,
  params: idParams,
  handler: async (context, { params: { id } }) => {
    const person = await readPerson(context, 'person.statistics', id);
    return { assets: await people.countAssetsOfPerson(context.ports.db, person) };
  },
});
