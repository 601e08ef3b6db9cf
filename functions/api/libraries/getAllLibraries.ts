import * as libraries from '#shared/libraries/library.ts';
import { operation } from '../http/operation.ts';
import { serializeLibrary } from './serialize-library.ts';

export const getAllLibraries = operation('getAllLibraries', {
  method: 'GET',
  path: '/libraries',
  auth: 'admin',
  permission: 'library.read',
  status: 200,
  handler: async ({ ports: { db } }) => {
    const all = await libraries.listLibraries(db);
    const counts = await libraries.countLibraryAssets(
      db,
      all.map((it) => it.id),
    );
    return all.map((library) => serializeLibrary(library, counts.get(library.id)));
  },
});
