import { notYet, type Operations } from '../route.ts';

export const assetFilesRoutes = {
  searchAssetFiles: notYet({
    method: 'GET',
    path: '/asset-files',
    auth: 'user',
    permission: 'assetFile.read',
    status: 200,
  }),
  deleteAssetFile: notYet({
    method: 'DELETE',
    path: '/asset-files/:id',
    auth: 'user',
    permission: 'assetFile.delete',
    status: 204,
  }),
  getAssetFile: notYet({
    method: 'GET',
    path: '/asset-files/:id',
    auth: 'user',
    permission: 'assetFile.read',
    status: 200,
  }),
  downloadAssetFile: notYet({
    method: 'GET',
    path: '/asset-files/:id/download',
    auth: 'user',
    permission: 'assetFile.download',
    raw: true,
    status: 200,
  }),
} satisfies Partial<Operations>;
