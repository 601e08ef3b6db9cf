import type { Person } from '#shared/db/tables.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import { findPerson } from '#shared/people/person.ts';
import type { RequestContext } from '../http/operation.ts';
import { requireAccess, type AccessPermission } from '../http/require-access.ts';

/** Checks the permission and reads the person. @throws access/denied */
export async function readPerson(context: RequestContext, permission: AccessPermission, id: string): Promise<Person> {
  await requireAccess(context, permission, [id]);
  const person = await findPerson(context.ports.db, id);
  if (person === undefined) throw new DarkroomError('access/denied', `Not found or no ${permission} access`);
  return person;
}
