import { notYet, type Operations } from '../route.ts';

export const partnersRoutes = {
  getPartners: notYet({ method: 'GET', path: '/partners', auth: 'user', permission: 'partner.read', status: 200 }),
  createPartner: notYet({ method: 'POST', path: '/partners', auth: 'user', permission: 'partner.create', status: 201 }),
  removePartner: notYet({
    method: 'DELETE',
    path: '/partners/:id',
    auth: 'user',
    permission: 'partner.delete',
    status: 204,
  }),
  createPartnerDeprecated: notYet({
    method: 'POST',
    path: '/partners/:id',
    auth: 'user',
    permission: 'partner.create',
    status: 201,
  }),
  updatePartner: notYet({
    method: 'PUT',
    path: '/partners/:id',
    auth: 'user',
    permission: 'partner.update',
    status: 200,
  }),
} satisfies Partial<Operations>;
