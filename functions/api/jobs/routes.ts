import { notYet, type Operations } from '../route.ts';

export const jobsRoutes = {
  getQueuesLegacy: notYet({ method: 'GET', path: '/jobs', auth: 'admin', permission: 'job.read', status: 200 }),
  createJob: notYet({ method: 'POST', path: '/jobs', auth: 'admin', permission: 'job.create', status: 204 }),
  runQueueCommandLegacy: notYet({
    method: 'PUT',
    path: '/jobs/:name',
    auth: 'admin',
    permission: 'job.create',
    status: 200,
  }),
} satisfies Partial<Operations>;
