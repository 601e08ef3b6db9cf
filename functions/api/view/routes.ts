import { notYet, type Operations } from '../route.ts';

export const viewRoutes = {
  getAssetsByOriginalPath: notYet({
    method: 'GET',
    path: '/view/folder',
    auth: 'user',
    permission: 'folder.read',
    status: 200,
  }),
  getUniqueOriginalPaths: notYet({
    method: 'GET',
    path: '/view/folder/unique-paths',
    auth: 'user',
    permission: 'folder.read',
    status: 200,
  }),
} satisfies Partial<Operations>;
