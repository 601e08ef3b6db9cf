import { route, type Operations } from '../route.ts';
import { emptyQueue, getQueue, getQueueJobs, getQueues, updateQueue } from './queues.ts';
import { emptyQueueBody, queueJobsQuery, queueParams, updateQueueBody } from './schemas.ts';

export const queuesRoutes = {
  getQueues: route({
    method: 'GET',
    path: '/queues',
    auth: 'admin',
    permission: 'queue.read',
    status: 200,
    handler: getQueues,
  }),
  getQueue: route({
    method: 'GET',
    path: '/queues/:name',
    auth: 'admin',
    permission: 'queue.read',
    status: 200,
    params: queueParams,
    handler: (context, { params }) => getQueue(context, params.name),
  }),
  updateQueue: route({
    method: 'PUT',
    path: '/queues/:name',
    auth: 'admin',
    permission: 'queue.update',
    status: 200,
    params: queueParams,
    body: updateQueueBody,
    handler: (context, { params, body }) => updateQueue(context, params.name, body),
  }),
  emptyQueue: route({
    method: 'DELETE',
    path: '/queues/:name/jobs',
    auth: 'admin',
    permission: 'queueJob.delete',
    status: 204,
    params: queueParams,
    body: emptyQueueBody,
    handler: (context, { params, body }) => emptyQueue(context, params.name, body),
  }),
  getQueueJobs: route({
    method: 'GET',
    path: '/queues/:name/jobs',
    auth: 'admin',
    permission: 'queueJob.read',
    status: 200,
    params: queueParams,
    query: queueJobsQuery,
    handler: (context, { params, query }) => getQueueJobs(context, params.name, query.status),
  }),
} satisfies Partial<Operations>;
