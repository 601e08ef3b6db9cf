import { notYet, type Operations } from '../route.ts';

export const memoriesRoutes = {
  searchMemories: notYet({ method: 'GET', path: '/memories', auth: 'user', permission: 'memory.read', status: 200 }),
  createMemory: notYet({ method: 'POST', path: '/memories', auth: 'user', permission: 'memory.create', status: 201 }),
  memoriesStatistics: notYet({
    method: 'GET',
    path: '/memories/statistics',
    auth: 'user',
    permission: 'memory.statistics',
    status: 200,
  }),
  deleteMemory: notYet({
    method: 'DELETE',
    path: '/memories/:id',
    auth: 'user',
    permission: 'memory.delete',
    status: 204,
  }),
  getMemory: notYet({ method: 'GET', path: '/memories/:id', auth: 'user', permission: 'memory.read', status: 200 }),
  updateMemory: notYet({
    method: 'PUT',
    path: '/memories/:id',
    auth: 'user',
    permission: 'memory.update',
    patchAlias: true,
    status: 200,
  }),
  removeMemoryAssets: notYet({
    method: 'DELETE',
    path: '/memories/:id/assets',
    auth: 'user',
    permission: 'memoryAsset.delete',
    status: 200,
  }),
  addMemoryAssets: notYet({
    method: 'PUT',
    path: '/memories/:id/assets',
    auth: 'user',
    permission: 'memoryAsset.create',
    status: 200,
  }),
} satisfies Partial<Operations>;
