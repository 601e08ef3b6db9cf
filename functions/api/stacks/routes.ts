import { notYet, type Operations } from '../route.ts';

export const stacksRoutes = {
  deleteStacks: notYet({ method: 'DELETE', path: '/stacks', auth: 'user', permission: 'stack.delete', status: 204 }),
  searchStacks: notYet({ method: 'GET', path: '/stacks', auth: 'user', permission: 'stack.read', status: 200 }),
  createStack: notYet({ method: 'POST', path: '/stacks', auth: 'user', permission: 'stack.create', status: 201 }),
  deleteStack: notYet({ method: 'DELETE', path: '/stacks/:id', auth: 'user', permission: 'stack.delete', status: 204 }),
  getStack: notYet({ method: 'GET', path: '/stacks/:id', auth: 'user', permission: 'stack.read', status: 200 }),
  updateStack: notYet({
    method: 'PUT',
    path: '/stacks/:id',
    auth: 'user',
    permission: 'stack.update',
    patchAlias: true,
    status: 200,
  }),
  removeAssetFromStack: notYet({
    method: 'DELETE',
    path: '/stacks/:id/assets/:assetId',
    auth: 'user',
    permission: 'stack.update',
    status: 204,
  }),
} satisfies Partial<Operations>;
