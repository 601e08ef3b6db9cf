import { operation } from '../http/operation.ts';
import { readLibrary } from './read-library.ts';
import { getLibraryById } from './read-library.ts';
import { lowerCaseIdParams } from '../http/fields.ts';

export const getLibrary = operation('getLibrary', {
  method: 'GET',
  path: '/libraries/:id',
  auth: 'admin',
  permission: 'library.read',
  status: 200,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db } }, { params: { id } }) => {
    return readLibrary(db, await getLibraryById(db, id));
  },
});
