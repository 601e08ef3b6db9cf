import { queueParams } from '../queues/schemas.ts';
import { route, type Operations } from '../route.ts';
import { createJob } from './createJob.ts';
import { getQueuesLegacy, runQueueCommandLegacy } from './jobs.ts';
import { createJobBody, queueCommandBody } from './schemas.ts';

export const jobsRoutes = {
  getQueuesLegacy: route({
    method: 'GET',
    path: '/jobs',
    auth: 'admin',
    permission: 'job.read',
    status: 200,
    handler: getQueuesLegacy,
  }),
  createJob: route({
    method: 'POST',
    path: '/jobs',
    auth: 'admin',
    permission: 'job.create',
    status: 204,
    body: createJobBody,
    handler: (context, { body }) => createJob(context, body),
  }),
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
