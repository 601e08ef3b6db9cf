import { notYet, type Operations } from '../route.ts';

export const tagsRoutes = {
  getAllTags: notYet({ method: 'GET', path: '/tags', auth: 'user', permission: 'tag.read', status: 200 }),
  createTag: notYet({ method: 'POST', path: '/tags', auth: 'user', permission: 'tag.create', status: 201 }),
  upsertTags: notYet({ method: 'PUT', path: '/tags', auth: 'user', permission: 'tag.create', status: 200 }),
  bulkTagAssets: notYet({ method: 'PUT', path: '/tags/assets', auth: 'user', permission: 'tag.asset', status: 200 }),
  deleteTag: notYet({ method: 'DELETE', path: '/tags/:id', auth: 'user', permission: 'tag.delete', status: 204 }),
  getTagById: notYet({ method: 'GET', path: '/tags/:id', auth: 'user', permission: 'tag.read', status: 200 }),
  updateTag: notYet({
    method: 'PUT',
    path: '/tags/:id',
    auth: 'user',
    permission: 'tag.update',
    patchAlias: true,
    status: 200,
  }),
  untagAssets: notYet({
    method: 'DELETE',
    path: '/tags/:id/assets',
    auth: 'user',
    permission: 'tag.asset',
    status: 200,
  }),
  tagAssets: notYet({ method: 'PUT', path: '/tags/:id/assets', auth: 'user', permission: 'tag.asset', status: 200 }),
} satisfies Partial<Operations>;
