import * as libraries from '#shared/libraries/library.ts';
import { operation } from '../http/operation.ts';
import { requireLibrary } from './read-library.ts';
import { lowerCaseIdParams } from '../http/fields.ts';

/** Deletes a library with its assets, but not its files. */
export const deleteLibrary = operation('deleteLibrary', {
  method: 'DELETE',
  path: '/libraries/:id',
  auth: 'admin',
  permission: 'library.delete',
  status: 204,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db, relay } }, { params: { id } }) => {
    if (!(await libraries.deleteLibrary(db, id))) requireLibrary(undefined);
    relay.kick();
  },
});
