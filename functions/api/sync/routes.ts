import { notYet, type Operations } from '../route.ts';

export const syncRoutes = {
  deleteSyncAck: notYet({
    method: 'DELETE',
    path: '/sync/ack',
    auth: 'user',
    permission: 'syncCheckpoint.delete',
    status: 204,
  }),
  getSyncAck: notYet({
    method: 'GET',
    path: '/sync/ack',
    auth: 'user',
    permission: 'syncCheckpoint.read',
    status: 200,
  }),
  sendSyncAck: notYet({
    method: 'POST',
    path: '/sync/ack',
    auth: 'user',
    permission: 'syncCheckpoint.update',
    status: 204,
  }),
  getSyncStream: notYet({
    method: 'POST',
    path: '/sync/stream',
    auth: 'user',
    permission: 'sync.stream',
    raw: true,
    status: 200,
  }),
} satisfies Partial<Operations>;
