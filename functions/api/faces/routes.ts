import { notYet, type Operations } from '../route.ts';

export const facesRoutes = {
  getFaces: notYet({ method: 'GET', path: '/faces', auth: 'user', permission: 'face.read', status: 200 }),
  createFace: notYet({ method: 'POST', path: '/faces', auth: 'user', permission: 'face.create', status: 201 }),
  deleteFace: notYet({ method: 'DELETE', path: '/faces/:id', auth: 'user', permission: 'face.delete', status: 204 }),
  reassignFacesById: notYet({
    method: 'PUT',
    path: '/faces/:id',
    auth: 'user',
    permission: 'face.update',
    status: 200,
  }),
} satisfies Partial<Operations>;
