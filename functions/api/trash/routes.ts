import { notYet, type Operations } from '../route.ts';

export const trashRoutes = {
  emptyTrash: notYet({ method: 'POST', path: '/trash/empty', auth: 'user', permission: 'asset.delete', status: 200 }),
  restoreTrash: notYet({
    method: 'POST',
    path: '/trash/restore',
    auth: 'user',
    permission: 'asset.delete',
    status: 200,
  }),
  restoreAssets: notYet({
    method: 'POST',
    path: '/trash/restore/assets',
    auth: 'user',
    permission: 'asset.delete',
    status: 200,
  }),
} satisfies Partial<Operations>;
