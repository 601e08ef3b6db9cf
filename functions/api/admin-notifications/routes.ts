import { notYet, type Operations } from '../route.ts';

export const adminNotificationsRoutes = {
  createNotification: notYet({ method: 'POST', path: '/admin/notifications', auth: 'admin', status: 201 }),
  getNotificationTemplateAdmin: notYet({
    method: 'POST',
    path: '/admin/notifications/templates/:name',
    auth: 'admin',
    status: 200,
  }),
  sendTestEmailAdmin: notYet({ method: 'POST', path: '/admin/notifications/test-email', auth: 'admin', status: 200 }),
} satisfies Partial<Operations>;
