import { notYet, type Operations } from '../route.ts';

export const notificationsRoutes = {
  deleteNotifications: notYet({
    method: 'DELETE',
    path: '/notifications',
    auth: 'user',
    permission: 'notification.delete',
    status: 204,
  }),
  getNotifications: notYet({
    method: 'GET',
    path: '/notifications',
    auth: 'user',
    permission: 'notification.read',
    status: 200,
  }),
  updateNotifications: notYet({
    method: 'PUT',
    path: '/notifications',
    auth: 'user',
    permission: 'notification.update',
    status: 204,
  }),
  deleteNotification: notYet({
    method: 'DELETE',
    path: '/notifications/:id',
    auth: 'user',
    permission: 'notification.delete',
    status: 204,
  }),
  getNotification: notYet({
    method: 'GET',
    path: '/notifications/:id',
    auth: 'user',
    permission: 'notification.read',
    status: 200,
  }),
  updateNotification: notYet({
    method: 'PUT',
    path: '/notifications/:id',
    auth: 'user',
    permission: 'notification.update',
    status: 200,
  }),
} satisfies Partial<Operations>;
