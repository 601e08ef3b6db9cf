import { notYet, type Operations } from '../route.ts';

export const duplicatesRoutes = {
  deleteDuplicates: notYet({
    method: 'DELETE',
    path: '/duplicates',
    auth: 'user',
    permission: 'duplicate.delete',
    status: 204,
  }),
  getAssetDuplicates: notYet({
    method: 'GET',
    path: '/duplicates',
    auth: 'user',
    permission: 'duplicate.read',
    status: 200,
  }),
  resolveDuplicates: notYet({
    method: 'POST',
    path: '/duplicates/resolve',
    auth: 'user',
    permission: 'duplicate.delete',
    status: 200,
  }),
  deleteDuplicate: notYet({
    method: 'DELETE',
    path: '/duplicates/:id',
    auth: 'user',
    permission: 'duplicate.delete',
    status: 204,
  }),
} satisfies Partial<Operations>;
