import { notYet, type Operations } from '../route.ts';

export const configRoutes = {
  getAdminConfig: notYet({
    method: 'GET',
    path: '/admin/config',
    auth: 'admin',
    permission: 'adminConfig.read',
    status: 200,
  }),
  updateAdminConfig: notYet({
    method: 'PUT',
    path: '/admin/config',
    auth: 'admin',
    permission: 'adminConfig.update',
    status: 200,
  }),
  getAdminConfigDefaults: notYet({
    method: 'GET',
    path: '/admin/config/defaults',
    auth: 'admin',
    permission: 'adminConfig.read',
    status: 200,
  }),
  getPublicConfig: notYet({ method: 'GET', path: '/public/config', auth: 'public', status: 200 }),
  getPublicConfigDefaults: notYet({ method: 'GET', path: '/public/config/defaults', auth: 'public', status: 200 }),
  getUserConfig: notYet({ method: 'GET', path: '/config', auth: 'user', permission: 'userConfig.read', status: 200 }),
  getUserConfigDefaults: notYet({
    method: 'GET',
    path: '/config/defaults',
    auth: 'user',
    permission: 'userConfig.read',
    status: 200,
  }),
  getConfig: notYet({
    method: 'GET',
    path: '/system-config',
    auth: 'admin',
    permission: 'systemConfig.read',
    status: 200,
  }),
  updateConfig: notYet({
    method: 'PUT',
    path: '/system-config',
    auth: 'admin',
    permission: 'systemConfig.update',
    status: 200,
  }),
  getConfigDefaults: notYet({
    method: 'GET',
    path: '/system-config/defaults',
    auth: 'admin',
    permission: 'systemConfig.read',
    status: 200,
  }),
  getStorageTemplateOptions: notYet({
    method: 'GET',
    path: '/system-config/storage-template-options',
    auth: 'admin',
    permission: 'systemConfig.read',
    status: 200,
  }),
} satisfies Partial<Operations>;
