import { queueParams } from '../queues/schemas.ts';
import { notYet, route, type Operations } from '../route.ts';
import { getQueuesLegacy, runQueueCommandLegacy } from './jobs.ts';
import { queueCommandBody } from './schemas.ts';

export const jobsRoutes = {
  getQueuesLegacy: route({
    method: 'GET',
    path: '/jobs',
    auth: 'admin',
    permission: 'job.read',
    status: 200,
    handler: getQueuesLegacy,
  }),
  createJob: notYet({ method: 'POST', path: '/jobs', auth: 'admin', permission: 'job.create', status: 204 }),
  runQueueCommandLegacy: route({
    method: 'PUT',
    path: '/jobs/:name',
    auth: 'admin',
    permission: 'job.create',
    status: 200,
    params: queueParams,
    body: queueCommandBody,
    handler: (context, { params, body }) => runQueueCommandLegacy(context, params.name, body),
  }),
} satisfies Partial<Operations>;
