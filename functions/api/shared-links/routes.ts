import { notYet, type Operations } from '../route.ts';

export const sharedLinksRoutes = {
  getAllSharedLinks: notYet({
    method: 'GET',
    path: '/shared-links',
    auth: 'user',
    permission: 'sharedLink.read',
    status: 200,
  }),
  createSharedLink: notYet({
    method: 'POST',
    path: '/shared-links',
    auth: 'user',
    permission: 'sharedLink.create',
    status: 201,
  }),
  sharedLinkLogin: notYet({ method: 'POST', path: '/shared-links/login', auth: 'user', sharedLink: true, status: 201 }),
  getMySharedLink: notYet({ method: 'GET', path: '/shared-links/me', auth: 'user', sharedLink: true, status: 200 }),
  removeSharedLink: notYet({
    method: 'DELETE',
    path: '/shared-links/:id',
    auth: 'user',
    permission: 'sharedLink.delete',
    status: 204,
  }),
  getSharedLinkById: notYet({
    method: 'GET',
    path: '/shared-links/:id',
    auth: 'user',
    permission: 'sharedLink.read',
    status: 200,
  }),
  updateSharedLink: notYet({
    method: 'PATCH',
    path: '/shared-links/:id',
    auth: 'user',
    permission: 'sharedLink.update',
    status: 200,
  }),
  removeSharedLinkAssets: notYet({
    method: 'DELETE',
    path: '/shared-links/:id/assets',
    auth: 'user',
    permission: 'sharedLink.update',
    status: 200,
  }),
  addSharedLinkAssets: notYet({
    method: 'PUT',
    path: '/shared-links/:id/assets',
    auth: 'user',
    permission: 'sharedLink.update',
    status: 200,
  }),
} satisfies Partial<Operations>;
