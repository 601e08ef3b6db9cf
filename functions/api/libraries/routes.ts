import { notYet, type Operations } from '../route.ts';

export const librariesRoutes = {
  getAllLibraries: notYet({
    method: 'GET',
    path: '/libraries',
    auth: 'admin',
    permission: 'library.read',
    status: 200,
  }),
  createLibrary: notYet({
    method: 'POST',
    path: '/libraries',
    auth: 'admin',
    permission: 'library.create',
    status: 201,
  }),
  deleteLibrary: notYet({
    method: 'DELETE',
    path: '/libraries/:id',
    auth: 'admin',
    permission: 'library.delete',
    status: 204,
  }),
  getLibrary: notYet({ method: 'GET', path: '/libraries/:id', auth: 'admin', permission: 'library.read', status: 200 }),
  updateLibrary: notYet({
    method: 'PUT',
    path: '/libraries/:id',
    auth: 'admin',
    permission: 'library.update',
    patchAlias: true,
    status: 200,
  }),
  scanLibrary: notYet({
    method: 'POST',
    path: '/libraries/:id/scan',
    auth: 'admin',
    permission: 'library.update',
    status: 204,
  }),
  getLibraryStatistics: notYet({
    method: 'GET',
    path: '/libraries/:id/statistics',
    auth: 'admin',
    permission: 'library.statistics',
    status: 200,
  }),
  validate: notYet({ method: 'POST', path: '/libraries/:id/validate', auth: 'admin', status: 200 }),
} satisfies Partial<Operations>;
