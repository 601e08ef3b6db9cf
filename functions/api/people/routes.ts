import { notYet, type Operations } from '../route.ts';

export const peopleRoutes = {
  deletePeople: notYet({ method: 'DELETE', path: '/people', auth: 'user', permission: 'person.delete', status: 204 }),
  getAllPeople: notYet({ method: 'GET', path: '/people', auth: 'user', permission: 'person.read', status: 200 }),
  createPerson: notYet({ method: 'POST', path: '/people', auth: 'user', permission: 'person.create', status: 201 }),
  updatePeople: notYet({ method: 'PUT', path: '/people', auth: 'user', permission: 'person.update', status: 200 }),
  mergePeople: notYet({ method: 'POST', path: '/people/merge', auth: 'user', permission: 'person.merge', status: 200 }),
  deletePerson: notYet({
    method: 'DELETE',
    path: '/people/:id',
    auth: 'user',
    permission: 'person.delete',
    status: 204,
  }),
  getPerson: notYet({ method: 'GET', path: '/people/:id', auth: 'user', permission: 'person.read', status: 200 }),
  updatePerson: notYet({
    method: 'PUT',
    path: '/people/:id',
    auth: 'user',
    permission: 'person.update',
    patchAlias: true,
    status: 200,
  }),
  mergePersonLegacy: notYet({
    method: 'POST',
    path: '/people/:id/merge',
    auth: 'user',
    permission: 'person.merge',
    status: 200,
  }),
  reassignFaces: notYet({
    method: 'PUT',
    path: '/people/:id/reassign',
    auth: 'user',
    permission: 'person.reassign',
    status: 200,
  }),
  getPersonStatistics: notYet({
    method: 'GET',
    path: '/people/:id/statistics',
    auth: 'user',
    permission: 'person.statistics',
    status: 200,
  }),
  getPersonThumbnail: notYet({
    method: 'GET',
    path: '/people/:id/thumbnail',
    auth: 'user',
    permission: 'person.read',
    raw: true,
    status: 200,
  }),
} satisfies Partial<Operations>;
