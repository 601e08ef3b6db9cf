import { notYet, type Operations } from '../route.ts';

export const queuesRoutes = {
  getQueues: notYet({ method: 'GET', path: '/queues', auth: 'admin', permission: 'queue.read', status: 200 }),
  getQueue: notYet({ method: 'GET', path: '/queues/:name', auth: 'admin', permission: 'queue.read', status: 200 }),
  updateQueue: notYet({ method: 'PUT', path: '/queues/:name', auth: 'admin', permission: 'queue.update', status: 200 }),
  emptyQueue: notYet({
    method: 'DELETE',
    path: '/queues/:name/jobs',
    auth: 'admin',
    permission: 'queueJob.delete',
    status: 204,
  }),
  getQueueJobs: notYet({
    method: 'GET',
    path: '/queues/:name/jobs',
    auth: 'admin',
    permission: 'queueJob.read',
    status: 200,
  }),
} satisfies Partial<Operations>;
