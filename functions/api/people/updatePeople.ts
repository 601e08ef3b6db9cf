import { z } from 'zod';
import { isDarkroomError } from '#shared/errors/errors.ts';
import type { BodyOf, ResponseOf } from '../http/contract.ts';
import { operation } from '../http/operation.ts';
import { changePerson } from './change-person.ts';
import { personChanges } from './person-schemas.ts';

const updatePeopleBody = z.object({
  people: z.array(z.object({ id: z.uuid(), ...personChanges })).max(10_000),
}) satisfies z.ZodType<BodyOf<'updatePeople'>>;

/** Changes many people and reports the result for each. */
export const updatePeople = operation('updatePeople', {
  method: 'PUT',
  path: '/people',
  auth: 'user',
  permission: 'person.update',
  status: 200,
  body: updatePeopleBody,
  handler: async (context, { body }) => {
    const results: ResponseOf<'updatePeople'> = [];
    for (const { id, ...changes } of body.people) {
      try {
        await changePerson(context, id, changes);
        results.push({ id, success: true });
      } catch (error) {
        if (!isDarkroomError(error, 'access/denied', 'input/invalid')) throw error;
        results.push({ id, success: false, error: 'unknown' });
      }
    }
    return results;
  },
});
