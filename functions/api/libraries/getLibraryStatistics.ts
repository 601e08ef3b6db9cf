import * as libraries from '#shared/libraries/library.ts';
import { operation } from '../http/operation.ts';
import { getLibraryById } from './read-library.ts';
import { lowerCaseIdParams } from '../http/fields.ts';

export const getLibraryStatistics = operation('getLibraryStatistics', {
  method: 'GET',
  path: '/libraries/:id/statistics',
  auth: 'admin',
  permission: 'library.statistics',
  status: 200,
  params: lowerCaseIdParams,
  handler: async ({ ports: { db } }, { params: { id } }) => {
    await getLibraryById(db, id);
    const counts = (await libraries.countLibraryAssets(db, [id])).get(id);
    const { photos, videos, sizeBytes } = counts ?? { photos: 0, videos: 0, sizeBytes: 0 };
    return { photos, videos, total: photos + videos, usage: sizeBytes };
  },
});
