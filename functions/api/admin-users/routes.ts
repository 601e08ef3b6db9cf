import { notYet, route, type Operations } from '../route.ts';
import { idParams as params, preferencesBody } from '../users/schemas.ts';
import { createUserAdmin } from './createUserAdmin.ts';
import { deleteUserAdmin } from './deleteUserAdmin.ts';
import { getUserAdmin } from './getUserAdmin.ts';
import { getUserPreferencesAdmin } from './getUserPreferencesAdmin.ts';
import { getUserSessionsAdmin } from './getUserSessionsAdmin.ts';
import { getUserStatisticsAdmin } from './getUserStatisticsAdmin.ts';
import { restoreUserAdmin } from './restoreUserAdmin.ts';
import { createUserBody, deleteUserBody, searchUsersQuery, updateUserBody, userStatisticsQuery } from './schemas.ts';
import { searchUsersAdmin } from './searchUsersAdmin.ts';
import { updateUserAdmin } from './updateUserAdmin.ts';
import { updateUserPreferencesAdmin } from './updateUserPreferencesAdmin.ts';

export const adminUsersRoutes = {
  searchUsersAdmin: route({ method: 'GET', path: '/admin/users', auth: 'admin', permission: 'adminUser.read', status: 200, query: searchUsersQuery, handler: searchUsersAdmin }),
  createUserAdmin: route({ method: 'POST', path: '/admin/users', auth: 'admin', permission: 'adminUser.create', status: 201, body: createUserBody, handler: createUserAdmin }),
  deleteUserAdmin: route({ method: 'DELETE', path: '/admin/users/:id', auth: 'admin', permission: 'adminUser.delete', status: 200, params, body: deleteUserBody, handler: deleteUserAdmin }),
  getUserAdmin: route({ method: 'GET', path: '/admin/users/:id', auth: 'admin', permission: 'adminUser.read', status: 200, params, handler: getUserAdmin }),
  updateUserAdmin: route({ method: 'PUT', path: '/admin/users/:id', auth: 'admin', permission: 'adminUser.update', patchAlias: true, status: 200, params, body: updateUserBody, handler: updateUserAdmin }),
  getUserCalendarHeatmapAdmin: notYet({ method: 'GET', path: '/admin/users/:id/calendar-heatmap', auth: 'admin', permission: 'user.read', status: 200 }),
  getUserPreferencesAdmin: route({ method: 'GET', path: '/admin/users/:id/preferences', auth: 'admin', permission: 'adminUser.read', status: 200, params, handler: getUserPreferencesAdmin }),
  updateUserPreferencesAdmin: route({ method: 'PUT', path: '/admin/users/:id/preferences', auth: 'admin', permission: 'adminUser.update', patchAlias: true, status: 200, params, body: preferencesBody, handler: updateUserPreferencesAdmin }),
  restoreUserAdmin: route({ method: 'POST', path: '/admin/users/:id/restore', auth: 'admin', permission: 'adminUser.delete', status: 200, params, handler: restoreUserAdmin }),
  getUserSessionsAdmin: route({ method: 'GET', path: '/admin/users/:id/sessions', auth: 'admin', permission: 'adminSession.read', status: 200, params, handler: getUserSessionsAdmin }),
  getUserStatisticsAdmin: route({ method: 'GET', path: '/admin/users/:id/statistics', auth: 'admin', permission: 'adminUser.read', status: 200, params, query: userStatisticsQuery, handler: getUserStatisticsAdmin }),
} satisfies Partial<Operations>; // prettier-ignore
