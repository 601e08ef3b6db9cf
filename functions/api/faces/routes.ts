import { reassignFacesById } from '../people/reassignFaces.ts';
import { route, type Operations } from '../route.ts';
import { createFace, deleteFace, getFaces } from './faces.ts';
import { createFaceBody, deleteFaceBody, faceBody, faceParams, facesQuery } from './schemas.ts';

export const facesRoutes = {
  getFaces: route({
    method: 'GET',
    path: '/faces',
    auth: 'user',
    permission: 'face.read',
    status: 200,
    query: facesQuery,
    handler: (context, { query }) => getFaces(context, query.id),
  }),
  createFace: route({
    method: 'POST',
    path: '/faces',
    auth: 'user',
    permission: 'face.create',
    status: 201,
    body: createFaceBody,
    handler: (context, { body }) => createFace(context, body),
  }),
  deleteFace: route({
    method: 'DELETE',
    path: '/faces/:id',
    auth: 'user',
    permission: 'face.delete',
    status: 204,
    params: faceParams,
    body: deleteFaceBody,
    handler: (context, { params, body }) => deleteFace(context, params.id, body),
  }),
  reassignFacesById: route({
    method: 'PUT',
    path: '/faces/:id',
    auth: 'user',
    permission: 'face.update',
    status: 200,
    params: faceParams,
    body: faceBody,
    handler: (context, { params, body }) => reassignFacesById(context, params.id, body),
  }),
} satisfies Partial<Operations>;
