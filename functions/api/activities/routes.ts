import { notYet, type Operations } from '../route.ts';

export const activitiesRoutes = {
  getActivities: notYet({ method: 'GET', path: '/activities', auth: 'user', permission: 'activity.read', status: 200 }),
  createActivity: notYet({
    method: 'POST',
    path: '/activities',
    auth: 'user',
    permission: 'activity.create',
    status: 201,
  }),
  getActivityStatistics: notYet({
    method: 'GET',
    path: '/activities/statistics',
    auth: 'user',
    permission: 'activity.statistics',
    status: 200,
  }),
  deleteActivity: notYet({
    method: 'DELETE',
    path: '/activities/:id',
    auth: 'user',
    permission: 'activity.delete',
    status: 204,
  }),
} satisfies Partial<Operations>;
